rule report:
    input:
        instrument=MAIN,
        definitions=[f"{FOLDER}/{name}" for name in ("study.yaml", "plan.yaml")],
        raw=raw_files(SETTINGS["data"]),
        tables=result_tables("intake", "cleaning", "measurement", "inference"),
    output:
        provenance=f"{RESULTS}/report/provenance.json",
        dictionary=f"{RESULTS}/report/dictionary.csv",
        reports=expand(f"{RESULTS}/report/{{name}}", name=report_names()),
        figures=directory(f"{RESULTS}/report/figures"),
    log:
        f"{LOGS}/report.log",
    params:
        code=code("report"),
        folder=f"{RESULTS}/report",
        study=SETTINGS["study"],
        plan=PLAN,
    message:
        "Writes the report"
    script:
        "../scripts/report.py"
