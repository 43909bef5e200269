rule intake:
    input:
        **instrument_files(),
        raw=raw_files(SETTINGS["data"]),
    output:
        tables=expand(f"{RESULTS}/intake/{{id}}.parquet", id=STUDY.instruments),
        confidential=expand(f"{CONFIDENTIAL}/{{id}}.parquet", id=STUDY.instruments),
        findings=f"{RESULTS}/intake/findings.csv",
    log:
        f"{LOGS}/intake.log",
    params:
        code=code("intake"),
        sources=SETTINGS["data"],
        folder=f"{RESULTS}/intake",
        confidential=CONFIDENTIAL,
        raw=RAW,
        synthetic=SETTINGS["study"]["synthetic"],
    message:
        "Reads the raw exports"
    script:
        "../scripts/intake.py"
