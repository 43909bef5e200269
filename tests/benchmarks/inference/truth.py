"""Type-I error and coverage of the primary test, with few communities and with many.

Run from the root of the checkout: `python tests/benchmarks/inference/truth.py`. It draws whole
studies from the shipped truth file (communities, latents, answers to every item), scores them as
the cleaning room does, fits the plan's model `main`, and keeps the p value and the interval of each
primary hypothesis. It writes `truth.csv` beside itself.
"""

from __future__ import annotations

import argparse
import copy
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
from coproduction.instrument.definition import Instrument, read_instrument  # noqa: E402
from coproduction.plan.hypotheses import Estimand  # noqa: E402
from coproduction.plan.models import Model  # noqa: E402
from coproduction.plan.plan import Plan, read_plan  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.simulation.answers import answer, scale_answers  # noqa: E402
from coproduction.simulation.latents import latents  # noqa: E402
from coproduction.simulation.population import population  # noqa: E402
from coproduction.yamlfile import read_yaml  # noqa: E402

COMMUNITIES = (12, 20, 60)
SCENARIOS = ("full_null", "base")
PRIMARY = ("H1", "H2")
KINDS = ("CR2", "CR1", "classical")
DRAWS = 399
LARGE = 1500
FURTHER = ("b1", "b5", "d5", "d7")
STUDY = ROOT / "instruments" / "coproduction"


@cache
def study() -> tuple[Instrument, dict[str, Any], Plan]:
    """Questionnaire, truth file and plan of the shipped study."""
    found = []
    for name in ("instrument", "truth", "plan"):
        text = (STUDY / f"{name}.yaml").read_text("utf-8")
        found.append(read_yaml(text, f"{name}.yaml", schema(name)))
    return read_instrument(found[0]), found[1].data, read_plan(found[2].data)


def truth_of(scenario: str, n_communities: int) -> dict[str, Any]:
    """Give the shipped truth, or the same without anything that moves volunteering but who one is.

    Under the full null neither incentives nor resources, nor identity, to which they are causes,
    bear on the outcome; memberships, sex, health and communities still do.
    """
    truth = copy.deepcopy(study()[1])
    truth["communities"]["number"] = n_communities
    scales = truth["items"]["constructs"]
    truth["items"]["constructs"] = {name: scales[name] for name in asked().constructs}
    truth["items"]["markers"] = {}
    if scenario == "full_null":
        entry = next(each for each in truth["answers"] if each["item"] == "b1")
        kept = ("team", "company", "unable", "female")
        entry["coefficients"] = {name: entry["coefficients"][name] for name in kept}
    return truth


def respondents(scenario: str, n_communities: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the analysis table of one study in which everybody answers with care."""
    instrument, truth = asked(), truth_of(scenario, n_communities)
    persons = population(truth["communities"], rng)
    fixed = persons.drop(columns=["kind", "frame", "community_code"])
    drawn = latents(persons["community"].to_numpy(), fixed, truth["latents"], rng)
    persons = persons.join(drawn[[name for name in drawn if name not in persons]])
    style = rng.standard_normal(len(persons))
    known = persons.join(scale_answers(persons, style, instrument, truth["items"], rng))
    for entry in truth["answers"]:
        if entry["item"] in instrument.by_id:
            known[entry["item"]] = answer(entry, known, truth["indicators"], instrument, rng)
    known["b5"] = known["b5"].where(known["b1"] == 1)
    table = analysis_table(known.assign(submission=known.index), instrument)
    return derive(table, [each for each in study()[2].variables if each.id in variables()])


@cache
def variables() -> frozenset[str]:
    """Names in the primary model."""
    model = main()
    return frozenset([*(each.variable for each in model.entries), model.outcome, model.cluster])


@cache
def asked() -> Instrument:
    """Keep the part of the questionnaire that the primary model needs."""
    whole = study()[0]
    kept = [
        item
        for item in whole.items
        if item.construct in variables() or item.id in (*variables(), *FURTHER)
    ]
    constructs = {name: each for name, each in whole.constructs.items() if name in variables()}
    return replace(whole, items=tuple(kept), constructs=constructs)


def main() -> Model:
    """Find the plan's primary model."""
    return study()[2].by_name["main"]


def estimand_of(name: str) -> Estimand:
    """Find the estimand of a hypothesis of the plan."""
    return next(each.estimand for each in study()[2].hypotheses if each.id == name)


def estimates(made: Design, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Estimate each primary hypothesis with each kind of standard error, and by the bootstrap."""
    fits = {kind: fit(replace(made, covariance=kind)) for kind in KINDS}
    found = []
    for name in PRIMARY:
        estimand = estimand_of(name)
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
        return estimates(design(respondents(scenario, n_communities, rng), main()), rng)
    except StudyError as error:
        return [{"hypothesis": name, "covariance": "", "reason": str(error)} for name in PRIMARY]


def large(task: tuple[str, int]) -> dict[str, float]:
    """Estimate every primary hypothesis in one very large study."""
    scenario, number = task
    rng = np.random.default_rng([SCENARIOS.index(scenario), LARGE, number])
    model = replace(main(), covariance="classical")
    fitted = fit(design(respondents(scenario, LARGE, rng), model))
    return {name: row(fitted, estimand_of(name))["estimate"] for name in PRIMARY}


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


def cell(scenario: str, n_communities: int, studies: int, truths, pool) -> list[dict[str, Any]]:
    """Analyse all studies of one scenario and number of communities."""
    tasks = [(scenario, n_communities, number) for number in range(studies)]
    rows = pd.DataFrame([each for part in pool.map(replicate, tasks, chunksize=8) for each in part])
    failed = rows["covariance"] == ""
    refused = int(failed.sum() / len(PRIMARY))
    shared = {"scenario": scenario, "communities": n_communities, "refused": refused}
    return [
        {**shared, "hypothesis": name, "covariance": kind, **summary(part, truths[name])}
        for (name, kind), part in rows[~failed].groupby(["hypothesis", "covariance"], sort=False)
    ]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--studies", type=int, default=1000)
    arguments.add_argument("--scenarios", nargs="+", default=SCENARIOS, choices=SCENARIOS)
    arguments.add_argument("--communities", nargs="+", type=int, default=COMMUNITIES)
    arguments.add_argument("--large", type=int, default=20, help="large studies behind the truth")
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "truth.csv")
    given = arguments.parse_args()
    table: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for scenario in given.scenarios:
            drawn = pd.DataFrame(pool.map(large, [(scenario, k) for k in range(given.large)]))
            truths = drawn.mean() if scenario == "base" else drawn.mean() * 0
            print(scenario, drawn.mean().to_dict(), (drawn.std() / len(drawn) ** 0.5).to_dict())
            for n_communities in given.communities:
                table += cell(scenario, n_communities, given.studies, truths, pool)
                pd.DataFrame(table).to_csv(given.output, index=False)
                print(scenario, n_communities, "done", flush=True)
