"""Make the experiment that the reference script and the tests share: `python3 make_data.py`."""

from pathlib import Path

import numpy as np
import pandas as pd


def experiment(seed: int) -> pd.DataFrame:
    """Simulate a 2 × 2 experiment with unequal arms and respondents' characteristics."""
    rng = np.random.default_rng(seed)
    n = 240
    pay, benefits = rng.random(n) < 0.45, rng.random(n) < 0.6
    motive = rng.standard_normal(n)
    rating = 5 + 0.4 * pay + 0.7 * benefits + 0.3 * pay * benefits + motive + rng.normal(0, 2, n)
    return pd.DataFrame(
        {
            "pay": pay.astype(int),
            "benefits": benefits.astype(int),
            "rating": rating.clip(0, 10).round(),
            "motive": motive.round(6),
            "education": rng.integers(1, 5, n),
        }
    )


if __name__ == "__main__":
    experiment(4).to_csv(Path(__file__).parent / "experiment.csv", index=False)
