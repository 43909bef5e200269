"""Real answers to five scales."""

from __future__ import annotations

import pandas as pd
import pytest

REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


@pytest.fixture(scope="session")
def scales(root) -> dict[str, pd.DataFrame]:
    """The shipped personality items, keyed, by scale."""
    data = pd.read_csv(root / "data/raw/bfi/bfi.csv")
    data[REVERSED] = 7 - data[REVERSED]
    return {scale: data[[f"{scale}{i}" for i in range(1, 6)]] for scale in "ACENO"}


@pytest.fixture(scope="session")
def personality(scales) -> pd.DataFrame:
    """The items of all five scales."""
    return pd.concat(scales.values(), axis=1)
