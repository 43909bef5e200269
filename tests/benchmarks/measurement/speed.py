"""Time polychoric correlations and factor models beside R, on the same answers, in one run.

Run from the root of the checkout:
`python3 workflow/boot.py python tests/benchmarks/measurement/speed.py`. Every measurement has a
process of its own. It writes `speed.csv` beside itself.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from populations import LARGE

from coproduction.measurement.factor.confirmatory import FactorFit, confirmatory
from coproduction.measurement.ordinal.polychoric import Polychoric, polychoric

HERE = Path(__file__).resolve().parent
SEED = 21
SIZES = (1_000, 10_000, 100_000, 1_000_000)
LARGEST_FOR_R = 100_000
TASKS = {
    "polychoric": ("psych", "lavaan"),
    "WLSMV": ("lavaan",),
    "ML": ("lavaan",),
}
RUNS, ENOUGH = 5, 20.0  # no further run once the runs took so many seconds together


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in SIZES:
            path = Path(folder, f"{n}.bin")
            answers = LARGE.ordinal(n, np.random.default_rng([SEED, n])).to_numpy(np.int8)
            answers.T.tofile(path)
            for task, packages in TASKS.items():
                rows += compare(task, packages if n <= LARGEST_FOR_R else (), path, n)
                pd.DataFrame(rows).to_csv(HERE / "speed.csv", index=False)
                print(pd.DataFrame(rows[-len(packages) - 1 :]).to_string(index=False), flush=True)
            path.unlink()


def compare(task: str, packages: tuple[str, ...], path: Path, n: int) -> list[dict]:
    """Measure one task here and in each R package."""
    own = told([sys.executable, __file__, task, str(path)])
    rows = [row(task, n, "this project", own)]
    for package in packages:
        command = ["Rscript", str(HERE / "speed.R"), package, task, str(path)]
        theirs = told(command)
        rows.append(
            row(task, n, package, theirs)
            | {
                "times_slower": round(theirs["seconds"] / own["seconds"], 1),
                "times_slower_processor": round(theirs["processor"] / own["processor"], 1),
                "largest_difference": difference(own["values"], theirs["values"]),
            }
        )
    return rows


def told(command: list[str]) -> dict:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def row(task: str, n: int, tool: str, measured: dict) -> dict:
    return {
        "task": task,
        "n": n,
        "tool": tool,
        "version": measured["version"],
        "runs": measured["runs"],
        "seconds": round(measured["seconds"], 3),
        "processor_seconds": round(measured["processor"], 3),
        "peak_memory_gigabytes": round(measured["peak"], 2),
    }


def difference(own: dict[str, list[float]], theirs: dict[str, list[float]]) -> str:
    """Largest difference of each kind of value, relative to the largest value of its kind."""
    parts = []
    for name, values in theirs.items():
        expected = np.array(values, float)
        apart = np.abs(np.array(own[name], float) - expected).max() / np.abs(expected).max()
        parts.append(f"{name} {apart:.0e}")
    return ", ".join(parts)


def measure(task: str, path: Path) -> dict:
    """Time one task in this process; the shortest of its runs counts."""
    answers = np.fromfile(path, np.int8).reshape(len(LARGE.names), -1)
    items = pd.DataFrame(dict(zip(LARGE.names, answers.astype(float), strict=True)))
    del answers
    if task == "polychoric":
        seconds, processor, runs, result = timed(lambda: polychoric(items, gamma=False))
        values = correlations(result)
    else:
        seconds, processor, runs, result = timed(lambda: confirmatory(items, LARGE.model, task))
        values = solution(result)
    return {
        "version": f"Python {platform.python_version()}, numpy {np.__version__}",
        "seconds": seconds,
        "processor": processor,
        "runs": runs,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "values": values,
    }


def timed(function: Callable[[], object]) -> tuple[float, float, int, object]:
    taken: list[tuple[float, float]] = []
    while len(taken) < RUNS and sum(wall for wall, _ in taken) < ENOUGH:
        wall, processor = time.perf_counter(), time.process_time()
        result = function()
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(wall for wall, _ in taken), min(each for _, each in taken), len(taken), result


def correlations(result: Polychoric) -> dict[str, list[float]]:
    pairs = np.triu_indices(len(result.items), 1)
    return {
        "correlations": result.correlations[pairs].tolist(),
        "thresholds": np.concatenate(result.thresholds).tolist(),
    }


def solution(fit: FactorFit) -> dict[str, list[float]]:
    table = fit.parameters[fit.parameters["kind"].isin(["loading", "covariance"])]
    table = table[table["lhs"] != table["rhs"]].sort_values(["kind", "lhs", "rhs"])
    scaled = "_scaled" if fit.estimator == "WLSMV" else ""
    return {
        "estimates": table["estimate"].tolist(),
        "standard_errors": table["std_error"].fillna(0).tolist(),
        "test": [fit.fit[f"chisq{scaled}"]],
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        main()
