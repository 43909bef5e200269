"""Write the data of the reference beside the forty items of the polychoric one.

`twelve.csv`: twelve ordinal items of three factors below a general one, with two to seven
categories, one that nobody chose and strong skew; a group and a community of each respondent.
`incomplete.csv.gz`: the 1,000 × 40 items with a tenth of the answers missing, some of them the more
the higher another answer. `gaps.csv`: the same for the twelve items.
Run in this folder: python make_data.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd

THRESHOLDS = (
    [0.2],
    [-0.6, 0.5],
    [-0.8, -0.1, 0.9],
    [-1.2, -0.4, 0.4, 1.1],
    [-1.4, -0.8, -0.2, 0.3, 0.8, 1.4],
    [-0.3, 0.6, 0.6, 1.3],
    [0.9, 1.4, 1.9],
    [-2.0, -1.6, -1.2, -0.6],
    [-1.0, -0.3, 0.4, 1.0],
    [-0.9, 0.0, 0.9],
    [0.4, 1.1, 1.7],
    [-1.1, -0.5, 0.1, 0.7, 1.2],
)


def twelve(n: int, seed: int) -> pd.DataFrame:
    """Factors share a general one; the first two items share more; communities differ."""
    rng = np.random.default_rng(seed)
    community = rng.integers(1, 41, n)
    group = rng.integers(1, 3, n)
    general = 0.9 * rng.standard_normal(n) + 0.45 * rng.standard_normal(41)[community]
    factors = 0.7 * general[:, None] + 0.7 * rng.standard_normal((n, 3))
    pair = rng.standard_normal(n)
    items = {}
    for j, thresholds in enumerate(THRESHOLDS):
        loading = 0.85 - 0.05 * (j % 4) - 0.1 * (group == 2) * (j % 3 == 0)
        latent = loading * factors[:, j // 4] + 0.6 * rng.standard_normal(n)
        latent = latent + (0.3 * pair if j < 2 else 0.0)
        items[f"x{j + 1}"] = np.searchsorted(thresholds, latent) + 1
    items["x6"] = np.where(items["x6"] >= 3, items["x6"] + 1, items["x6"])
    return pd.DataFrame(items | {"group": group, "community": community})


def incomplete(items: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Leave gaps at random, and in the last ten items by the answer to the first."""
    rng = np.random.default_rng(seed)
    gaps = rng.random(items.shape) < 0.08
    chance = np.where(items["i1"] == items["i1"].max(), 0.3, 0.05)
    gaps[:, 30:] |= rng.random((len(items), 10)) < chance[:, None]
    return (
        items.mask(gaps)
        .astype("Int64")
        .assign(group=rng.integers(1, 3, len(items)), community=rng.integers(1, 41, len(items)))
    )


def gaps(items: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Leave gaps at random, and in the last four items by the answer to the fourth."""
    rng = np.random.default_rng(seed)
    names = [name for name in items if name.startswith("x")]
    missing = rng.random((len(items), len(names))) < 0.04
    chance = np.where(items["x4"] >= 4, 0.25, 0.05)
    missing[:, 8:] |= rng.random((len(items), 4)) < chance[:, None]
    missing[:, 3] = False
    return items.assign(**items[names].mask(missing).astype("Int64"))


if __name__ == "__main__":
    twelve(800, 11).to_csv("twelve.csv", index=False)
    gaps(pd.read_csv("twelve.csv"), 13).to_csv("gaps.csv", index=False)
    incomplete(pd.read_csv("../polychoric/items_1000.csv"), 12).to_csv(
        "incomplete.csv.gz", index=False, compression={"method": "gzip", "mtime": 0}
    )
