"""Make samples of weak factors in which scoring finds no optimum though there is one.

Four hundred are drawn; those kept in `answers.csv` are such that lavaan converges from its own
start. `reference.R` fits them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

KEPT = (115, 149, 155, 237, 253, 257)
DRAWN = 400


def drawn() -> list[pd.DataFrame]:
    """Draw two factors of three or four items; every fourth sample has five ordered answers."""
    rng, samples = np.random.default_rng(20261129), []
    for number in range(DRAWN):
        n, k = int(rng.choice([25, 40, 60, 100, 200, 300])), int(rng.choice([3, 3, 3, 4]))
        loadings = rng.choice([0.15, 0.25, 0.4, 0.6], size=2 * k)
        r = rng.choice([0, 0.2, 0.5, 0.9])
        factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
        values = np.empty((n, 2 * k))
        for j, loading in enumerate(loadings):
            unique = np.sqrt(1 - loading**2) * rng.normal(size=n)
            values[:, j] = loading * factors[:, j // k] + unique
        if number % 4 == 3:
            values = np.digitize(values, [-1.2, -0.4, 0.4, 1.2]) + 1
        else:
            values = np.round(values * rng.choice([1, 1, 2]), 6)
        names = [f"{'ab'[j // k]}{j % k + 1}" for j in range(2 * k)]
        samples.append(pd.DataFrame(values, columns=names).assign(case=number))
    return samples


if __name__ == "__main__":
    samples = drawn()
    kept = pd.concat([samples[number] for number in KEPT])
    kept.to_csv(Path(__file__).with_name("answers.csv"), index=False)
