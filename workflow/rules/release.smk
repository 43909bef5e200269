RELEASE = (
    [
        *(f"{STUDY.main.id}.{kind}" for kind in ("parquet", "csv", "sav", "dta")),
        *("variables.csv", "changes.csv", "anonymity.csv", "small_cells.csv"),
    ]
    if "release" in SETTINGS
    else []
)


rule release:
    input:
        instrument=MAIN,
        responses=f"{RESULTS}/cleaning/responses.parquet",
        scores=f"{RESULTS}/cleaning/scores.parquet",
        apart=f"{CONFIDENTIAL}/{STUDY.main.id}.parquet",
    output:
        files=expand(f"{RESULTS}/release/{{file}}", file=RELEASE),
        key=f"{CONFIDENTIAL}/release_key.csv",
    log:
        f"{LOGS}/release.log",
    params:
        code=code("release"),
        folder=f"{RESULTS}/release",
        rules=SETTINGS.get("release", {}),
        seed=SETTINGS["study"]["seed"],
    message:
        "Makes the file for others to use, and reports whether anybody could be found in it"
    script:
        "../scripts/release.py"
