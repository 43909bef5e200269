"""Make the nested data that the reference script and the tests share: `python3 make_data.py`."""

from pathlib import Path

import numpy as np
import pandas as pd


def nested(n_clusters: int, seed: int) -> pd.DataFrame:
    """Simulate unequal clusters with a random intercept and an outcome of each family."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(8, 30, n_clusters)
    cluster = np.repeat(np.arange(n_clusters), sizes)
    n = len(cluster)
    shift = 0.4 * rng.standard_normal(n_clusters)
    x = rng.standard_normal(n) + 0.4 * shift[cluster]
    z = rng.standard_normal(n)
    group = rng.integers(1, 4, n)
    eta = 0.4 * x + 0.3 * z + 0.2 * x * z + 0.2 * (group == 3) + shift[cluster]
    mean = np.exp(0.6 + 0.5 * eta)
    counts = rng.negative_binomial(1.4, 1.4 / (1.4 + mean))
    visits = _positive_counts(rng, np.exp(1.0 + 0.4 * eta))
    took_part = rng.random(n) < 1 / (1 + np.exp(0.3 - eta))
    amount = rng.gamma(1.6, np.exp(1.2 + 0.5 * eta) / 1.6)
    return pd.DataFrame(
        {
            "cluster": cluster,
            "x": x.round(6),
            "z": z.round(6),
            "group": group,
            "rating": np.digitize(eta + rng.logistic(size=n), [-1.2, 0.1, 1.5]) + 1,
            "count": counts,
            "visits": np.where(took_part, visits, 0),
            "amount": np.where(took_part, amount.round(4) + 0.001, 0.0).round(4),
        }
    )


def _positive_counts(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    counts = rng.negative_binomial(1.5, 1.5 / (1.5 + mean))
    while (counts == 0).any():
        again = rng.negative_binomial(1.5, 1.5 / (1.5 + mean))
        counts = np.where(counts == 0, again, counts)
    return counts


if __name__ == "__main__":
    folder = Path(__file__).parent
    for n_clusters, seed in ((12, 11), (60, 12), (300, 13)):
        nested(n_clusters, seed).to_csv(folder / f"nested_{n_clusters}.csv", index=False)
