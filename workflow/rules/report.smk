rule report:
    input:
        instrument=MAIN,
        definitions=[f"{FOLDER}/{name}" for name in ("study.yaml", "plan.yaml")],
        raw=raw_files(SETTINGS["data"]),
        findings=[rules.intake.output.findings, rules.cleaning.output.findings],
        flow=rules.cleaning.output.flow,
        quality=rules.cleaning.output.quality,
        reliability=rules.measurement.output.reliability,
        item_statistics=rules.measurement.output.item_statistics,
        sample=rules.measurement.output.sample,
        models=rules.inference.output.models,
        coefficients=rules.inference.output.coefficients,
        effects=rules.inference.output.effects,
        verdicts=rules.inference.output.verdicts,
    output:
        provenance=f"{RESULTS}/report/provenance.json",
        dictionary=f"{RESULTS}/report/dictionary.csv",
        pages=expand(f"{RESULTS}/report/{{name}}", name=report_names()),
    log:
        f"{LOGS}/report.log",
    params:
        code=code("report"),
        study=SETTINGS["study"],
        plan=PLAN,
    message:
        "Writes the report"
    script:
        "../scripts/report.py"
