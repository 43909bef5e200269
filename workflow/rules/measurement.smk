rule measurement:
    input:
        instrument=MAIN,
        scores=f"{RESULTS}/cleaning/scores.parquet",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
    output:
        reliability=f"{RESULTS}/measurement/reliability.csv",
        item_statistics=f"{RESULTS}/measurement/items.csv",
        sample=f"{RESULTS}/measurement/sample.csv",
    log:
        f"{LOGS}/measurement.log",
    params:
        code=code("measurement"),
        plan=PLAN.get("measurement", {}),
    message:
        "Computes the reliability of the scales"
    script:
        "../scripts/measurement.py"
