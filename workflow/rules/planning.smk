rule planning:
    output:
        tables=tables_by("planning"),
        pages=expand(PAGES, page="formula"),
        receipt=receipt("planning"),
    log:
        f"{LOGS}/planning.log",
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["planning"],
        folder=FOLDER,
        plan=PLAN,
        planning=SETTINGS.get("planning"),
        study=SETTINGS["study"],
    message:
        "Tells by formula what the planned designs cost and can detect"
    script:
        "../scripts/planning.py"


rule power_batch:
    output:
        receipt=f"{RECEIPTS}/planning/{{design}}/{{first}}-{{last}}.json",
        table=f"{RESULTS}/planning/batches/{{design}}/{{first}}-{{last}}.csv",
    log:
        f"{LOGS}/planning/{{design}}/{{first}}-{{last}}.log",
    params:
        files=lambda wildcards: of_designs()["files"],
        contents=lambda wildcards: of_designs()["contents"],
        code=CODE["power_batch"],
        imputations=TABLES_IMPUTED,
        plan=PLAN,
        settings={
            name: SETTINGS[name]
            for name in ("data", "cleaning", "weights", "planning")
            if name in SETTINGS
        },
        seed=SETTINGS["study"]["seed"],
    message:
        "Analyses surveys {wildcards.first} to {wildcards.last} of design {wildcards.design}"
    script:
        "../scripts/power_batch.py"


rule power:
    input:
        receipts=[
            receipt("planning"),
            *(
                f"{RECEIPTS}/planning/{design}/{first}-{last}.json"
                for design in DESIGNS
                for first, last in CHOICE.batches
            ),
        ],
        designs=f"{RESULTS}/planning/designs.csv",
        formula=f"{RESULTS}/planning/formula.csv",
        replicates=[
            f"{RESULTS}/planning/batches/{design}/{first}-{last}.csv"
            for design in DESIGNS
            for first, last in CHOICE.batches
        ],
    output:
        tables=tables_by("power"),
        pages=expand(PAGES, page="power"),
        receipt=receipt("power"),
    log:
        f"{LOGS}/power.log",
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json"]),
        code=CODE["power"],
        imputations=TABLES_IMPUTED,
        plan=PLAN,
        planning=SETTINGS.get("planning"),
        study=SETTINGS["study"],
    message:
        "Tells how often each planned design would reach its verdicts"
    script:
        "../scripts/power.py"
