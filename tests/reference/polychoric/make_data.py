"""Write the data of the reference: 40 items of five factors, and four items with hard margins.

Run in this folder: python make_data.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def forty(n: int, seed: int) -> pd.DataFrame:
    """Two to seven categories, symmetric to strongly skewed, in turn."""
    rng = np.random.default_rng(seed)
    items = {}
    factors = rng.standard_normal((n, 5)) + 0.6 * rng.standard_normal((n, 1))
    for j in range(40):
        loading = 0.5 + 0.3 * (j % 8) / 7
        factor = factors[:, j % 5] / np.sqrt(1.36)
        latent = loading * factor + np.sqrt(1 - loading**2) * rng.standard_normal(n)
        thresholds = np.linspace(-1.2, 1.2, 1 + j % 6) + (0.0, 0.6, -0.9)[j % 3]
        items[f"i{j + 1}"] = np.searchsorted(thresholds, latent) + 1
    return pd.DataFrame(items)


def hard(n: int, seed: int) -> pd.DataFrame:
    """A missing category, a very rare one, a steep correlation and answers missing by another."""
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(n)
    latent = np.sqrt([0.97, 0.97, 0.5, 0.3]) * factor[:, None]
    latent += np.sqrt([0.03, 0.03, 0.5, 0.7]) * rng.standard_normal((n, 4))
    items = pd.DataFrame(
        {
            "steep": np.searchsorted([-0.8, 0.2, 1.1], latent[:, 0]) + 1,
            "twin": np.searchsorted([-0.5, 0.7], -latent[:, 1]) + 1,
            "gap": np.searchsorted([-0.7, 0.4, 0.4, 1.2], latent[:, 2]) + 1,
            "rare": np.searchsorted([1.6, 2.3], latent[:, 3]) + 1,
        },
        dtype="float64",
    )
    items.loc[(items["gap"] > 2) & (rng.random(n) < 0.4), "rare"] = np.nan
    items.loc[rng.random(n) < 0.1, "steep"] = np.nan
    return items


if __name__ == "__main__":
    forty(1000, 1).to_csv("items_1000.csv", index=False)
    forty(10_000, 2).to_csv(
        "items_10000.csv.gz", index=False, compression={"method": "gzip", "mtime": 0}
    )
    hard(800, 3).to_csv("hard.csv", index=False)
