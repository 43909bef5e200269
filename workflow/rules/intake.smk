rule intake:
    input:
        # Files that no step makes are parameters, with their contents; here they are only missed.
        lambda _: check_raw_files(SETTINGS) or [],
    output:
        receipt=receipt("intake"),
        tables=expand(f"{RESULTS}/intake/{{id}}.parquet", id=STUDY.instruments),
        confidential=expand(f"{CONFIDENTIAL}/{{id}}.parquet", id=STUDY.instruments),
        findings=f"{RESULTS}/intake/findings.csv",
    log:
        f"{LOGS}/intake.log",
    params:
        **outside(
            instruments=INSTRUMENTS,
            raw=raw_files(SETTINGS["data"]),
            schemas=["instrument.schema.json"],
        ),
        code=CODE["intake"],
        sources=[{**source, "files": raw_files([source])} for source in SETTINGS["data"]],
    message:
        "Reads the raw exports"
    script:
        "../scripts/intake.py"
