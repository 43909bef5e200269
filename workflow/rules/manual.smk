rule manual:
    input:
        [f"{ROOT}/workflow/schemas/{name}.schema.json" for name in SCHEMAS],
    output:
        "results/manual.html",
    log:
        "results/manual.log",
    params:
        code=code("manual"),
    message:
        "Writes the manual of a study's files"
    script:
        "../scripts/manual.py"
