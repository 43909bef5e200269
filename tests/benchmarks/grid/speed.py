"""How long a grid of more than a thousand models takes, with its curve, influences and joint test.

Run from the root of the checkout: `python tests/benchmarks/grid/speed.py`. It declares 384 cells
(three outcomes, sixteen sets of covariates, four samples, two rules on flagged rows) and leaves
each of forty places out of eighteen of them: 1,104 models with cluster-robust errors on 2,000
people. It writes `speed.csv` beside itself: seconds on the clock with the cores given, and seconds
of processor time of a run on one core.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import combinations
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1]), str(HERE)]

from level import COVARIATES, WORDS, people  # noqa: E402
from plans import plan_of  # noqa: E402

from coproduction.inference.data.tables import all_tables  # noqa: E402
from coproduction.inference.grid.grids import grids  # noqa: E402
from coproduction.plan.plan import Plan  # noqa: E402

CLUSTERS, SIZE, DRAWS = 40, 50, 999


def declared(covariance: str) -> Plan:
    """Plan the grid."""
    sets = [each for many in range(1, 5) for each in combinations(COVARIATES, many)]
    samples = {"young": "age < 65", "old": "age >= 30", "middle": "age >= 25 and age < 70"}
    outcomes = (("amount", "gaussian"), ("times", "pseudo_poisson"))
    dimensions: dict[str, list[dict[str, Any]]] = {
        "outcome": [{"id": n, "outcome": n, "family": family, **WORDS} for n, family in outcomes],
        "covariates": [
            {"id": "no_" + "_".join(each), "without": list(each), **WORDS} for each in sets
        ],
        "subset": [{"id": n, "subset": text, **WORDS} for n, text in samples.items()],
        "flagged_rows": [{"id": "careful", "flagged_rows": {"leave_out": "any"}, **WORDS}],
    }
    among = {
        "outcome": ["primary", "amount", "times"],
        "subset": ["primary", "young"],
        "covariates": ["primary", "no_a", "no_b"],
    }
    grid = {
        **{"id": "many", "label": {"en": "Many"}, "hypotheses": ["H1"], "draws": DRAWS},
        **{"dimensions": dimensions, "left_out_clusters": {"among": among, "reason": {"en": "?"}}},
    }
    model = {
        **{"id": "main", "outcome": "any", "family": "binomial", "cluster": "place"},
        **{"predictors": [{"variable": "x", "standardise": True, "split": "within_cluster"}]},
        **{"covariates": list(COVARIATES), "covariance": covariance},
    }
    estimand = {"kind": "average_marginal_effect", "variable": "x_within"}
    return plan_of(
        {
            "models": [model],
            "families": [{"id": "all"}],
            "hypotheses": [{"id": "H1", "family": "all", "model": "main", "estimand": estimand}],
            "grids": [grid],
        }
    )


def timed(covariance: str, cores: int) -> dict[str, Any]:
    """Take the time of the whole grid, from the analysis table to its three tables."""
    data = people(CLUSTERS, SIZE, 0.2, 1)
    data["flags"] = np.random.default_rng(2).integers(0, 5, len(data)) // 4
    plan = declared(covariance)
    begin, used = time.perf_counter(), time.process_time()
    found = grids(all_tables(data, plan, None), None, {}, 1, cores)
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    return {
        "covariance": covariance,
        "models": len(found.cells),
        "estimable": int(found.cells["estimate"].notna().sum()),
        "rows": len(data),
        "clusters": CLUSTERS,
        "draws": DRAWS,
        "cores": cores,
        "seconds": seconds,
        # Of the processes that this one starts nothing is counted here.
        "processor_seconds": used if cores == 1 else np.nan,
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cores", type=int, default=os.cpu_count())
    arguments.add_argument("--output", type=Path, default=HERE / "speed.csv")
    given = arguments.parse_args()
    timed("CR1", 1)
    table = [timed(kind, cores) for kind in ("CR1", "CR2") for cores in (1, given.cores)]
    pd.DataFrame(table).to_csv(given.output, index=False)
    print(pd.DataFrame(table).to_string())
