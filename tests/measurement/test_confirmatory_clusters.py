"""Standard errors and tests under dependence within clusters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.polychoric import polychoric

FOLDER = Path(__file__).parents[1] / "reference" / "confirmatory"
TWELVE = pd.read_csv(FOLDER / "twelve.csv")
GAPS = pd.read_csv(FOLDER / "gaps.csv")
ITEMS = [f"x{i}" for i in range(1, 13)]


@pytest.mark.parametrize("data", [TWELVE, GAPS])
def test_respondents_who_are_clusters_of_their_own_are_independent(data):
    alone = polychoric(data[ITEMS], clusters=np.arange(len(data))[::-1])
    together = alone.cluster_influences
    np.testing.assert_allclose(together.sum(0), 0, atol=1e-12)
    np.testing.assert_allclose(together.T @ together * alone.n, alone.covariance, atol=1e-9)
