"""How often the tests of invariance reject what is true, and find what is not.

Run from the top folder: python3 workflow/boot.py python tests/benchmarks/invariance/truth.py
It takes some minutes and writes truth.csv beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[2] / "workflow" / "lib"))

from coproduction.measurement.invariance.ladder import invariance  # noqa: E402
from coproduction.measurement.invariance.mimic import direct_effects  # noqa: E402
from coproduction.measurement.invariance.steps import Rule  # noqa: E402

SEED, SAMPLES, LEVEL = 20, 500, 0.05
LOADINGS = np.array([0.9, 1.1, 0.8, 1.2, 1.0, 0.7])
NAMES = [f"x{number}" for number in range(1, 7)]
MODEL = {"factors": {"f": NAMES}}
NEVER = Rule(cfi_drop=1, rmsea_rise=1)


def answers(rng: np.random.Generator, sizes: tuple[int, ...], shift: float) -> pd.DataFrame:
    """One factor behind six items; in the second group it is higher and wider, and `x3` moved."""
    parts = []
    for group, n in enumerate(sizes):
        factor = 0.4 * group + (1 + 0.2 * group) * rng.standard_normal(n)
        latent = LOADINGS * factor[:, None] + rng.standard_normal((n, 6))
        latent[:, 2] += shift * group
        parts.append(pd.DataFrame(latent, columns=NAMES).assign(group=f"g{group + 1}"))
    return pd.concat(parts, ignore_index=True)


def ordered(latent: pd.DataFrame) -> pd.DataFrame:
    """Five categories, unevenly filled."""
    cut = np.searchsorted([-1.2, -0.2, 0.9, 1.9], latent[NAMES].to_numpy())
    return pd.DataFrame(cut.astype(float), columns=NAMES)


def ladder(estimator: str, size: int, rng: np.random.Generator) -> list[dict]:
    """Difference tests of every step when all of it is true."""
    latent = answers(rng, (size, size), 0.0)
    items = ordered(latent) if estimator == "WLSMV" else latent[NAMES]
    found = invariance(items, MODEL, latent["group"], estimator, NEVER)
    return [
        {
            "test": f"difference test, {step.name}",
            "estimator": estimator,
            "n": f"{size}+{size}",
            "rejected": step.difference.scaled.p_value < LEVEL,
        }
        for step in found.steps[1:]
    ]


def functioning(shift: float, rng: np.random.Generator) -> list[dict]:
    """Items of a small group: one that differs by `shift`, five that do not."""
    latent = answers(rng, (600, 60), shift)
    items = ordered(latent) + 1
    table = direct_effects(items, MODEL, latent["group"] == "g2").set_index("item")
    found = table["decision"] == "differs"
    about = {"estimator": "MIMIC", "n": "600+60"}
    other = [name for name in NAMES if name != "x3"]
    return [
        {"test": f"item moved by {shift:g} found", "rejected": found["x3"], **about},
        {
            "test": f"any other item, one moved by {shift:g}",
            "rejected": found[other].any(),
            **about,
        },
    ]


def summary(rows: list[dict]) -> pd.DataFrame:
    """Shares of samples that rejected, with their Monte Carlo errors."""
    table = pd.DataFrame(rows).groupby(["estimator", "test", "n"], sort=False)["rejected"]
    table = table.agg(samples="size", share="mean").reset_index()
    error = np.sqrt(table["share"] * (1 - table["share"]) / table["samples"])
    return table.assign(monte_carlo_error=error).round(4)


def main(samples: int) -> None:
    """Run every case; the file holds what is done so far."""
    rows: list[dict] = []
    for sample in range(samples):
        for place, (estimator, size) in enumerate((("MLR", 300), ("WLSMV", 400))):
            rows += ladder(estimator, size, np.random.default_rng([SEED, sample, place]))
        for place, shift in enumerate((0.0, 0.8)):
            rows += functioning(shift, np.random.default_rng([SEED, sample, 10 + place]))
        if sample % 20 == 19:
            summary(rows).to_csv(HERE / "truth.csv", index=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
