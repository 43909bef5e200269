"""Write the data of the reference: three ordinal items and two variables, one of them skewed.

Run in this folder: python make_data.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def mixed(n: int, seed: int) -> pd.DataFrame:
    """Draw 4, 2 and 4 categories, one code of the last left out, with some answers missing."""
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(n)
    latent = {
        name: loading * factor + np.sqrt(1 - loading**2) * rng.standard_normal(n)
        for name, loading in (("a", 0.8), ("b", -0.6), ("c", 0.4), ("x", 0.7), ("y", 0.5))
    }
    data = pd.DataFrame(
        {
            "a": np.searchsorted([-1, 0, 1.2], latent["a"]) + 1,
            "b": np.searchsorted([0.9], latent["b"]),
            "c": np.searchsorted([-1.5, -0.5, 0.4, 0.4, 1.9], latent["c"]) + 1,
            "x": (10 + 3 * latent["x"]).round(6),
            "y": np.exp(0.6 * latent["y"]).round(6),
        },
        dtype="float64",
    )
    data.loc[rng.random(n) < 0.1, "a"] = np.nan
    data.loc[rng.random(n) < 0.15, "x"] = np.nan
    return data


if __name__ == "__main__":
    mixed(600, 7).to_csv("mixed.csv", index=False)
