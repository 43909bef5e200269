rule manual:
    output:
        receipt=".snakemake/receipts/manual.json",
        page="results/manual.html",
    log:
        "results/manual.log",
    params:
        **outside(schemas=[f"{name}.schema.json" for name in (*STUDY_FILES, "truth", "scenario")]),
        code=CODE["manual"],
    message:
        "Writes the manual of a study's files"
    script:
        "../scripts/manual.py"
