"""Time a path model of ordered answers beside lavaan, on the same answers, in one run.

Run from the root of the checkout:
`python3 workflow/boot.py python tests/benchmarks/paths/speed.py`. WLSMV, three constructs of four
five-point items each and a binary outcome, direct and indirect effects; one thread each, the
shortest of up to five runs counts. It writes `speed.csv` beside itself.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import numpy as np
import pandas as pd

from coproduction.measurement.structural import PathEffect, StructuralFit, structural
from coproduction.measurement.structural.effects import DRAWS

HERE = Path(__file__).resolve().parent
SEED, SIZES = 31, (2_000, 100_000)
RUNS, ENOUGH = 5, 20.0  # no further run once the runs took so many seconds together
MODEL = {
    "factors": {name: [f"{name}{place}" for place in range(1, 5)] for name in "abc"},
    "regressions": {"b": ["a"], "c": ["b", "a"], "y": ["c", "b", "a"]},
}
EFFECTS = {
    "abc": PathEffect("indirect", ("a", "b", "c")),
    "abcy": PathEffect("indirect", ("a", "b", "c", "y")),
}
CUTS = [-1.2, -0.4, 0.3, 1.1]


def main() -> None:
    """Measure every size here and in R, and write the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in SIZES:
            path = Path(folder, f"{n}.csv")
            answers(n).to_csv(path, index=False)
            own, drawn = (measured(pd.read_csv(path), draws) for draws in (0, DRAWS))
            done = subprocess.run(
                ["Rscript", str(HERE / "speed.R"), str(path)], capture_output=True, check=True
            )
            theirs = json.loads(done.stdout)
            told = {
                "times_slower": round(theirs["seconds"] / own["seconds"], 1),
                "largest_difference": difference(own["values"], theirs["values"]),
            }
            told["times_slower_than_with_monte_carlo"] = round(
                theirs["seconds"] / drawn["seconds"], 1
            )
            rows += [
                row(n, "this project", own),
                row(n, "this project, with Monte-Carlo intervals", drawn),
                row(n, "lavaan", theirs) | told,
            ]
    pd.DataFrame(rows).to_csv(HERE / "speed.csv", index=False)
    print(pd.DataFrame(rows).to_string(index=False))


def answers(n: int) -> pd.DataFrame:
    """Draw people whose second construct follows from the first, and all else from both."""
    rng = np.random.default_rng([SEED, n])
    a = rng.normal(size=n)
    b = 0.5 * a + rng.normal(scale=0.85, size=n)
    c = 0.4 * b + 0.2 * a + rng.normal(scale=0.8, size=n)
    table = {
        f"{name}{place}": np.digitize(0.8 * factor + rng.normal(scale=0.6, size=n), CUTS) + 1
        for name, factor in {"a": a, "b": b, "c": c}.items()
        for place in range(1, 5)
    }
    return pd.DataFrame(table | {"y": (0.4 * c + 0.2 * b + rng.normal(size=n) > 0.3).astype(int)})


def measured(table: pd.DataFrame, draws: int) -> dict:
    """Fit the model as often as there is time for, with so many draws for its intervals."""
    seconds: list[float] = []
    while len(seconds) < RUNS and sum(seconds) < ENOUGH:
        start = time.perf_counter()
        fit = structural(table.astype(float), MODEL, "WLSMV", effects=EFFECTS, draws=draws)
        seconds.append(time.perf_counter() - start)
    return {
        "version": f"Python {platform.python_version()}, numpy {np.__version__}",
        "seconds": min(seconds),
        "runs": len(seconds),
        "values": values(fit),
    }


def values(fit: StructuralFit) -> dict[str, list[float]]:
    """Give what R prints of its fit, in its order."""
    paths, effects = fit.regressions.sort_values(["lhs", "rhs"]), fit.effects
    return {
        "paths": paths["estimate"].tolist(),
        "errors": paths["std_error"].tolist(),
        "indirect": effects["estimate"].tolist(),
        "indirect_errors": effects["std_error"].tolist(),
        "test": [float(fit.fit["chisq_scaled"])],
    }


def row(n: int, tool: str, told: dict) -> dict:
    """Lay out what one tool took."""
    taken = {"runs": told["runs"], "seconds": round(told["seconds"], 3)}
    return {"n": n, "tool": tool, "version": told["version"]} | taken


def difference(own: dict[str, list[float]], theirs: dict[str, list[float]]) -> str:
    """Tell the largest difference of each kind of value, relative to its largest value."""
    parts = []
    for name, expected in theirs.items():
        known = np.atleast_1d(np.array(expected, float))
        apart = np.abs(np.array(own[name]) - known).max() / np.abs(known).max()
        parts.append(f"{name} {apart:.0e}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
