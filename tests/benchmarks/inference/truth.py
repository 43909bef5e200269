"""Type-I error and coverage of the primary test, with few communities and with many.

Run from the root of the checkout: `python tests/benchmarks/inference/truth.py`. It draws whole
studies from the shipped truth file (communities, frames, latents, answers to every item), in which
everybody responds with care, scores them as the cleaning room does, fits the plan's model
a cell of its grid, the primary one on scores (that on constructs is in `benchmarks/calibrated`),
and keeps the p value and the interval of each primary hypothesis. It writes `truth.csv` beside it.
The truth is that of the generator: potential outcomes of a large population, per standard deviation
of the complete, careful score. No model is fitted for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "workflow" / "lib"))

from coproduction.cleaning.scoring import analysis_table  # noqa: E402
from coproduction.errors import StudyError  # noqa: E402
from coproduction.inference.data.design import Design, design  # noqa: E402
from coproduction.inference.data.variables import derive  # noqa: E402
from coproduction.inference.effects.estimands import row, value_of  # noqa: E402
from coproduction.inference.model.regression import fit  # noqa: E402
from coproduction.inference.variance.bootstrap import bootstrap  # noqa: E402
from coproduction.instrument.definition import Instrument  # noqa: E402
from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.plan.hypotheses.hypotheses import Hypothesis  # noqa: E402
from coproduction.plan.models.model import Model  # noqa: E402
from coproduction.plan.options import PRIMARY as USUAL  # noqa: E402
from coproduction.plan.plan import Plan, read_plan  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.estimands.true_values import true_values  # noqa: E402
from coproduction.simulation.generator import Generator, prepare  # noqa: E402
from coproduction.simulation.replicate import replicate as drawn  # noqa: E402
from coproduction.simulation.truth.reading import read_truth  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

COMMUNITIES = (12, 20, 60)
SCENARIOS = ("full_null", "base")
PRIMARY = ("H1", "H2")
KINDS = ("CR2", "CR1", "classical")
DRAWS = 399
PERSONS = 200_000
KEPT = ("team", "company", "unable", "female")
STUDY = ROOT / "instruments" / "coproduction"


def document(name: str, kind: str, text: str | None = None):
    """Read a file of the shipped study, or a changed text of it."""
    text = (STUDY / f"{name}.yaml").read_text("utf-8") if text is None else text
    return read_yaml(text, f"{name}.yaml", schema(kind))


@cache
def instruments() -> tuple[Instrument, Instrument]:
    """Questionnaires of residents and of communities."""
    return tuple(
        read_instrument(document(name, "instrument")) for name in ("instrument", "community")
    )


@cache
def plan() -> Plan:
    """Plan of the shipped study."""
    return read_plan(document("plan", "plan").data)


@cache
def generator(scenario: str, n_communities: int) -> Generator:
    """Make the shipped truth, or the same without anything that moves volunteering but who one is.

    Under the full null neither incentives nor resources, nor identity, to which they are causes,
    bear on the outcome; memberships, sex, health and communities still do. Everybody answers, with
    care, and knows.
    """
    truth = yaml.safe_load((STUDY / "truth.yaml").read_text("utf-8"))
    truth["communities"]["number"] = n_communities
    for name in ("responds", "careless", "breaks_off"):
        del truth["equations"][name]
    for block in ("nonresponse", "retest", "sheets"):
        del truth[block]
    truth["fieldwork"] |= {"duplicates": 0, "tests": {"number": 0}, "impossible": []}
    # Without loss as many are drawn as else are interviewed.
    truth["sample"]["frames"]["address"]["drawn"] = {"mean": 24, "spread": 6, "least": 8}
    truth["sample"]["frames"]["roster_team"]["drawn"] = {"mean": 6, "spread": 2, "least": 3}
    if scenario == "full_null":
        causes = truth["equations"]["freely"]["causes"]
        truth["equations"]["freely"]["causes"] = {name: causes[name] for name in KEPT}
    text = yaml.safe_dump(truth, allow_unicode=True, sort_keys=False)
    return prepare(read_truth(document("truth", "truth", text), *instruments()), *instruments())


@cache
def truths(scenario: str) -> dict[str, float]:
    """True values of the primary hypotheses, per standard deviation of the careful score."""
    table = true_values(generator(scenario, max(COMMUNITIES)), plan(), PERSONS)
    chosen = table[(table["per"] == "score_sd") & (table["effect"] == "total")]
    return chosen.set_index("hypothesis")["value"].loc[list(PRIMARY)].to_dict()


def respondents(scenario: str, n_communities: int, number: int) -> pd.DataFrame:
    """Draw the analysis table of one study."""
    made = drawn(generator(scenario, n_communities), SCENARIOS.index(scenario), number)
    answers = pd.DataFrame(made.first.interviews.given)
    table = analysis_table(answers.assign(submission=answers.index), instruments()[0])
    named = {each.variable for each in (*main().predictors, *main().covariates)}
    wanted = [each for each in plan().variables if each.id in {*named, main().outcome}]
    return derive(table, wanted)


def main() -> Model:
    """Find the cell of the plan's grid that is its primary model on scores of complete cases."""
    chosen = {"missing": "complete", "measure": "scores"}
    return next(
        each.model
        for each in plan().cells["incentives_grid"]
        if {name: choice for name, choice in each.choices.items() if choice != USUAL} == chosen
    )


def hypothesis(name: str) -> Hypothesis:
    """Find a hypothesis of the plan."""
    return next(each for each in plan().hypotheses if each.id == name)


def estimates(made: Design, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Estimate each primary hypothesis with each kind of standard error, and by the bootstrap."""
    fits = {kind: fit(replace(made, covariance=kind)) for kind in KINDS}
    found = []
    for name in PRIMARY:
        estimand = replace(hypothesis(name).estimand, per=None)
        rows = [row(each, estimand) for each in fits.values()]
        checked = bootstrap(fits["CR2"], *value_of(fits["CR2"], estimand), DRAWS, rng)
        rows.append({"covariance": "bootstrap", "p_value": checked.p_value})
        found += [{"hypothesis": name, **each} for each in rows]
    return found


def replicate(task: tuple[str, int, int]) -> list[dict[str, Any]]:
    """Draw and analyse one study; one row without an estimate if it cannot be."""
    scenario, n_communities, number = task
    rng = np.random.default_rng([SCENARIOS.index(scenario), n_communities, number])
    try:
        return estimates(design(respondents(scenario, n_communities, number), main()), rng)
    except StudyError as error:
        return [{"hypothesis": name, "covariance": "", "reason": str(error)} for name in PRIMARY]


def summary(found: pd.DataFrame, truth: float) -> dict[str, float]:
    """Summarise the studies of one cell, hypothesis and kind of standard error."""
    n = len(found)
    result = {"studies": n, "truth": truth}
    rejected = (found["p_value"] < 0.05).mean()
    result |= {"rejected": rejected, "rejected_error": np.sqrt(rejected * (1 - rejected) / n)}
    if found["estimate"].notna().all():
        covered = ((found["conf_low"] <= truth) & (truth <= found["conf_high"])).mean()
        result |= {"covered": covered, "covered_error": np.sqrt(covered * (1 - covered) / n)}
        result |= {
            "mean_estimate": found["estimate"].mean(),
            "sd_estimate": found["estimate"].std(),
        }
        result |= {"mean_std_error": found["std_error"].mean(), "median_df": found["df"].median()}
    return result


def cell(scenario: str, n_communities: int, studies: int, values, pool) -> list[dict[str, Any]]:
    """Analyse all studies of one scenario and number of communities."""
    tasks = [(scenario, n_communities, number) for number in range(studies)]
    rows = pd.DataFrame([each for part in pool.map(replicate, tasks, chunksize=8) for each in part])
    failed = rows["covariance"] == ""
    refused = int(failed.sum() / len(PRIMARY))
    shared = {"scenario": scenario, "communities": n_communities, "refused": refused}
    return [
        {**shared, "hypothesis": name, "covariance": kind, **summary(part, values[name])}
        for (name, kind), part in rows[~failed].groupby(["hypothesis", "covariance"], sort=False)
    ]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--studies", type=int, default=1000)
    arguments.add_argument("--scenarios", nargs="+", default=SCENARIOS, choices=SCENARIOS)
    arguments.add_argument("--communities", nargs="+", type=int, default=COMMUNITIES)
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "truth.csv")
    given = arguments.parse_args()
    table: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for scenario in given.scenarios:
            values = truths(scenario)
            print(scenario, values, flush=True)
            for n_communities in given.communities:
                table += cell(scenario, n_communities, given.studies, values, pool)
                pd.DataFrame(table).to_csv(given.output, index=False)
                print(scenario, n_communities, "done", flush=True)
