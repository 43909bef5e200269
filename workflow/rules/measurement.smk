rule measurement:
    input:
        **({"again": AGAIN["retest"]} if AGAIN else {}),
        receipts=[receipt("cleaning")],
        scores=f"{RESULTS}/cleaning/scores.parquet",
        frequencies=f"{RESULTS}/cleaning/frequencies.csv",
        nonresponse=f"{RESULTS}/cleaning/nonresponse.parquet",
    output:
        receipt=receipt("measurement"),
        reliability=f"{RESULTS}/measurement/reliability.csv",
        item_statistics=f"{RESULTS}/measurement/items.csv",
        sample=f"{RESULTS}/measurement/sample.csv",
        loadings=f"{RESULTS}/measurement/loadings.csv",
        fit=f"{RESULTS}/measurement/fit.csv",
        comparisons=f"{RESULTS}/measurement/comparisons.csv",
        residuals=f"{RESULTS}/measurement/residuals.csv",
        modification=f"{RESULTS}/measurement/modification.csv",
        validity=f"{RESULTS}/measurement/validity.csv",
        common_method=f"{RESULTS}/measurement/common_method.csv",
        aggregation=f"{RESULTS}/measurement/aggregation.csv",
        invariance_groups=f"{RESULTS}/measurement/invariance_groups.csv",
        invariance=f"{RESULTS}/measurement/invariance.csv",
        noninvariance=f"{RESULTS}/measurement/noninvariance.csv",
        functioning=f"{RESULTS}/measurement/functioning.csv",
        logistic_functioning=f"{RESULTS}/measurement/logistic_functioning.csv",
        dimensionality=f"{RESULTS}/measurement/dimensionality.csv",
        exploratory_fit=f"{RESULTS}/measurement/exploratory_fit.csv",
        exploratory=f"{RESULTS}/measurement/exploratory.csv",
        retest=f"{RESULTS}/measurement/retest.csv",
    log:
        f"{LOGS}/measurement.log",
    threads: 3
    params:
        **outside(instrument=MAIN, schemas=["instrument.schema.json", "tables.yaml"]),
        code=CODE["measurement"],
        plan=PLAN.get("measurement", {}),
        minimum=STUDY.minimum_cell,
        seed=SETTINGS["study"]["seed"],
    message:
        "Judges whether the items measure the constructs"
    script:
        "../scripts/measurement.py"
