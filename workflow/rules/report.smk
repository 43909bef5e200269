REPORTED = ("intake", "cleaning", "measurement", "inference")


rule report:
    input:
        receipts=[*map(receipt, REPORTED), *([receipt("release")] if DISCLOSURE else [])],
        tables=[*result_tables(*REPORTED), *DISCLOSURE],
    output:
        receipt=receipt("report"),
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
        **outside(
            instruments=INSTRUMENTS,
            definitions=[f"{FOLDER}/{name}" for name in ("study.yaml", "plan.yaml")],
            schemas=["instrument.schema.json", "tables.yaml"],
        ),
        code=CODE["report"],
        folder=f"{RESULTS}/report",
        study={
            **SETTINGS["study"],
            "consistency": SETTINGS.get("cleaning", {}).get("consistency", []),
            "modes": STUDY.modes,
        },
        plan=PLAN,
    message:
        "Writes the report"
    script:
        "../scripts/report.py"
