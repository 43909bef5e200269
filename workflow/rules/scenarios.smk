from functools import cache

from coproduction.provenance import stamp
from coproduction.scenarios.choice import choice
from coproduction.scenarios.reading import read_scenarios
from coproduction.yamlfile import read_yaml


def load_scenarios():
    """Scenarios that stand beside the study's truth, by name."""
    paths = sorted(Path(FOLDER, "scenarios").glob("*.yaml"))
    texts = {path: path.read_text("utf-8-sig") for path in paths}
    rules = schema("scenario")
    documents = {path.stem: read_yaml(text, str(path), rules) for path, text in texts.items()}
    return read_scenarios(documents, STUDY.plan)


def scenario_paths(name):
    """Files of a scenario: those that it extends, and its own."""
    return [document.source for document in SCENARIOS[name].changes]


@cache
def of_scenario(name):
    """Files that say what is true in a scenario, and their contents."""
    schemas = [*TRUTHS["schemas"], "scenario.schema.json"]
    return outside(**TRUTHS | {"schemas": schemas}, scenarios=scenario_paths(name))


def batches(pattern):
    """Files of all batches of the chosen scenarios."""
    return [
        pattern.format(scenario=name, first=first, last=last)
        for name in CHOICE.scenarios
        for first, last in CHOICE.batches
    ]


def tested():
    """Pages on known truths, where there are any of the plan as it stands."""
    summary, plan = Path(f"{RESULTS}/scenarios/summary.csv"), Path(f"{FOLDER}/plan.yaml")
    if not summary.is_file():
        return []
    first = summary.read_text("utf-8").splitlines()[1:2]
    own = [line.rpartition(",")[2] for line in first] == [stamp(plan.read_bytes())]
    return KNOWN_TRUTHS if own else []


try:
    SCENARIOS = load_scenarios()
    CHOICE = choice(config, list(SCENARIOS))
except (StudyError, UnicodeDecodeError) as error:
    sys.exit(f"✗ {error}")


OF_BATCH = "{scenario}/{first}-{last}"
KNOWN_TRUTHS = [f"known_truths_{language}.html" for language in SETTINGS["study"]["languages"]]


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
        plan=PLAN,
        settings={name: SETTINGS[name] for name in ("data", "cleaning") if name in SETTINGS},
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
        tables=tables_in("scenarios"),
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
        plan=PLAN,
        study=SETTINGS["study"],
    message:
        "Summarises what the analysis finds where the truth is known"
    script:
        "../scripts/scenarios.py"
