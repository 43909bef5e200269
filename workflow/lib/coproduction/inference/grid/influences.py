"""What moves the estimate: each alternative against the primary model's choice, all else alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.grid.fits import EVERYBODY
from coproduction.plan.grid.grid import Grid
from coproduction.plan.options import DIMENSIONS, PRIMARY

CLUSTERS, EACH = "left_out_clusters", "each"
COLUMNS = (
    *("grid", "hypothesis", "dimension", "alternative", "n_pairs"),
    *("mean_change", "median_change", "smallest_change", "largest_change"),
)


def influences(table: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Compare the estimates of cells that differ in one choice alone.

    Parameters
    ----------
    table
        Rows of the grid, as `grid.csv` holds them.
    grid
        The grid.

    Returns
    -------
    pandas.DataFrame
        A row per hypothesis, dimension and alternative: how many pairs of estimable cells there
        are, and the mean, median, smallest and largest difference to the primary model's choice;
        clusters left out one at a time are one alternative.
    """
    known = table[table["estimate"].notna()]
    rows: list[dict[str, Any]] = []
    for hypothesis in grid.hypotheses:
        own = known[known["hypothesis"] == hypothesis]
        for dimension, alternative, changes in _changes(own, grid):
            rows.append(
                {
                    "grid": grid.id,
                    "hypothesis": hypothesis,
                    "dimension": dimension,
                    "alternative": alternative,
                    **_summary(changes),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _changes(own: pd.DataFrame, grid: Grid) -> Iterator[tuple[str, str, np.ndarray]]:
    whole = own[own["cluster"] == EVERYBODY]
    for dimension, _, each in grid.placed():
        others = [name for name in DIMENSIONS if name != dimension]
        usual = whole[whole[dimension] == PRIMARY]
        yield dimension, each.id, _paired(whole[whole[dimension] == each.id], usual, others)
    if grid.left_out_clusters is not None:
        left = own[own["cluster"] != EVERYBODY]
        yield CLUSTERS, EACH, _paired(left, whole, list(DIMENSIONS))


def _paired(moved: pd.DataFrame, usual: pd.DataFrame, keys: list[str]) -> np.ndarray:
    both = moved.merge(usual, on=keys, suffixes=("", "_usual"))
    return (both["estimate"] - both["estimate_usual"]).to_numpy(float)


def _summary(changes: np.ndarray) -> dict[str, float]:
    if not len(changes):
        return {"n_pairs": 0}
    return {
        "n_pairs": len(changes),
        "mean_change": float(changes.mean()),
        "median_change": float(np.median(changes)),
        "smallest_change": float(changes.min()),
        "largest_change": float(changes.max()),
    }
