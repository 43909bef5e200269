from functools import cache

from coproduction.dictionary import read_table
from coproduction.steps.provenance import stamp
from coproduction.scenarios.choice import choice
from coproduction.scenarios.reading import read_scenarios
from coproduction.yamlfiles.yamlfile import read_yaml

KNOWN_TRUTHS = [f"known_truths_{language}.html" for language in SETTINGS["study"]["languages"]]


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
    plans = set(read_table("scenarios/summary.csv", summary.read_bytes())["plan"])
    return KNOWN_TRUTHS if plans == {stamp(plan.read_bytes())} else []


try:
    SCENARIOS = load_scenarios()
    CHOICE = choice(config, list(SCENARIOS), STUDY.plan.missing is not None)
except (StudyError, UnicodeDecodeError) as error:
    sys.exit(f"✗ {error}")
