"""Time two-level models beside R on the same data, in one run.

Run from the root of the checkout: `python tests/benchmarks/inference/two_level_speed.py`. It needs
R with lme4, lmerTest, ordinal and jsonlite, and writes `two_level_speed.csv` beside itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "workflow" / "lib"), str(HERE.parents[1])]

from plans import model_of  # noqa: E402

from coproduction.inference.data.design import design  # noqa: E402
from coproduction.inference.model.regression import Fit, coefficients, fit  # noqa: E402

REPEATS = 3
PREDICTORS = ("a", "b", "c", "d", "w")
TASKS: tuple[dict[str, Any], ...] = (
    {
        "name": "logit",
        "model": "logit, random intercept, 15 points",
        "r": "lme4::glmer, nAGQ = 15",
        "family": "binomial",
        "slope": False,
        "points": 15,
        "rows": 100_000,
        "clusters": 1_000,
    },
    {
        "name": "slope",
        "model": "logit, random intercept and slope, Laplace",
        "r": "lme4::glmer, nAGQ = 1",
        "family": "binomial",
        "slope": True,
        "points": 1,
        "rows": 20_000,
        "clusters": 300,
    },
    {
        "name": "ordinal",
        "model": "proportional odds, random intercept, 15 points",
        "r": "ordinal::clmm, nAGQ = 15",
        "family": "ordinal",
        "slope": False,
        "points": 15,
        "rows": 20_000,
        "clusters": 300,
    },
    {
        "name": "linear",
        "model": "linear, random intercept, REML with Satterthwaite degrees of freedom",
        "r": "lmerTest::lmer",
        "family": "gaussian",
        "slope": False,
        "points": 0,
        "rows": 100_000,
        "clusters": 1_000,
    },
)


def simulated(task: dict[str, Any], seed: int) -> pd.DataFrame:
    """Draw unequal clusters with four predictors of rows and one of clusters."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(task["clusters"], 8.0))
    cluster = rng.choice(task["clusters"], task["rows"], p=shares)
    x = rng.standard_normal((task["rows"], 4))
    w = rng.standard_normal(task["clusters"])
    eta = -0.3 + x @ [0.4, 0.2, -0.2, 0.1] + 0.3 * w[cluster]
    eta += 0.7 * rng.standard_normal(task["clusters"])[cluster]
    if task["slope"]:
        eta += 0.4 * rng.standard_normal(task["clusters"])[cluster] * x[:, 0]
    if task["family"] == "gaussian":
        outcome = eta + rng.standard_normal(task["rows"])
    else:
        cuts = [0.0] if task["family"] == "binomial" else [-1.0, 0.2, 1.4]
        outcome = np.digitize(eta + rng.logistic(size=task["rows"]), cuts)
    table = pd.DataFrame(x, columns=list("abcd"))
    return table.assign(w=w[cluster], cluster=cluster, y=outcome)


def fitted(table: pd.DataFrame, task: dict[str, Any]) -> tuple[Fit, pd.DataFrame]:
    """Fit the model and tabulate it, from the analysis table on."""
    spec = {
        "id": task["name"],
        "outcome": "y",
        "family": task["family"],
        "predictors": [{"variable": name} for name in PREDICTORS],
        "cluster": "cluster",
        "covariance": "classical",
        "random": "intercept",
    }
    if task["slope"]:
        spec["random_slope"] = "a"
    elif task["family"] != "gaussian":
        spec["quadrature_points"] = task["points"]
    model = fit(design(table, model_of(spec)))
    return model, coefficients(model)


def timed(table: pd.DataFrame, task: dict[str, Any]) -> tuple[float, float]:
    """Take the median seconds of a task: elapsed, and of the processor."""
    taken = []
    for _ in range(REPEATS):
        begin, busy = time.perf_counter(), time.process_time()
        fitted(table, task)
        taken.append((time.perf_counter() - begin, time.process_time() - busy))
    elapsed, processor = np.median(taken, axis=0)
    return float(elapsed), float(processor)


def compared(table: pd.DataFrame, task: dict[str, Any], known: list[float]) -> tuple[float, float]:
    """Largest difference between estimates here and in R, and between standard errors.

    Both are in standard errors, and relative; the random effects' entries count as estimates.
    """
    model, rows = fitted(table, task)
    k = len(rows)
    estimates, errors, theirs = known[:k], np.array(known[k : 2 * k]), np.array(known[2 * k :])
    root = model.two_level.root
    own = root[np.tril_indices(len(root))]
    moved = np.abs(rows["estimate"] - estimates) / errors
    largest = max(float(moved.max()), float(np.abs(np.abs(own) - np.abs(theirs)).max()))
    return largest, float(np.abs(rows["std_error"] / errors - 1).max())


def main(output: Path) -> None:
    """Time every task in Python, then in R, and write the table."""
    tables = {task["name"]: simulated(task, seed) for seed, task in enumerate(TASKS)}
    with tempfile.TemporaryDirectory() as folder:
        for name, table in tables.items():
            table.to_csv(Path(folder) / f"{name}.csv", index=False)
        (Path(folder) / "tasks.json").write_text(json.dumps(TASKS))
        seconds = {task["name"]: timed(tables[task["name"]], task) for task in TASKS}
        subprocess.run(["Rscript", str(HERE / "two_level_speed.R"), folder], check=True)
        known = json.loads((Path(folder) / "r.json").read_text())
    rows = []
    for task in TASKS:
        (elapsed, processor), r = seconds[task["name"]], known[task["name"]]
        moved, errors = compared(tables[task["name"]], task, r["estimates"])
        rows.append(
            {
                "model": task["model"],
                "in_r": task["r"],
                "rows": task["rows"],
                "clusters": task["clusters"],
                "seconds": elapsed,
                "processor_seconds": processor,
                "r_seconds": r["seconds"],
                "r_processor_seconds": r["processor"],
                "times_faster": r["seconds"] / elapsed,
                "times_faster_processor": r["processor"] / processor,
                "largest_difference_of_estimates": moved,
                "largest_relative_difference_of_std_errors": errors,
            }
        )
    pd.DataFrame(rows).to_csv(output, index=False)
    print(pd.DataFrame(rows).T.to_string(), known["versions"], f"{os.getloadavg()} load")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=Path, default=HERE / "two_level_speed.csv")
    main(arguments.parse_args().output)
