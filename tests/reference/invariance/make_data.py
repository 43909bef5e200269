"""Write answers of groups between which some items do not mean the same. Run: python make_data.py

`items.csv`: two correlated factors, `a` behind items 1 to 4 and `b` behind 5 to 8, in two large
groups and a small one; `x1` … `x8` have five ordered categories, `y1` … `y8` are continuous and
skewed. In group 2 the second threshold of `x2` and the third of `x7` are moved, item 6 loads less
and item 4 is answered higher; in group 3 item 3 is answered higher, whatever the factor.
`mixed.csv`: the same items with two to five categories, in three groups of which the third has the
loading of `z2` doubled and `z5` answered lower.
`nested.csv`: nothing differs, but the respondents live in 48 communities that differ in the factors
and, item by item, in the answers; `region` is of communities, `sex` of respondents.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LOADINGS = np.array([0.9, 1.1, 0.8, 1.2, 1.0, 1.3, 0.9, 1.1])
FACTOR = np.repeat([0, 1], 4)


def factors(n: int, mean: tuple[float, float], sd: float, rng: np.random.Generator) -> np.ndarray:
    """Two factors that correlate .5."""
    return np.array(mean) + sd * rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], n)


def items(seed: int) -> pd.DataFrame:
    """Groups of 600, 500 and 60."""
    rng, parts = np.random.default_rng(seed), []
    for group, n, mean, sd in (
        (1, 600, (0, 0), 1.0),
        (2, 500, (0.3, -0.2), 1.2),
        (3, 60, (0.2, 0), 1.0),
    ):
        loadings, intercepts = LOADINGS.copy(), np.zeros(8)
        thresholds = np.tile([-1.6, -0.5, 0.5, 1.6], (8, 1))
        if group == 2:
            loadings[5], intercepts[3] = 0.6, 0.7
            thresholds[1, 1], thresholds[6, 2] = -1.1, 1.1
        if group == 3:
            intercepts[2] = 1.0
        common = intercepts + loadings * factors(n, mean, sd, rng)[:, FACTOR]
        latent = common + rng.standard_normal((n, 8))
        skewed = common + rng.exponential(1.0, (n, 8)) - 1
        answers = {f"x{j + 1}": np.searchsorted(thresholds[j], latent[:, j]) + 1 for j in range(8)}
        answers |= {f"y{j + 1}": skewed[:, j].round(4) for j in range(8)}
        parts.append(pd.DataFrame({"group": group, **answers}))
    return pd.concat(parts, ignore_index=True)


def mixed(seed: int) -> pd.DataFrame:
    """Three groups; items of two to five categories."""
    rng, parts = np.random.default_rng(seed), []
    cuts = ([0.2], [-0.7, 0.6], [-1, 0.1, 1.1], [-1.5, -0.5, 0.4, 1.5])
    for group, n, mean in (
        ("east", 400, (0, 0)),
        ("south", 400, (0.4, 0)),
        ("west", 400, (0, 0.3)),
    ):
        loadings, intercepts = LOADINGS.copy(), np.zeros(8)
        if group == "west":
            loadings[1], intercepts[4] = 2.0, -0.9
        latent = intercepts + loadings * factors(n, mean, 1.0, rng)[:, FACTOR]
        latent += rng.standard_normal((n, 8))
        answers = {f"z{j + 1}": np.searchsorted(cuts[j % 4], latent[:, j]) + 1 for j in range(8)}
        parts.append(pd.DataFrame({"group": group, **answers}))
    return pd.concat(parts, ignore_index=True)


def nested(seed: int) -> pd.DataFrame:
    """Communities of 10 to 25, a third of them in the second region."""
    rng, parts = np.random.default_rng(seed), []
    thresholds = np.array([-1.6, -0.5, 0.5, 1.6])
    for community in range(1, 49):
        n = int(rng.integers(10, 26))
        near = factors(n, tuple(0.5 * rng.standard_normal(2)), 1.0, rng)
        common = 0.4 * rng.standard_normal(8) + LOADINGS * near[:, FACTOR]
        latent = common + rng.standard_normal((n, 8))
        skewed = common + rng.exponential(1.0, (n, 8)) - 1
        answers = {f"x{j + 1}": np.searchsorted(thresholds, latent[:, j]) + 1 for j in range(8)}
        answers |= {f"y{j + 1}": skewed[:, j].round(4) for j in range(8)}
        place = {"community": community, "region": 1 + (community % 3 == 0)}
        parts.append(pd.DataFrame({**place, "sex": rng.integers(1, 3, n), **answers}))
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    nested(23).to_csv("nested.csv", index=False)
    items(21).to_csv("items.csv", index=False)
    mixed(22).to_csv("mixed.csv", index=False)
