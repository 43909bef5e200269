from coproduction.instrument.forms import FORMS


rule instrument:
    output:
        receipt=receipt("instrument"),
        forms=[
            f"{RESULTS}/instrument/{form.file.format(id=id)}"
            for id in STUDY.instruments
            for form in FORMS.values()
        ],
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
