rule measurement:
    input:
        **({"again": AGAIN["retest"]} if AGAIN else {}),
        receipts=[receipt("cleaning")],
        scores=f"{RESULTS}/cleaning/scores.parquet",
        frequencies=f"{RESULTS}/cleaning/frequencies.csv",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
    output:
        tables=tables_by("measurement"),
        receipt=receipt("measurement"),
    log:
        f"{LOGS}/measurement.log",
    threads: 3
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["measurement"],
        plan=PLAN,
        minimum=STUDY.minimum_cell,
        seed=SETTINGS["study"]["seed"],
        weights=SETTINGS.get("weights"),
    message:
        "Judges whether the items measure the constructs"
    script:
        "../scripts/measurement.py"
