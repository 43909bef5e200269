"""Time the search for generalised linear models beside statsmodels' own, in one run.

Run from the root of the checkout: `python tests/benchmarks/inference/search.py`. It writes
`search.csv` beside itself.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
import statsmodels.api as sm

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "workflow" / "lib"))

from coproduction.numerics.families import FAMILIES  # noqa: E402
from coproduction.numerics.families.family import Family  # noqa: E402
from coproduction.numerics.glm import fit_glm  # noqa: E402

SIZES = ((300, 6), (5_000, 16), (100_000, 24))
SHORTEST, FEWEST = 1.0, 3
"""Seconds that repetitions last, and their number, at least."""


def simulated(family: Family, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw terms, and outcomes that suit a family."""
    rng = np.random.default_rng(n)
    x = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    eta = x @ np.append(0.2, rng.normal(size=k - 1) / np.sqrt(4 * k))
    if family.binary:
        return x, (rng.random(n) < family.partials([eta], np.empty(0)).value) * 1.0
    if family.expected == "number":
        return x, eta + rng.normal(size=n)
    counts, amounts = rng.poisson(np.exp(eta)) * 1.0, rng.gamma(2, np.exp(eta) / 2)
    known = {"poisson": counts, "tweedie": np.where(counts > 0, amounts, 0.0)}
    return x, known.get(family.name, amounts)


def seconds(function: Callable[[], object]) -> float:
    """Processor time of a call, the median of several."""
    spent: list[float] = []
    while len(spent) < FEWEST or sum(spent) < SHORTEST:
        start = time.process_time()
        function()
        spent.append(time.process_time() - start)
    return median(spent)


def compared(family: Family, n: int, k: int) -> dict[str, object]:
    """Fit one model both ways; errors are differences to Newton's steps that never stop early."""
    (x, y), distribution = simulated(family, n, k), family.distribution()
    model = sm.GLM(y, x, family=distribution)
    ours, theirs = fit_glm(y, x, distribution).params, model.fit().params
    strict = theirs
    for _ in range(6):
        strict = strict - np.linalg.solve(model.hessian(strict), model.score(strict))
    return {
        **{"family": family.name, "rows": n, "terms": k},
        "seconds": seconds(lambda: fit_glm(y, x, distribution)),
        "seconds_statsmodels": seconds(lambda: sm.GLM(y, x, family=distribution).fit()),
        "error": np.abs(ours / strict - 1).max(),
        "error_statsmodels": np.abs(theirs / strict - 1).max(),
    }


def main() -> None:
    """Compare every generalised linear family at every size."""
    linear = [family for family in FAMILIES.values() if family.leverages]
    rows = [compared(family, *size) for size in SIZES for family in linear]
    table = pd.DataFrame(rows)
    table["times_as_fast"] = table["seconds_statsmodels"] / table["seconds"]
    table.to_csv(HERE / "search.csv", index=False, float_format="%.3g")
    print(table.to_string())


if __name__ == "__main__":
    main()
