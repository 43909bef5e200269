"""Time models beside R on the same data, in one run.

Run from the root of the checkout: `python tests/benchmarks/inference/speed.py`. It needs R with
MASS, pscl, sandwich, clubSandwich and jsonlite, and writes `speed.csv` beside itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
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

PREDICTORS = ("a", "b", "c", "d")
TASKS: tuple[dict[str, Any], ...] = (
    {
        "name": "logits",
        "model": "logit, CR1",
        "r": "glm + sandwich::vcovCL",
        "family": "binomial",
        "covariance": "CR1",
        "rows": 2_000,
        "clusters": 60,
        "fits": 10_000,
        "fits_r": 200,
    },
    {
        "name": "cr2",
        "model": "logit, CR2 with Satterthwaite degrees of freedom",
        "r": "glm + clubSandwich",
        "family": "binomial",
        "covariance": "CR2",
        "rows": 100_000,
        "clusters": 1_000,
        "fits": 1,
        "fits_r": 1,
    },
    {
        "name": "ordered",
        "model": "ordered logit",
        "r": "MASS::polr",
        "family": "ordinal",
        "covariance": "classical",
        "rows": 1_000_000,
        "clusters": 5_000,
        "fits": 1,
        "fits_r": 1,
    },
    {
        "name": "hurdle",
        "model": "hurdle negative binomial",
        "r": "pscl::hurdle",
        "family": "hurdle_negative_binomial",
        "covariance": "classical",
        "rows": 1_000_000,
        "clusters": 5_000,
        "fits": 1,
        "fits_r": 1,
    },
)


def simulated(task: dict[str, Any], seed: int) -> pd.DataFrame:
    """Draw clustered data with four predictors and an outcome of the family."""
    rng = np.random.default_rng(seed)
    n, family = task["rows"], task["family"]
    cluster = rng.integers(0, task["clusters"], n)
    x = rng.standard_normal((n, 4))
    eta = x @ [0.4, 0.2, -0.2, 0.1] + 0.4 * rng.standard_normal(task["clusters"])[cluster]
    took_part = rng.random(n) < 1 / (1 + np.exp(0.3 - eta))
    if family == "binomial":
        outcome = took_part
    elif family == "ordinal":
        outcome = np.digitize(eta + rng.logistic(size=n), [-1.5, -0.3, 0.8, 2.0])
    else:
        mean = np.exp(1.0 + 0.3 * eta)
        counts = rng.negative_binomial(1.5, 1.5 / (1.5 + mean))
        outcome = np.where(took_part, np.maximum(counts, 1), 0)
    return pd.DataFrame(x, columns=list(PREDICTORS)).assign(
        y=np.asarray(outcome, float), cluster=cluster.astype(float)
    )[["y", "cluster", *PREDICTORS]]


def fitted(table: pd.DataFrame, task: dict[str, Any]) -> tuple[Fit, pd.DataFrame]:
    """Fit the model and tabulate it, from the analysis table on."""
    spec = {
        "id": task["name"],
        "outcome": "y",
        "family": task["family"],
        "predictors": [{"variable": name} for name in PREDICTORS],
        "cluster": "cluster",
        "covariance": task["covariance"],
    }
    model = fit(design(table, model_of(spec)))
    return model, coefficients(model)


def many(given: tuple[pd.DataFrame, dict[str, Any], int]) -> float:
    """Fit the same model several times and give the seconds of processor time."""
    table, task, times = given
    fitted(table.head(200), task)
    begin = time.process_time()
    for _ in range(times):
        fitted(table, task)
    return time.process_time() - begin


def timed(table: pd.DataFrame, task: dict[str, Any], cores: int) -> dict[str, float]:
    """Take the time of a task on the clock and in the processor; cores share many fits."""
    begin = time.perf_counter()
    if task["fits"] == 1:
        used = many((table, task, 1))
    else:
        with ProcessPoolExecutor(cores) as pool:
            parts = [(table, task, task["fits"] // (8 * cores))] * (8 * cores)
            used = sum(pool.map(many, parts)) / sum(each[2] for each in parts) * task["fits"]
    return {"seconds": time.perf_counter() - begin, "processor_seconds": used}


def compared(table: pd.DataFrame, task: dict[str, Any], known: list[float]) -> float:
    """Largest difference between estimates here and in R."""
    model, rows = fitted(table, task)
    found = model.params.to_numpy()
    if task["name"] == "cr2":
        found = np.concatenate([found, rows["std_error"], rows["df"]])
    elif task["name"] == "ordered":
        found = np.concatenate([found, rows["std_error"]])
    elif task["name"] == "hurdle":
        found = found[:-1]
    return float(np.abs(found / np.array(known) - 1).max())


def main(output: Path, cores: int) -> None:
    """Time every task in Python, then in R, and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        for seed, task in enumerate(TASKS):
            values = simulated(task, seed).to_numpy().ravel(order="F")
            values.tofile(Path(folder) / f"{task['name']}.bin")
        (Path(folder) / "tasks.json").write_text(json.dumps(TASKS))
        tables = {task["name"]: simulated(task, seed) for seed, task in enumerate(TASKS)}
        times = {task["name"]: timed(tables[task["name"]], task, cores) for task in TASKS}
        subprocess.run(["Rscript", str(HERE / "speed.R"), folder], check=True)
        known = json.loads((Path(folder) / "r.json").read_text())
    rows = [row(task, tables[task["name"]], times[task["name"]], known, cores) for task in TASKS]
    pd.DataFrame(rows).to_csv(output, index=False)
    print(pd.DataFrame(rows).to_string(), known["versions"], sep="\n")


def row(
    task: dict[str, Any],
    table: pd.DataFrame,
    times: dict[str, float],
    known: dict[str, Any],
    cores: int,
) -> dict[str, Any]:
    """Put one task beside its counterpart in R, per fit and in processor time."""
    r = known[task["name"]]
    each = times["processor_seconds"] / task["fits"]
    each_r = (r["seconds"] or np.nan) / task["fits_r"]
    shown = ("model", "r", "rows", "clusters", "fits")
    return {
        **{name: task[name] for name in shown},
        "cores": cores if task["fits"] > 1 else 1,
        **times,
        "processor_seconds_per_fit": each,
        "r_processor_seconds_per_fit": each_r,
        "times_faster": each_r / each,
        "largest_relative_difference": compared(table, task, r["estimates"])
        if r["estimates"]
        else np.nan,
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=Path, default=HERE / "speed.csv")
    arguments.add_argument("--fits", type=int, default=10_000, help="number of small logits")
    arguments.add_argument("--cores", type=int, default=os.cpu_count())
    given = arguments.parse_args()
    TASKS[0]["fits"] = given.fits
    main(given.output, given.cores)
