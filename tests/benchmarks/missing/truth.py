"""What multiple imputation does to bias and coverage of known coefficients, beside mice.

Run from the root of the checkout: `python tests/benchmarks/missing/truth.py`. It needs R with mice
and jsonlite, and writes `truth.csv` beside itself. Answers are made by numpy alone; `README.md`
says how, and what the ways of completing them are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "workflow" / "lib"), str(ROOT / "tests")]

from plans import plan_of  # noqa: E402
from questionnaires import headed  # noqa: E402

from coproduction.cleaning.scoring import analysis_table, scored  # noqa: E402
from coproduction.inference.completed.analysis import imputations  # noqa: E402
from coproduction.inference.completed.items import Answers  # noqa: E402
from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.data.tables import all_tables  # noqa: E402
from coproduction.inference.model.regression import coefficients, fit  # noqa: E402
from coproduction.instrument.definition import Instrument  # noqa: E402
from coproduction.instrument.reading import read_instrument  # noqa: E402
from coproduction.missing.imputation import impute  # noqa: E402
from coproduction.missing.problem import Problem, Target  # noqa: E402
from coproduction.missing.tidy import pool_tables  # noqa: E402
from coproduction.plan.plan import Plan  # noqa: E402
from coproduction.schemas import schema  # noqa: E402
from coproduction.yamlfiles.yamlfile import read_yaml  # noqa: E402

M, ITERATIONS, DONORS = 20, 5, 5
CLUSTERS, PER_CLUSTER = 60, 25
SCALES = ("x", "z", "w")
SHARES = {"x": (0.05, 0.15, 0.30), "z": (0.05, 0.10, 0.20), "w": (0.05, 0.10, 0.15)}
"""Shares of answers that the second to fourth item of each scale lack; the first lacks none."""
OUTCOMES = ("took", "hours")
ITEMS = tuple(f"{scale}{place}" for scale in SCALES for place in range(1, 5))
THRESHOLDS = np.array([-1.3, -0.5, 0.4, 1.2])
LOADING, CORRELATION, UNKNOWN = 0.75, 0.4, -88


@dataclass(frozen=True)
class Scenario:
    """What is true: coefficients of both outcomes, and the share of variance of communities."""

    slopes: dict[str, float]
    icc: float = 0.05


SCENARIOS = {
    "base": Scenario({"x": 0.5, "z": 0.4, "w": -0.3}),
    "product": Scenario({"x": 0.5, "z": 0.4, "w": -0.3, "x:z": 0.3}),
    "communities": Scenario({"x_within": 0.6, "x_mean": 1.0, "z": 0.4, "w": -0.3}, icc=0.30),
}


def answers(scenario: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    """Draw complete answers; both outcomes have the scenario's coefficients, exactly.

    The logit has a community effect of the bridge distribution (Wang and Louis 2003, *Biometrika*
    90, 765–775), with which a logit within communities is a logit over all of them too.
    """
    cluster = np.repeat(np.arange(CLUSTERS), rng.poisson(PER_CLUSTER - 5, CLUSTERS) + 5)
    n = len(cluster)
    root = np.linalg.cholesky(CORRELATION + (1 - CORRELATION) * np.eye(3))
    shared, own = rng.normal(size=(CLUSTERS, 3)) @ root.T, rng.normal(size=(n, 3)) @ root.T
    latent = np.sqrt(scenario.icc) * shared[cluster] + np.sqrt(1 - scenario.icc) * own
    noise = np.sqrt(1 - LOADING**2) * rng.normal(size=(n, len(ITEMS)))
    codes = 1 + np.digitize(LOADING * np.repeat(latent, 4, axis=1) + noise, THRESHOLDS)
    table = pd.DataFrame(codes, columns=list(ITEMS))
    systematic = _systematic(table, cluster, scenario)
    phi = np.sqrt(1 - scenario.icc)
    u = rng.random(CLUSTERS)
    bridge = np.log(np.sin(phi * np.pi * u) / np.sin(phi * np.pi * (1 - u))) / phi
    y = rng.random(n) < 1 / (1 + np.exp(-(systematic / phi + bridge[cluster])))
    effect = np.sqrt(scenario.icc) * rng.normal(size=CLUSTERS)[cluster]
    v = systematic + effect + np.sqrt(1 - scenario.icc) * rng.normal(size=n)
    return table.assign(place=cluster.astype(str), took=y.astype(int), hours=v.round(4))


def _systematic(table: pd.DataFrame, cluster: np.ndarray, scenario: Scenario) -> np.ndarray:
    """Sum of the terms, each with its coefficient, less a constant near its mean."""
    terms = {scale: table[[f"{scale}{p}" for p in range(1, 5)]].mean(axis=1) for scale in SCALES}
    terms["x:z"] = terms["x"] * terms["z"]
    terms["x_mean"] = terms["x"].groupby(cluster).transform("mean")
    terms["x_within"] = terms["x"] - terms["x_mean"]
    centre = {"x:z": 9.0, "x_within": 0.0}
    parts = [slope * (terms[k] - centre.get(k, 3.0)) for k, slope in scenario.slopes.items()]
    return np.sum(parts, axis=0)


def holed(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Take answers away by what everybody has answered: both outcomes and the first items."""
    found = table.copy()
    standing = (table["hours"] - table["hours"].mean()) / table["hours"].std()
    for scale in SCALES:
        first = table[f"{scale}1"] - 3
        signal = 0.6 * standing + 0.5 * (2 * table["took"] - 1) * first
        for place, share in enumerate(SHARES[scale], 2):
            chance = 1 / (1 + np.exp(-(signal + _level(signal, share))))
            found.loc[rng.random(len(table)) < chance, f"{scale}{place}"] = UNKNOWN
    return found


def _level(signal: pd.Series, share: float) -> float:
    """Find by halving the constant with which the mean of the logit is a share."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        below = (1 / (1 + np.exp(-(signal + middle)))).mean() < share
        low, high = (middle, high) if below else (low, middle)
    return middle


@cache
def instrument() -> Instrument:
    """Questionnaire of three scales of four items, of which every one counts."""
    options = ", ".join(f'{{value: {code}, label: {{en: "A{code}"}}}}' for code in range(1, 6))
    constructs = "".join(
        f'  {name}: {{label: {{en: "{name}"}}, scoring: {{minimum_valid: 1}}}}\n' for name in SCALES
    )
    items = "".join(
        f'      - {{id: {each}, response_set: agree, construct: {each[0]}, text: {{en: "T"}}}}\n'
        for each in ITEMS
    )
    text = f"""
response_sets:
  agree: {{level: ordinal, options: [{options}]}}
constructs:
{constructs}sections:
  - id: one
    label: {{en: "One"}}
    items:
      - {{id: place, type: text, pattern: "[0-9]+", role: cluster, text: {{en: "P"}}}}
      - {{id: took, type: integer, range: [0, 1], text: {{en: "Took"}}}}
      - {{id: hours, type: decimal, range: [-20, 20], text: {{en: "Hours"}}}}
{items}"""
    return read_instrument(
        read_yaml(headed("benchmark", text), "instrument.yaml", schema("instrument"))
    )


def plan(scenario: str) -> Plan:
    """Plan of a logit and a linear model of the scenario's terms."""
    split = scenario == "communities"
    predictors = [{"variable": name} for name in SCALES]
    if split:
        predictors[0]["split"] = "within_cluster"
    products = [["x", "z"]] if scenario == "product" else []
    shared = {"predictors": predictors, "interactions": products, "cluster": "place"}
    models = [
        {"id": "logit", "outcome": "took", "family": "binomial", "covariance": "CR2", **shared},
        {"id": "linear", "outcome": "hours", "family": "gaussian", "covariance": "CR2", **shared},
    ]
    missing = {"imputations": M, "iterations": ITERATIONS, "donors": DONORS}
    return plan_of({"models": models, "missing": missing, "flagged_rows": {"leave_out": "none"}})


def fitted(tables: Sequence[pd.DataFrame], planned: Plan) -> pd.DataFrame:
    """Fit both models to every table of scores, and pool where there are several."""
    found = []
    for scores in tables:
        whole = all_tables(scores, planned, None)
        fits = [fit(design(whole.of(each)[0], each, whole.of(each)[1])) for each in planned.models]
        found.append(pd.concat([coefficients(each) for each in fits], ignore_index=True))
    return pool_tables(found, ["model", "term"], 0.95) if len(found) > 1 else found[0]


def engine(scores: pd.DataFrame, seed: int) -> Iterator[pd.DataFrame]:
    """Complete the items by each other and by both outcomes alone, as mice is told to."""
    targets = []
    for name in (*ITEMS, *OUTCOMES):
        values = scores[name].to_numpy(float)
        targets.append(Target(name, values, np.isnan(values)))
    problem = Problem(tuple(targets), donors=DONORS)
    for completed in impute(problem, M, ITERATIONS, seed).completed:
        table = scores.copy()
        for each in targets:
            table.loc[each.missing, each.name] = completed[each.name]
        yield scored(table, instrument())


def mice(scores: pd.DataFrame, seed: int) -> Iterator[pd.DataFrame]:
    """Complete the items in R, from the same table."""
    names = [*ITEMS, *OUTCOMES]
    with tempfile.TemporaryDirectory() as folder:
        scores[names].to_csv(Path(folder, "data.csv"), index=False)
        arguments = [folder, *map(str, (M, ITERATIONS, DONORS, seed))]
        subprocess.run(["Rscript", str(HERE / "truth.R"), *arguments], check=True)
        values = np.fromfile(Path(folder, "completed.bin"), np.int8)
    for part in values.reshape(M, len(ITEMS), len(scores)):
        completed = dict(zip(ITEMS, part.astype(float), strict=True))
        yield scored(scores.assign(**completed), instrument())


def replicate(task: tuple[str, int, bool]) -> pd.DataFrame:
    """Draw one study and estimate both models in every way."""
    scenario, number, with_mice = task
    rng = np.random.default_rng([list(SCENARIOS).index(scenario), number])
    planned = plan(scenario)
    whole = answers(SCENARIOS[scenario], rng)
    given = holed(whole, rng)
    tables = []
    for each in (whole, given):
        table = each.assign(submission=[f"r{row:04d}" for row in range(len(each))])
        tables.append(analysis_table(table, instrument()))
    scores = tables[1]
    kinds = given.astype("string").where(given == UNKNOWN).replace(str(UNKNOWN), "dont_know")
    made = imputations(
        scores, all_tables(scores, planned, None), None, Answers(instrument(), kinds), number
    )
    ways = {
        "whole": fitted(tables[:1], planned),
        "complete": fitted([scores], planned),
        "ours": fitted([made.completed.table(k) for k in range(M)], planned),
        "ours_plain": fitted(list(engine(scores, number)), planned),
    }
    if with_mice:
        ways["mice"] = fitted(list(mice(scores, number + 1)), planned)
    found = pd.concat([table.assign(way=way) for way, table in ways.items()], ignore_index=True)
    return found[found["term"] != "intercept"].assign(scenario=scenario, study=number)


def summary(rows: pd.DataFrame, true: float) -> dict[str, float]:
    """Bias, precision and coverage of one coefficient in one way, with Monte-Carlo errors."""
    n, spread = len(rows), rows["estimate"].std(ddof=1)
    held = rows["conf_low"].le(true) & rows["conf_high"].ge(true)
    mean_error = np.sqrt((rows["std_error"] ** 2).mean())
    return {
        "studies": n,
        "truth": true,
        "bias": rows["estimate"].mean() - true,
        "bias_error": spread / np.sqrt(n),
        "sd": spread,
        "mean_std_error": mean_error,
        "error_ratio": mean_error / spread,
        "error_ratio_error": mean_error / spread / np.sqrt(2 * (n - 1)),
        "covered": 100 * held.mean(),
        "covered_error": 100 * np.sqrt(held.mean() * (1 - held.mean()) / n),
        "n": rows["n"].mean(),
        "fmi": rows["fmi"].mean() if "fmi" in rows else np.nan,
    }


def beside(rows: pd.DataFrame, other: str) -> dict[str, float]:
    """Mean difference from another way in the same studies, with its Monte-Carlo error."""
    apart = (rows["estimate"] - rows[other]).dropna()
    n = len(apart)
    return {
        f"minus_{other}": apart.mean() if n else np.nan,
        f"minus_{other}_error": apart.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan,
    }


def summarised(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every scenario, model, term and way its line."""
    place = ["scenario", "study", "model", "term"]
    for other in ("whole", "mice"):
        theirs = rows[rows["way"] == other].set_index(place)["estimate"].rename(other)
        rows = rows.join(theirs, on=place)
    found = []
    for (scenario, model, term, way), part in rows.groupby(
        ["scenario", "model", "term", "way"], sort=False
    ):
        true = SCENARIOS[scenario].slopes[term]
        named = {"scenario": scenario, "model": model, "term": term, "way": way}
        apart = beside(part, "whole") | beside(part, "mice")
        found.append(named | summary(part, true) | apart)
    return pd.DataFrame(found).sort_values(["scenario", "model", "term"], kind="stable")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--studies", type=int, default=45)
    arguments.add_argument("--mice-in-every", type=int, default=6, help="mice is slow")
    arguments.add_argument("--scenarios", nargs="+", default=list(SCENARIOS), choices=SCENARIOS)
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "truth.csv")
    given = arguments.parse_args()
    # Studies of all scenarios take turns, so that the table can be read at any time.
    tasks = [
        (each, number, number % given.mice_in_every == 0)
        for number in range(given.studies)
        for each in given.scenarios
    ]
    parts: list[pd.DataFrame] = []
    with ProcessPoolExecutor(given.processes) as workers:
        for done, rows in enumerate(workers.map(replicate, tasks), 1):
            parts.append(rows)
            if done % (5 * len(given.scenarios)) == 0 or done == len(tasks):
                summarised(pd.concat(parts)).round(4).to_csv(given.output, index=False)
                print(done, "of", len(tasks), flush=True)
