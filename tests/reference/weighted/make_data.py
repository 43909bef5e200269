"""Draw weights and a design for the nested data of ../families: `python3 make_data.py`."""

from pathlib import Path

import numpy as np
import pandas as pd


def drawn(data: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Weights that go with the outcome and differ between clusters, strata, and their sizes."""
    rng = np.random.default_rng(seed)
    cluster = data["cluster"].to_numpy()
    share = rng.uniform(0.5, 2.0, cluster.max() + 1)[cluster]
    weight = 12 * share * np.where(data["rating"] > 2, 0.6, 1.7) * rng.uniform(0.7, 1.4, len(data))
    stratum = cluster % 3
    units = (cluster.max() + 1) // 3
    population = np.array([units * 2, units * 3, units * 5])[stratum]
    return pd.DataFrame({"weight": weight.round(5), "stratum": stratum, "population": population})


if __name__ == "__main__":
    folder = Path(__file__).parent
    for n_clusters, seed in ((12, 21), (60, 22)):
        data = pd.read_csv(folder.parent / "families" / f"nested_{n_clusters}.csv")
        drawn(data, seed).to_csv(folder / f"weights_{n_clusters}.csv", index=False)
