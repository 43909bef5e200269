rule inference:
    input:
        scores=f"{RESULTS}/cleaning/scores.parquet",
    output:
        models=f"{RESULTS}/inference/models.csv",
        coefficients=f"{RESULTS}/inference/coefficients.csv",
        effects=f"{RESULTS}/inference/effects.csv",
        verdicts=f"{RESULTS}/inference/verdicts.csv",
    log:
        f"{LOGS}/inference.log",
    params:
        code=code("inference"),
        plan={
            name: PLAN.get(name, []) for name in ("variables", "models", "hypotheses", "families")
        },
    message:
        "Fits the planned models and computes the verdicts"
    script:
        "../scripts/inference.py"
