"""Make the nested data that the reference script and the tests share: `python3 make_data.py`."""

from pathlib import Path

import numpy as np
import pandas as pd


def nested(n_clusters: int, seed: int) -> pd.DataFrame:
    """Simulate unequal clusters with a random intercept and a correlated random slope of x."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(6, 36, n_clusters)
    cluster = np.repeat(np.arange(n_clusters), sizes)
    n = len(cluster)
    effects = rng.multivariate_normal([0, 0], [[0.49, 0.12], [0.12, 0.25]], n_clusters)[cluster]
    w = rng.standard_normal(n_clusters)[cluster]
    x = rng.standard_normal(n) + 0.3 * w
    z = rng.standard_normal(n)
    group = rng.integers(1, 4, n)
    eta = 0.4 * x + 0.3 * z + 0.2 * x * z + 0.3 * (group == 3) + 0.3 * w
    eta += effects[:, 0] + effects[:, 1] * x
    return pd.DataFrame(
        {
            "cluster": cluster,
            "x": x.round(6),
            "z": z.round(6),
            "w": w.round(6),
            "group": group,
            "chosen": (rng.random(n) < 1 / (1 + np.exp(0.3 - eta))).astype(int),
            "rating": np.digitize(eta + rng.logistic(size=n), [-1.2, 0.1, 1.5]) + 1,
            "score": (2 + eta + 1.3 * rng.standard_normal(n)).round(6),
        }
    )


if __name__ == "__main__":
    folder = Path(__file__).parent
    for n_clusters, seed in ((12, 21), (60, 22), (300, 23)):
        nested(n_clusters, seed).to_csv(folder / f"nested_{n_clusters}.csv", index=False)
