"""Bias and coverage of weighted average marginal effects where selection goes with the outcome.

Run from the root of the checkout: `python tests/benchmarks/weighted/truth.py`. It writes
`truth.csv` beside itself.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1]), str(HERE)]

from plans import estimand_of, model_of  # noqa: E402
from population import MODEL, drawn, truth  # noqa: E402

from coproduction.errors import StudyError  # noqa: E402
from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.effects.estimands import row  # noqa: E402
from coproduction.inference.model.regression import fit  # noqa: E402
from coproduction.rows import rows_of  # noqa: E402

CLUSTERS = (12, 20, 60)
KINDS = (("weighted", "CR2"), ("weighted", "design"), ("unweighted", "CR2"))


def replication(n_clusters: int, seed: int) -> list[dict[str, Any]]:
    """Estimate both effects in one sample, with weights and without."""
    table = drawn(n_clusters, np.random.default_rng(seed))
    found = []
    for weights, covariance in KINDS:
        rows = rows_of(table, "place")
        if weights == "weighted":
            rows = replace(rows, weight=table["weight"].to_numpy())
        for term in ("x", "kind"):
            kept = {"clusters": n_clusters, "weights": weights, "covariance": covariance}
            kept["effect"] = term
            try:
                model = model_of({**MODEL, "covariance": covariance})
                fitted = fit(design(table, model, rows))
                estimand = {"kind": "average_marginal_effect", "variable": term}
                known = row(fitted, estimand_of(estimand))
                names = ("estimate", "std_error", "df", "conf_low", "conf_high")
                found.append(kept | {name: known[name] for name in names})
            except StudyError:
                found.append(kept)
    return found


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Compare estimates and intervals with the truth."""
    known, rows = truth(), []
    for keys, part in table.groupby(["clusters", "weights", "covariance", "effect"], sort=False):
        true, done = known[str(keys[3])], part.dropna()
        inside = (done["conf_low"] <= true) & (true <= done["conf_high"])
        share = float(inside.mean())
        rows.append(
            {
                **dict(zip(("clusters", "weights", "covariance", "effect"), keys, strict=True)),
                "replications": len(part),
                "truth": true,
                "bias": float(done["estimate"].mean() - true),
                "standard_deviation": float(done["estimate"].std(ddof=1)),
                "mean_std_error": float(done["std_error"].mean()),
                "mean_df": float(done["df"].mean()),
                "coverage": share,
                "coverage_error": float(np.sqrt(share * (1 - share) / len(done))),
                "failed": len(part) - len(done),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Run all replications and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--cores", type=int, default=2)
    given = parser.parse_args()
    found: list[dict[str, Any]] = []
    with ProcessPoolExecutor(given.cores) as pool:
        for n_clusters in CLUSTERS:
            seeds = range(n_clusters * 100_000, n_clusters * 100_000 + given.replications)
            for each in pool.map(partial(replication, n_clusters), seeds, chunksize=20):
                found += each
    summary(pd.DataFrame(found)).to_csv(HERE / "truth.csv", index=False)


if __name__ == "__main__":
    main()
