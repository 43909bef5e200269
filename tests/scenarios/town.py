"""The study of a small town and its scenarios, ready to be drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd
from town_scenarios import SCENARIOS, files

from coproduction.scenarios.batch import Analysed, batch
from coproduction.scenarios.reading import Scenario, read_scenarios
from coproduction.scenarios.summary import summary
from coproduction.scenarios.truths import scenario_truth
from coproduction.schemas import schema
from coproduction.simulation.estimands.true_values import true_values
from coproduction.simulation.generator import Generator, prepare
from coproduction.simulation.truth.content import Truth
from coproduction.study import Study, read_study
from coproduction.yamlfiles.yamlfile import read_yaml

REPLICATES = 8


@cache
def study() -> Study:
    texts = {name: text for name, text in files().items() if "/" not in name}
    rules = {name: schema(name) for name in ("instrument", "study", "plan")}
    return read_study(texts, "instruments/town", rules)


def scenarios_of(texts: Mapping[str, str]) -> dict[str, Scenario]:
    """Read scenarios from their texts, by name."""
    rules = schema("scenario")
    documents = {name: read_yaml(text, f"{name}.yaml", rules) for name, text in texts.items()}
    return read_scenarios(documents, study().plan)


def truth_in(scenario: Scenario) -> Truth:
    document = read_yaml(files()["truth.yaml"], "truth.yaml", schema("truth"))
    return scenario_truth(scenario, document, schema("truth"), *study().instruments.values())


def truth_with(text: str) -> Truth:
    """What is true where a scenario says this under `truth`."""
    whole = f"{SCENARIOS['base']}\ntruth:\n{text}"
    return truth_in(scenarios_of({"changed": whole})["changed"])


@cache
def ready(name: str) -> Generator:
    truth = truth_in(scenarios_of(SCENARIOS)[name])
    return prepare(truth, *study().instruments.values())


def analysed() -> Analysed:
    return Analysed(study().settings, study().plan, list(study().instruments.values()))


def drawn(name: str, *numbers: int) -> pd.DataFrame:
    """Verdicts of some replicates of a scenario."""
    return batch(analysed(), ready(name), study().settings["study"]["seed"], numbers)


@cache
def everything() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Replicates, true values and summary of all scenarios of the town."""
    found = [drawn(name, *range(REPLICATES)).assign(scenario=name) for name in SCENARIOS]
    truths = [
        true_values(ready(name), study().plan, persons=20_000, batches=4).assign(scenario=name)
        for name in SCENARIOS
    ]
    replicates, truth = pd.concat(found), pd.concat(truths)
    told = summary(replicates, truth, scenarios_of(SCENARIOS), study().plan)
    return replicates, truth, told
