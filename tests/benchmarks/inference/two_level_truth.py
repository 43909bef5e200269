"""Bias, coverage and type-I error of two-level models, with few clusters and with many.

Run from the root of the checkout: `python tests/benchmarks/inference/two_level_truth.py`. It writes
`two_level_truth.csv` beside itself.

Clusters have 8 to 34 rows; x varies within them (coefficient 0.4), w between them (coefficient 0,
so that 1 − coverage is the type-I error of its test); the random intercept has the standard
deviation 0.6. `coverage_normal` is that of the interval with normal quantiles.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd
from numpy.polynomial.hermite_e import hermegauss

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1])]

from plans import estimand_of, model_of  # noqa: E402

from coproduction.errors import StudyError  # noqa: E402
from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.effects.estimands import row  # noqa: E402
from coproduction.inference.model.regression import coefficients, fit  # noqa: E402
from coproduction.inference.variance.variance_components import variance_components  # noqa: E402

CLUSTERS = (12, 20, 60)
FAMILIES = ("binomial", "gaussian")
SLOPE, SPREAD, INTERCEPT = 0.4, 0.6, -0.3
NORMAL = 1.959963984540054
SPEC = {
    "id": "m",
    "outcome": "y",
    "predictors": [{"variable": "x"}, {"variable": "w"}],
    "cluster": "cluster",
    "covariance": "classical",
    "random": "intercept",
}


def drawn(family: str, n_clusters: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one data set."""
    cluster = np.repeat(np.arange(n_clusters), rng.integers(8, 35, n_clusters))
    x = rng.standard_normal(len(cluster))
    w = rng.standard_normal(n_clusters)[cluster]
    eta = INTERCEPT + SLOPE * x + SPREAD * rng.standard_normal(n_clusters)[cluster]
    noise = rng.logistic(size=len(x)) if family == "binomial" else rng.standard_normal(len(x))
    y = (eta + noise > 0).astype(float) if family == "binomial" else eta + noise
    return pd.DataFrame({"cluster": cluster, "x": x, "w": w, "y": y})


def replicate(family: str, n_clusters: int, seed: int) -> list[dict[str, Any]]:
    """Fit one data set and note estimates, intervals and what is true."""
    table = drawn(family, n_clusters, np.random.default_rng([n_clusters, seed]))
    try:
        model = fit(design(table, model_of({**SPEC, "family": family})))
    except StudyError:
        return [{"quantity": "failed"}]
    terms = coefficients(model).set_index("term")
    parts = variance_components(model).set_index("component")
    latent = np.pi**2 / 3 if family == "binomial" else 1.0
    known = {
        "coefficient of x": (terms.loc["x"], SLOPE),
        "coefficient of w": (terms.loc["w"], 0.0),
        "standard deviation of the intercept": (parts.loc["standard_deviation"], SPREAD),
        "icc": (parts.loc["icc"], SPREAD**2 / (SPREAD**2 + latent)),
    }
    if family == "binomial":
        effect = row(model, estimand_of({"kind": "average_marginal_effect", "variable": "x"}))
        known["average marginal effect of x"] = (effect, true_effect(table["x"].to_numpy()))
    return [
        {"quantity": name, "truth": truth} | _kept(found) for name, (found, truth) in known.items()
    ]


def true_effect(x: np.ndarray) -> float:
    """Mean of 0.4 Λ′(η) over the rows and over the distribution of the intercept."""
    nodes, weights = hermegauss(40)
    mean = 1 / (1 + np.exp(-(INTERCEPT + SLOPE * x[:, None] + SPREAD * nodes)))
    return float(SLOPE * (mean * (1 - mean) @ weights).mean() / weights.sum())


def _kept(found: Any) -> dict[str, float]:
    names = ("estimate", "std_error", "conf_low", "conf_high")
    return {name: float(found[name]) for name in names}


def summary(rows: pd.DataFrame) -> dict[str, float]:
    """Bias and coverage with their Monte-Carlo errors."""
    n = len(rows)
    error = rows["estimate"] - rows["truth"]
    covered = rows["conf_low"].le(rows["truth"]) & rows["truth"].le(rows["conf_high"])
    normal = error.abs() <= NORMAL * rows["std_error"]
    share = float(covered.mean())
    return {
        "replications": n,
        "truth": float(rows["truth"].mean()),
        "bias": float(error.mean()),
        "bias_error": float(error.std(ddof=1) / np.sqrt(n)),
        "standard_deviation": float(error.std(ddof=1)),
        "mean_std_error": float(rows["std_error"].mean()),
        "coverage": share,
        "coverage_error": float(np.sqrt(share * (1 - share) / n)),
        "coverage_normal": float(normal.mean()),
    }


def main(output: Path, replications: int, processes: int) -> None:
    """Run every case and write the table."""
    results = []
    with ProcessPoolExecutor(processes) as pool:
        for family in FAMILIES:
            for n_clusters in CLUSTERS:
                one = partial(replicate, family, n_clusters)
                found = list(pool.map(one, range(replications), chunksize=10))
                rows = pd.DataFrame([each for rows in found for each in rows])
                failed = int(rows["quantity"].eq("failed").sum())
                for quantity, group in rows.groupby("quantity", sort=False):
                    if quantity != "failed":
                        case = {"family": family, "clusters": n_clusters, "quantity": quantity}
                        results.append({**case, **summary(group), "failed": failed})
                pd.DataFrame(results).to_csv(output, index=False)
    print(pd.DataFrame(results).to_string())


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=Path, default=HERE / "two_level_truth.csv")
    arguments.add_argument("--replications", type=int, default=1000)
    arguments.add_argument("--processes", type=int, default=os.cpu_count())
    given = arguments.parse_args()
    main(given.output, given.replications, given.processes)
