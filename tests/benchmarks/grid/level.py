"""How often the joint test of a grid of 30 specifications rejects a null that is true, or is not.

Run from the root of the checkout: `python tests/benchmarks/grid/level.py`. It draws people in
places: a person's x and what all outcomes share both differ between places, and the outcomes depend
on x by the effect alone. A declared grid of 30 cells (three outcomes with families of their own,
five sets of covariates, two samples) is computed by the library as a study's is. It writes
`level.csv` beside itself: the share of replicates whose joint p value is 0.05 or less, by
statistic, with its Monte-Carlo error.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1])]

from plans import plan_of  # noqa: E402

from coproduction.inference.data.tables import all_tables  # noqa: E402
from coproduction.inference.grid.grids import grids  # noqa: E402
from coproduction.plan.plan import Plan  # noqa: E402

WORDS = {"label": {"en": "Other"}, "reason": {"en": "As good."}}
COVARIATES = ("a", "b", "c", "d")
DESIGNS = ((20, 15, 0.0), (12, 25, 0.0), (40, 10, 0.0), (20, 15, 0.25))
LEVEL, DRAWS = 0.05, 399


def people(n_clusters: int, size: int, effect: float, seed: int) -> pd.DataFrame:
    """Draw people: x and the outcomes differ between places, and go together by the effect."""
    rng = np.random.default_rng([seed, n_clusters, size])
    codes = np.repeat(np.arange(n_clusters), size)
    n = len(codes)
    places = rng.standard_normal((2, n_clusters))[:, codes]
    covariates = rng.standard_normal((4, n))
    x = 0.7 * rng.standard_normal(n) + 0.5 * places[0] + 0.3 * covariates[0]
    shared = 0.5 * places[1] + 0.5 * rng.standard_normal(n)
    eta = effect * (x - 0.3 * covariates[0]) + shared
    return pd.DataFrame(
        {
            **{"place": [f"p{code:02d}" for code in codes], "x": x},
            **dict(zip(COVARIATES, covariates, strict=True)),
            "age": rng.integers(18, 80, n).astype(float),
            "any": (rng.random(n) < 1 / (1 + np.exp(-eta))) * 1.0,
            "amount": eta + rng.standard_normal(n),
            "times": rng.poisson(np.exp(0.5 * eta)).astype(float),
        }
    )


def declared() -> Plan:
    """Plan the grid: 3 outcomes, 5 sets of covariates and 2 samples."""
    outcomes = (("amount", "gaussian"), ("times", "pseudo_poisson"))
    grid: dict[str, Any] = {
        "id": "thirty",
        "label": {"en": "Thirty"},
        "hypotheses": ["H1"],
        "dimensions": {
            "outcome": [
                {"id": name, "outcome": name, "family": family, **WORDS}
                for name, family in outcomes
            ],
            "covariates": [{"id": f"no_{name}", "without": [name], **WORDS} for name in "bcd"]
            + [{"id": "few", "without": ["b", "c", "d"], **WORDS}],
            "subset": [{"id": "young", "subset": "age < 65", **WORDS}],
        },
        "draws": DRAWS,
    }
    model = {
        **{"id": "main", "outcome": "any", "family": "binomial", "cluster": "place"},
        **{"predictors": [{"variable": "x"}], "covariates": list(COVARIATES), "covariance": "CR2"},
    }
    estimand = {"kind": "average_marginal_effect", "variable": "x"}
    return plan_of(
        {
            "models": [model],
            "families": [{"id": "all"}],
            "hypotheses": [{"id": "H1", "family": "all", "model": "main", "estimand": estimand}],
            "grids": [grid],
        }
    )


def p_values(given: tuple[int, int, float, int]) -> dict[str, float]:
    """Test the grid of one replicate."""
    *design, seed = given
    found = grids(all_tables(people(*design, seed), declared(), None), None, {}, seed)
    assert len(found.cells) == 30
    return dict(zip(found.tests["statistic"], found.tests["p_value"], strict=True))


def rows(design: tuple[int, int, float], replicates: int, cores: int) -> list[dict[str, Any]]:
    """Count how often each statistic rejects."""
    given = [(*design, seed) for seed in range(replicates)]
    with ProcessPoolExecutor(cores) as pool:
        found = pd.DataFrame(list(pool.map(p_values, given, chunksize=5)))
    told = []
    for statistic in found:
        rejected = float((found[statistic] <= LEVEL).mean())
        told.append(
            {
                **dict(zip(("clusters", "size", "effect"), design, strict=True)),
                "statistic": statistic,
                "replicates": replicates,
                "draws": DRAWS,
                "rejected": rejected,
                "error": float(np.sqrt(rejected * (1 - rejected) / replicates)),
            }
        )
    return told


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--replicates", type=int, default=1000)
    arguments.add_argument("--cores", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "level.csv")
    given = arguments.parse_args()
    table: list[dict[str, Any]] = []
    for each in DESIGNS:
        table += rows(each, given.replicates if each[2] == 0 else 100, given.cores)
        pd.DataFrame(table).to_csv(given.output, index=False)
        print(pd.DataFrame(table).tail(3).to_string(), flush=True)
