rule verdicts:
    input:
        receipts=[receipt("inference"), receipt("measurement")],
        decisions=f"{RESULTS}/inference/decisions.parquet",
        tables=[
            *(
                f"{RESULTS}/measurement/{name}.csv"
                for name in ("validity", "reliability", "invariance")
            ),
            *(
                f"{RESULTS}/inference/{name}.csv"
                for name in ("adjustment", "cross_checks", "tipping_points")
            ),
        ],
    output:
        tables=tables_by("verdicts"),
        receipt=receipt("verdicts"),
    log:
        f"{LOGS}/verdicts.log",
    params:
        **outside(plan=f"{FOLDER}/plan.yaml"),
        code=CODE["verdicts"],
        plan=PLAN,
    message:
        "Says beside every verdict what is to be said against it"
    script:
        "../scripts/verdicts.py"
