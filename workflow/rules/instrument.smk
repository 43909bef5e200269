rule instrument:
    output:
        receipt=receipt("instrument"),
        forms=expand(f"{RESULTS}/instrument/{{id}}.xlsx", id=STUDY.instruments),
        codebooks=[
            f"{RESULTS}/instrument/codebook_{id}_{language}.html"
            for id, instrument in STUDY.instruments.items()
            for language in instrument.languages
        ],
        table=f"{RESULTS}/instrument/codebook.csv",
        findings=f"{RESULTS}/instrument/findings.csv",
    log:
        f"{LOGS}/instrument.log",
    params:
        **outside(instruments=INSTRUMENTS, schemas=["instrument.schema.json"]),
        code=CODE["instrument"],
    message:
        "Makes the forms and codebooks of the questionnaire"
    script:
        "../scripts/instrument.py"
