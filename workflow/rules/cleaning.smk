SHEET = next(
    (
        (id, file)
        for id, file in STUDY.files.items()
        if STUDY.instruments[id].unit == "community" and id != STUDY.main.id
    ),
    None,
)
SHEETS = {"communities": f"{RESULTS}/cleaning/communities.parquet"} if SHEET else {}
CONTACTS = SETTINGS.get("cleaning", {}).get("contacts", {})
RETEST = SETTINGS.get("cleaning", {}).get("retest", {})
AGAIN = {"retest": f"{RESULTS}/cleaning/retest.parquet"} if RETEST else {}
CORRECTIONS = f"{FOLDER}/corrections.csv"
BESIDE, FURTHER = {}, {}
if SHEET:
    BESIDE["sheet"] = f"{FOLDER}/{SHEET[1]}"
    FURTHER["sheets"] = f"{RESULTS}/intake/{SHEET[0]}.parquet"
    FURTHER["sheets_apart"] = f"{CONFIDENTIAL}/{SHEET[0]}.parquet"
if CONTACTS:
    BESIDE["contacts"] = f"{RAW}/{CONTACTS['file']}"
if "links" in RETEST:
    BESIDE["links"] = f"{RAW}/{RETEST['links']}"
MARGINS = (SETTINGS.get("weights") or {}).get("margins", {}).get("file")
if MARGINS:
    BESIDE["margins"] = in_folder(MARGINS, "margins of the population", "weights.margins.file")
if Path(CORRECTIONS).is_file():
    BESIDE["corrections"] = kept(CORRECTIONS, FOLDER)


rule cleaning:
    input:
        **FURTHER,
        receipts=[receipt("intake")],
        responses=f"{RESULTS}/intake/{STUDY.main.id}.parquet",
        apart=f"{CONFIDENTIAL}/{STUDY.main.id}.parquet",
    output:
        **SHEETS,
        **AGAIN,
        tables=tables_by("cleaning", without=[] if SHEET else ["informants"]),
        receipt=receipt("cleaning"),
        responses=f"{RESULTS}/cleaning/responses.parquet",
        scores=f"{RESULTS}/cleaning/scores.parquet",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
        codebooks=expand(
            f"{RESULTS}/cleaning/codebook_{{language}}.html", language=STUDY.main.languages
        ),
        numbers=NUMBERS,
    log:
        f"{LOGS}/cleaning.log",
    params:
        **outside(instrument=MAIN, **BESIDE, schemas=["instrument.schema.json"]),
        **KEYED,
        code=CODE["cleaning"],
        rules=SETTINGS.get("cleaning", {}),
        weights=SETTINGS.get("weights"),
        clusters=CLUSTERS,
        minimum=STUDY.minimum_cell,
    message:
        "Decides who is kept and computes the scale scores"
    script:
        "../scripts/cleaning.py"
