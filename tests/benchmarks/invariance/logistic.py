"""How often ordinal logistic regression finds items that differ, and items that do not.

Run from the top folder: python3 workflow/boot.py python tests/benchmarks/invariance/logistic.py
It takes some minutes and writes logistic.csv beside this file.
"""

from __future__ import annotations

import sys

import nested
import numpy as np
import pandas as pd
from scipy import stats
from truth import HERE, LEVEL, MODEL, answers, ordered

from coproduction.measurement.invariance.logistic_functioning import logistic_functioning
from coproduction.numerics.ordinal_logit import fit_proportional_odds
from coproduction.rows import rows_of

SEED, SAMPLES = 22, 250
MOVED = "x3"
SIZES = {"half": 2, "eleventh": 11}


def moved(sizes: tuple[int, ...], shift: float, rng: np.random.Generator) -> list[dict]:
    """Groups of respondents of whom the second has a higher, wider factor and perhaps one item."""
    latent = answers(rng, sizes, shift)
    table = logistic_functioning(ordered(latent) + 1, MODEL["factors"], latent["group"])
    about = {"design": f"{sizes[0]}+{sizes[1]}", "groups": "", "taken_as": "independent"}
    return judged(table, about | {"moved_by": shift})


def without_itself(sizes: tuple[int, ...], rng: np.random.Generator) -> list[dict]:
    """Match by the score of the other items only, which the function does not do, and why not."""
    latent = answers(rng, sizes, 0.0)
    items, member = ordered(latent), (latent["group"] == "g2").to_numpy(float)
    rejected = []
    for name in items:
        rest = stats.zscore(items.drop(columns=name).mean(axis=1).to_numpy())
        codes = np.unique(items[name], return_inverse=True)[1]
        designs = rest[:, None], np.column_stack([rest, member, rest * member])
        narrow, wide = (fit_proportional_odds(codes, each).log_likelihood for each in designs)
        rejected.append(stats.chi2.sf(2 * (wide - narrow), 2) < LEVEL)
    about = {"design": f"{sizes[0]}+{sizes[1]}, matched without the item", "groups": ""}
    test = {"test": "any difference", "share": float(np.mean(rejected))}
    return [{**about, "moved_by": 0.0, "taken_as": "independent", **test}]


def clustered(share: str, rng: np.random.Generator) -> list[dict]:
    """Communities whose respondents, or which themselves, are in one of two groups."""
    latent = nested.answers(rng, 60, 15)
    items, rows = ordered(latent) + 1, []
    every = SIZES[share]
    within = pd.Series((rng.random(len(latent)) < 1 / every).astype(int))
    between = (latent["community"] % every == 0).astype(int)
    for name, group in (("within communities", within), ("of communities", between)):
        for rows in (rows_of(latent, "community"), rows_of(latent)):
            table = logistic_functioning(items, MODEL["factors"], group, rows=rows)
            about = {"design": f"60 of 15, one {share}", "groups": name, "moved_by": 0.0}
            taken = "independent" if rows.cluster is None else "nested"
            rows += judged(table, about | {"taken_as": taken})
    return rows


def judged(table: pd.DataFrame, about: dict) -> list[dict]:
    """Judge single tests before and decisions after the correction for six items."""
    table = table.set_index("item")
    still = table.drop(MOVED) if about["moved_by"] else table
    found = {
        "any difference": (still["p_value"] < LEVEL).mean(),
        "uniform": (still["uniform_p_value"] < LEVEL).mean(),
        "non-uniform": (still["nonuniform_p_value"] < LEVEL).mean(),
        "any item decided to differ": (still["decision"] != "no_difference").any(),
    }
    if about["moved_by"]:
        found["moved item decided to differ"] = table.loc[MOVED, "decision"] != "no_difference"
    return [{**about, "test": test, "share": float(share)} for test, share in found.items()]


def summary(rows: list[dict]) -> pd.DataFrame:
    """Mean shares over samples, with their Monte Carlo errors."""
    keys = ["design", "groups", "moved_by", "taken_as", "test"]
    table = pd.DataFrame(rows).groupby(keys, sort=False)["share"]
    table = table.agg(samples="size", share="mean", monte_carlo_error="sem")
    return table.reset_index().round(4)


def main(samples: int) -> None:
    """Run every case; the file holds what is done so far."""
    rows: list[dict] = []
    for sample in range(samples):
        cases = (((600, 60), 0.0), ((400, 400), 0.0), ((600, 60), 0.8))
        for place, (sizes, shift) in enumerate(cases):
            rows += moved(sizes, shift, np.random.default_rng([SEED, sample, place]))
        for place, (sizes, _) in enumerate(cases[:2]):
            rows += without_itself(sizes, np.random.default_rng([SEED, sample, place]))
        for place, share in enumerate(SIZES):
            rows += clustered(share, np.random.default_rng([SEED, sample, 10 + place]))
        if sample % 10 == 9:
            summary(rows).to_csv(HERE / "logistic.csv", index=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
