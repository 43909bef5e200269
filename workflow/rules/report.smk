CATALOGUE = catalogue()
REPORTED = ("intake", "cleaning", "measurement", "inference", "verdicts")


rule report:
    input:
        receipts=[*map(receipt, REPORTED), *([receipt("release")] if DISCLOSURE else [])],
        tables=[*result_tables(*REPORTED), *DISCLOSURE],
    output:
        receipt=receipt("report"),
        provenance=report(
            f"{RESULTS}/report/provenance.json",
            caption="../report/provenance.rst",
            category=CATALOGUE["report"],
        ),
        dictionary=f"{RESULTS}/report/dictionary.csv",
        reports=report(
            expand(f"{RESULTS}/report/{{name}}", name=report_names()),
            caption="../report/report.rst",
            category=CATALOGUE["report"],
        ),
        figures=report(
            directory(f"{RESULTS}/report/figures"),
            patterns=["{language}/{figure}.svg"],
            caption="../report/figures.rst",
            category=CATALOGUE["figures"],
            subcategory="{language}",
        ),
    log:
        f"{LOGS}/report.log",
    threads: 2
    params:
        **outside(
            instruments=INSTRUMENTS,
            definitions=[f"{FOLDER}/{name}" for name in ("study.yaml", "plan.yaml")],
            schemas=["instrument.schema.json"],
        ),
        code=CODE["report"],
        study={
            **SETTINGS["study"],
            "consistency": SETTINGS.get("cleaning", {}).get("consistency", []),
            "modes": STUDY.modes,
            "known_truths": tested(),
        },
        plan=PLAN,
        catalogue=CATALOGUE,
    message:
        "Writes the report"
    script:
        "../scripts/report.py"
