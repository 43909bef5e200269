"""What a verdict is told of the grid of its hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.grid.grids import Grids
from coproduction.inference.grid.joint import LEVEL, STOUFFER

COLUMNS = (
    *("grid_cells", "grid_estimable", "grid_predicted_sign", "grid_significant"),
    *("grid_p_value", "grid_mc_error"),
)


def with_grids(verdicts: pd.DataFrame, found: Grids | None) -> pd.DataFrame:
    """Write beside each verdict what the grid of its hypothesis shows.

    Parameters
    ----------
    verdicts
        Verdicts by the plan's rule of decision.
    found
        Tables of the grids; None where they were not computed.

    Returns
    -------
    pandas.DataFrame
        With `COLUMNS`: how many cells there are and how many of them are estimable; of these, the
        share of estimates with the predicted sign and the share that has p < 0.05 besides; the p
        value of the joint test (Stouffer's average) and its Monte-Carlo error. Empty where no grid
        is of the hypothesis.
    """
    directions = dict(zip(verdicts["hypothesis"], verdicts["direction"], strict=True))
    rows = {name: _summary(name, way, found) for name, way in directions.items()} if found else {}
    told = pd.DataFrame(
        [rows.get(name, {}) for name in verdicts["hypothesis"]],
        columns=list(COLUMNS),
        index=verdicts.index,
        dtype=float,
    )
    return pd.concat([verdicts, told], axis=1)


def _summary(hypothesis: str, direction: str, found: Grids) -> dict[str, Any]:
    cells = found.cells[found.cells["hypothesis"].eq(hypothesis)]
    if cells.empty:
        return {}
    known = cells[cells["estimate"].notna()]
    predicted = known["estimate"] * (1 if direction == "positive" else -1) > 0
    told: Mapping[str, float] = {
        "grid_cells": len(cells),
        "grid_estimable": len(known),
        "grid_predicted_sign": predicted.mean() if len(known) else np.nan,
        "grid_significant": (predicted & (known["p_value"] < LEVEL)).mean()
        if len(known)
        else np.nan,
    }
    test = found.tests[found.tests["hypothesis"].eq(hypothesis)]
    test = test[test["statistic"].eq(STOUFFER)]
    if len(test):
        told = {
            **told,
            "grid_p_value": test["p_value"].iloc[0],
            "grid_mc_error": test["mc_error"].iloc[0],
        }
    return dict(told)
