OF_BATCH = "{scenario}/{first}-{last}"


wildcard_constraints:
    first="[0-9]+",
    last="[0-9]+",


rule scenario_truth:
    output:
        receipt=f"{RECEIPTS}/scenarios/truth/{{scenario}}.json",
        table=f"{RESULTS}/scenarios/truth/{{scenario}}.csv",
    log:
        f"{LOGS}/scenarios/truth/{{scenario}}.log",
    params:
        files=lambda wildcards: of_scenario(wildcards.scenario)["files"],
        contents=lambda wildcards: of_scenario(wildcards.scenario)["contents"],
        code=CODE["scenario_truth"],
        persons=CHOICE.persons,
        plan=PLAN,
    message:
        "Computes the true values of scenario {wildcards.scenario}"
    script:
        "../scripts/scenario_truth.py"


rule scenario_batch:
    output:
        receipt=f"{RECEIPTS}/scenarios/{OF_BATCH}.json",
        table=f"{RESULTS}/scenarios/batches/{OF_BATCH}.csv",
    log:
        f"{LOGS}/scenarios/{OF_BATCH}.log",
    params:
        files=lambda wildcards: of_scenario(wildcards.scenario)["files"],
        contents=lambda wildcards: of_scenario(wildcards.scenario)["contents"],
        code=CODE["scenario_batch"],
        imputations=CHOICE.imputations,
        plan=PLAN,
        settings={
            name: SETTINGS[name] for name in ("data", "cleaning", "weights") if name in SETTINGS
        },
        seed=SETTINGS["study"]["seed"],
    message:
        "Analyses replicates {wildcards.first} to {wildcards.last} of scenario {wildcards.scenario}"
    script:
        "../scripts/scenario_batch.py"


rule scenarios:
    input:
        receipts=[
            *expand(rules.scenario_truth.output.receipt, scenario=CHOICE.scenarios),
            *batches(rules.scenario_batch.output.receipt),
        ],
        true_values=expand(rules.scenario_truth.output.table, scenario=CHOICE.scenarios),
        replicates=batches(rules.scenario_batch.output.table),
    output:
        tables=tables_by("scenarios"),
        pages=[f"{RESULTS}/scenarios/{name}" for name in KNOWN_TRUTHS],
        receipt=receipt("scenarios"),
    log:
        f"{LOGS}/scenarios.log",
    params:
        **outside(
            instrument=MAIN,
            plan=f"{FOLDER}/plan.yaml",
            scenarios=list(dict.fromkeys(chain(*map(scenario_paths, CHOICE.scenarios)))),
            schemas=["instrument.schema.json", "scenario.schema.json"],
        ),
        code=CODE["scenarios"],
        folder=f"{FOLDER}/scenarios",
        imputations=CHOICE.imputations,
        persons=CHOICE.persons,
        plan=PLAN,
        study=SETTINGS["study"],
    message:
        "Summarises what the analysis finds where the truth is known"
    script:
        "../scripts/scenarios.py"
