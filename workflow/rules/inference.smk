rule inference:
    input:
        **({"sheets": f"{RESULTS}/cleaning/communities.parquet"} if SHEET else {}),
        receipts=[receipt("cleaning")],
        scores=f"{RESULTS}/cleaning/scores.parquet",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
        flow=f"{RESULTS}/cleaning/flow.csv",
        numbers=NUMBERS,
    output:
        tables=tables_by("inference"),
        decisions=f"{RESULTS}/inference/decisions.parquet",
        receipt=receipt("inference"),
    log:
        f"{LOGS}/inference.log",
    threads: 3
    params:
        **outside(plan=f"{FOLDER}/plan.yaml", instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["inference"],
        clusters=CLUSTERS,
        minimum=STUDY.minimum_cell,
        plan=PLAN,
        scales={name: asdict(each) for name, each in scales_of(STUDY.main).items()},
        seed=SETTINGS["study"]["seed"],
        weights=SETTINGS.get("weights"),
    message:
        "Fits the planned models and computes the verdicts"
    script:
        "../scripts/inference.py"
