"""Time chained equations beside mice, on the same answers, in one run and on one core.

Run from the root of the checkout: `python tests/benchmarks/missing/speed.py`. It needs R with mice
and jsonlite, and writes `speed.csv` beside itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "workflow" / "lib"))

from coproduction.missing.imputation import impute  # noqa: E402
from coproduction.missing.problem import Problem, Target  # noqa: E402

SCALES, EACH, MISSING, DONORS, SEED = 6, 10, 0.10, 5, 21
REGRESSIONS = ("qr", "ridge")
"""How mice regresses: as it does if not told otherwise, and by cross-products, as this library."""
THRESHOLDS = [-1.3, -0.5, 0.4, 1.2]


def answers(rows: int) -> np.ndarray:
    """Draw answers of five codes to scales of correlated constructs (rows × items), some missing.

    A tenth of the answers is missing, of those who are high on the first construct more.
    """
    rng = np.random.default_rng(SEED)
    root = np.linalg.cholesky(0.3 + 0.7 * np.eye(SCALES))
    latent = rng.normal(size=(rows, SCALES)) @ root.T
    items = 0.7 * np.repeat(latent, EACH, axis=1)
    items += np.sqrt(1 - 0.7**2) * rng.normal(size=items.shape)
    codes = 1.0 + np.digitize(items, THRESHOLDS)
    chance = 2 * MISSING / (1 + np.exp(-latent[:, 0]))
    return np.where(rng.random(codes.shape) < chance[:, None], np.nan, codes)


def ours(values: np.ndarray, m: int, iterations: int) -> dict[str, float]:
    """Impute here; seconds of the clock and of the processor."""
    targets = [
        Target(f"i{place}", column, np.isnan(column)) for place, column in enumerate(values.T)
    ]
    clock, processor = time.perf_counter(), time.process_time()
    impute(Problem(tuple(targets), donors=DONORS), m, iterations, SEED)
    return {
        "seconds": time.perf_counter() - clock,
        "processor_seconds": time.process_time() - processor,
    }


def theirs(values: np.ndarray, m: int, iterations: int, way: str) -> dict[str, float]:
    """Impute in R; seconds of the clock and of the processor, without those of reading."""
    with tempfile.TemporaryDirectory() as folder:
        np.nan_to_num(values).astype(np.int8).T.tofile(Path(folder, "answers.bin"))
        numbers = map(str, (values.shape[1], m, iterations, DONORS, SEED))
        command = ["Rscript", str(HERE / "speed.R"), folder, *numbers, way]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=[2_000, 10_000])
    arguments.add_argument("--imputations", type=int, default=20)
    arguments.add_argument("--of-mice", type=int, default=1, help="imputations that mice makes")
    arguments.add_argument("--iterations", type=int, default=5)
    arguments.add_argument("--output", type=Path, default=HERE / "speed.csv")
    given = arguments.parse_args()
    found = []
    for rows in given.rows:
        values = answers(rows)
        ours(values, 1, 1)  # what is loaded at the first call is no part of imputing
        own = ours(values, given.imputations, given.iterations)
        for way in REGRESSIONS:
            r = theirs(values, given.of_mice, given.iterations, way)
            scale = given.imputations / given.of_mice
            clock, processor = r["seconds"] * scale, r["processor_seconds"] * scale
            found.append(
                {
                    "rows": rows,
                    "items": values.shape[1],
                    "missing": np.isnan(values).mean(),
                    "imputations": given.imputations,
                    "iterations": given.iterations,
                    **own,
                    "mice_regression": way,
                    "imputations_of_mice": given.of_mice,
                    "mice_seconds": clock,
                    "mice_processor_seconds": processor,
                    "times_faster": clock / own["seconds"],
                    "times_faster_processor": processor / own["processor_seconds"],
                    "python": platform.python_version(),
                    "numpy": np.__version__,
                    "r": r["r"],
                    "mice": r["mice"],
                }
            )
            pd.DataFrame(found).round(3).to_csv(given.output, index=False)
            print(pd.DataFrame(found[-1:]).to_string(index=False), flush=True)
