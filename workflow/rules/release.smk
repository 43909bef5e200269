RELEASE, DISCLOSURE = [], []
if "release" in SETTINGS:
    DISCLOSURE = tables_by("release")
    RELEASE = [
        f"{RESULTS}/release/{STUDY.main.id}.{kind}" for kind in ("parquet", "csv", "sav", "dta")
    ]


rule release:
    input:
        receipts=[receipt("intake"), receipt("cleaning")],
        responses=f"{RESULTS}/cleaning/responses.parquet",
        scores=f"{RESULTS}/cleaning/scores.parquet",
        frequencies=f"{RESULTS}/cleaning/frequencies.csv",
        numbers=NUMBERS,
    output:
        receipt=receipt("release"),
        files=RELEASE,
        tables=DISCLOSURE,
        released_key=f"{CONFIDENTIAL}/release_key.csv",
    log:
        f"{LOGS}/release.log",
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        **KEYED,
        code=CODE["release"],
        rules=STUDY.release_rules,
        minimum=STUDY.minimum_cell,
    message:
        "Makes the file for others to use, and reports whether anybody could be found in it"
    script:
        "../scripts/release.py"
