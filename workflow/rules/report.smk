rule report:
    input:
        instrument=MAIN,
        others=[file for file in instrument_files().values() if file != MAIN],
        definitions=[f"{FOLDER}/{name}" for name in ("study.yaml", "plan.yaml")],
        raw=[*raw_files(SETTINGS["data"]), *BESIDE_ANSWERS],
        tables=[*result_tables("intake", "cleaning", "measurement", "inference"), *DISCLOSURE],
    output:
        provenance=report(
            f"{RESULTS}/report/provenance.json",
            caption="../report/provenance.rst",
            category="Report · 报告",
        ),
        dictionary=f"{RESULTS}/report/dictionary.csv",
        reports=report(
            expand(f"{RESULTS}/report/{{name}}", name=report_names()),
            caption="../report/report.rst",
            category="Report · 报告",
        ),
        figures=report(
            directory(f"{RESULTS}/report/figures"),
            patterns=["{language}/{figure}.svg"],
            caption="../report/figures.rst",
            category="Figures · 图",
            subcategory="{language}",
        ),
    log:
        f"{LOGS}/report.log",
    threads: 2
    params:
        code=code("report"),
        folder=f"{RESULTS}/report",
        study={
            **SETTINGS["study"],
            "consistency": SETTINGS.get("cleaning", {}).get("consistency", []),
        },
        plan=PLAN,
    message:
        "Writes the report"
    script:
        "../scripts/report.py"
