rule cleaning:
    input:
        instrument=MAIN,
        responses=f"{RESULTS}/intake/{STUDY.main.id}.parquet",
    output:
        responses=f"{RESULTS}/cleaning/responses.parquet",
        scores=f"{RESULTS}/cleaning/scores.parquet",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
        findings=f"{RESULTS}/cleaning/findings.csv",
        flow=f"{RESULTS}/cleaning/flow.csv",
        quality=f"{RESULTS}/cleaning/quality.csv",
    log:
        f"{LOGS}/cleaning.log",
    params:
        code=code("cleaning"),
        rules=SETTINGS.get("cleaning", {}),
    message:
        "Decides who is kept and computes the scale scores"
    script:
        "../scripts/cleaning.py"
