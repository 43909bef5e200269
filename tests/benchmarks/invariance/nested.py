"""How often the tests of invariance reject what is true when respondents live in communities.

Run from the top folder: python3 workflow/boot.py python tests/benchmarks/invariance/nested.py
It takes some minutes and writes nested.csv beside this file.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from truth import HERE, LEVEL, LOADINGS, MODEL, NAMES, NEVER, ordered

from coproduction.measurement.invariance.ladder import invariance
from coproduction.rows import rows_of

SEED, SAMPLES, SHARE = 21, 500, 0.1
SIZES = ((60, 20), (20, 40))


def answers(rng: np.random.Generator, communities: int, size: int) -> pd.DataFrame:
    """One factor behind six items; a tenth of its variance and of their residuals is communities'.

    Every second community is of the second region; sex is drawn for each respondent.
    """
    place = np.repeat(np.arange(communities), size)

    def part(columns: int) -> np.ndarray:
        own = rng.standard_normal((len(place), columns))
        return np.sqrt(1 - SHARE) * own + np.sqrt(SHARE) * rng.standard_normal(
            (communities, columns)
        ).take(place, axis=0)

    latent = LOADINGS * part(1) + part(len(NAMES))
    about = {"community": place, "region": place % 2, "sex": rng.integers(0, 2, len(place))}
    return pd.DataFrame(latent, columns=NAMES).assign(**about)


def ladder(estimator: str, latent: pd.DataFrame, group: str, nested: bool) -> list[dict]:
    """Difference tests of every step when all of it is true."""
    items = ordered(latent) if estimator == "WLSMV" else latent[NAMES]
    rows = rows_of(latent, "community" if nested else None)
    found = invariance(items, MODEL, latent[group], estimator, NEVER, rows)
    count = latent["community"].nunique()
    about = {
        "estimator": estimator,
        "communities": f"{count} of {len(latent) // count}",
        "groups": {"region": "of communities", "sex": "within communities"}[group],
        "taken_as": "nested" if nested else "independent",
    }
    return [
        {**about, "step": step.name, "rejected": step.difference.scaled.p_value < LEVEL}
        for step in found.steps[1:]
    ]


def summary(rows: list[dict]) -> pd.DataFrame:
    """Shares of samples that rejected, with their Monte Carlo errors."""
    keys = ["estimator", "communities", "groups", "taken_as", "step"]
    table = pd.DataFrame(rows).groupby(keys, sort=False)["rejected"]
    table = table.agg(samples="size", share="mean").reset_index()
    error = np.sqrt(table["share"] * (1 - table["share"]) / table["samples"])
    return table.assign(monte_carlo_error=error).round(4)


def main(samples: int) -> None:
    """Run every case; the file holds what is done so far."""
    rows: list[dict] = []
    for sample in range(samples):
        for place, (communities, size) in enumerate(SIZES):
            latent = answers(np.random.default_rng([SEED, sample, place]), communities, size)
            for estimator in ("WLSMV", "MLR"):
                for group in ("region", "sex"):
                    for nested in (True, False):
                        rows += ladder(estimator, latent, group, nested)
        if sample % 20 == 19:
            summary(rows).to_csv(HERE / "nested.csv", index=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
