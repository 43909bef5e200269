"""Processor time of weights and weighted estimates of many rows.

Run in this folder: PYTHONPATH=../../../workflow/lib python speed.py
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np
import pandas as pd

from coproduction.numerics.survey.estimates import means
from coproduction.numerics.survey.independence import independence
from coproduction.numerics.survey.quantiles import population_quantile
from coproduction.rows.sampling import Sampling, sampled
from coproduction.weighting.calibration import Limits, Margin, fit_to_margins

CATEGORIES = (2, 5, 6, 8, 31, 4)


def tasks(n: int) -> dict[str, Callable[[], object]]:
    """What is timed, of n rows."""
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 5, n)
    margins = [
        Margin(f"m{k}", tuple(map(str, range(k))), rng.uniform(0.5, 2, k), rng.integers(0, k, n))
        for k in CATEGORIES
    ]
    table = pd.DataFrame({"unit": rng.integers(0, 2000, n), "weight": weight})
    table = table.assign(stratum=table["unit"] % 100, y=rng.normal(size=n))
    rows = sampled(table, Sampling("weight", ("unit",), ("stratum",)))
    one, other = margins[1].codes, margins[5].codes
    return {
        "raking": lambda: fit_to_margins(weight, margins, float(n)),
        "raking_limited": lambda: fit_to_margins(weight, margins, float(n), limits=Limits(0.2, 3)),
        "mean": lambda: means(table["y"], rows),
        "median": lambda: population_quantile(table["y"].to_numpy(), 0.5, rows),
        "rao_scott": lambda: independence(one, other, rows),
    }


if __name__ == "__main__":
    found = []
    for count in (250_000, 1_000_000):
        for name, task in tasks(count).items():
            start = process_time()
            task()
            found.append((name, count, round(process_time() - start, 2)))
    pd.DataFrame(found, columns=["task", "rows", "seconds"]).to_csv("speed.csv", index=False)
