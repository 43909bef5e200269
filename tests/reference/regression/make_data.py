"""Make the nested data that the reference script and the tests share: `python3 make_data.py`."""

from pathlib import Path

import numpy as np
import pandas as pd


def nested(n_clusters: int, seed: int) -> pd.DataFrame:
    """Simulate unequal clusters with a random intercept and four outcomes."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 25, n_clusters)
    cluster = np.repeat(np.arange(n_clusters), sizes)
    n = len(cluster)
    shift = 0.6 * rng.standard_normal(n_clusters)
    x = rng.standard_normal(n) + 0.4 * shift[cluster]
    z = rng.standard_normal(n)
    group = rng.integers(1, 4, n)
    offered = rng.standard_normal(n_clusters)[cluster]
    eta = -0.4 + 0.4 * x + 0.3 * z + 0.2 * x * z + 0.2 * (group == 3) + shift[cluster]
    return pd.DataFrame(
        {
            "cluster": cluster,
            "x": x.round(6),
            "z": z.round(6),
            "group": group,
            "offered": offered.round(6),
            "binary": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
            "linear": (eta + rng.standard_normal(n)).round(6),
            "count": rng.poisson(np.exp(0.3 * eta)),
        }
    )


if __name__ == "__main__":
    folder = Path(__file__).parent
    for n_clusters, seed in ((12, 1), (60, 2), (300, 3)):
        nested(n_clusters, seed).to_csv(folder / f"nested_{n_clusters}.csv", index=False)
