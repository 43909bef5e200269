"""Time weighted regressions of a million rows, from the table to the coefficients.

Run from the root of the checkout: `python tests/benchmarks/weighted/speed.py`. It writes
`speed.csv` beside itself: seconds of processor time, which other work on the machine hardly moves.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1])]

from plans import model_of  # noqa: E402

from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.model.regression import coefficients, fit  # noqa: E402
from coproduction.rows import rows_of  # noqa: E402
from coproduction.rows.sampling import Sampling, sampled  # noqa: E402

ROWS, UNITS, STRATA = 1_000_000, 10_000, 50
NUMBERS = ("a", "b", "c", "d")
OUTCOMES = {"gaussian": "number", "binomial": "any"}


def table() -> pd.DataFrame:
    """Draw rows in units and strata, with weights."""
    rng = np.random.default_rng(1)
    values = rng.standard_normal((ROWS, len(NUMBERS)))
    place = np.arange(ROWS) % UNITS
    eta = values @ [0.3, -0.2, 0.1, 0.4] + 0.3 * rng.standard_normal(UNITS)[place]
    return pd.DataFrame(values, columns=list(NUMBERS)).assign(
        group=rng.integers(1, 5, ROWS),
        place=place,
        stratum=place % STRATA,
        weight=rng.uniform(1, 5, ROWS),
        number=eta + rng.standard_normal(ROWS),
        any=(eta + rng.logistic(size=ROWS) > 0) * 1.0,
    )


def seconds(data: pd.DataFrame, family: str, covariance: str) -> float:
    """Processor time of one weighted regression."""
    predictors = [{"variable": name} for name in NUMBERS]
    predictors.append({"variable": "group", "categorical": True})
    spec = {"id": "m", "outcome": OUTCOMES[family], "family": family, "cluster": "place"}
    model = model_of(
        spec | {"predictors": predictors, "covariance": covariance, "weights": "study"}
    )
    began = time.process_time()
    rows = sampled(data, Sampling("weight", ("place",), ("stratum",)))
    if covariance != "design":
        rows = replace(rows_of(data, "place"), weight=rows.weight)
    coefficients(fit(design(data, model, rows)))
    return time.process_time() - began


def main() -> None:
    """Time every family with every kind of standard error, and write the table."""
    data = table()
    rows = [
        {"family": family, "covariance": covariance, "rows": ROWS, "units": UNITS}
        | {"seconds": round(seconds(data, family, covariance), 1)}
        for family in OUTCOMES
        for covariance in ("design", "CR1")
    ]
    pd.DataFrame(rows).to_csv(HERE / "speed.csv", index=False)


if __name__ == "__main__":
    main()
