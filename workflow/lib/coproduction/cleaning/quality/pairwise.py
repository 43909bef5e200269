"""Covariances and correlations of items, each pair over the rows that answered both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.cleaning.quality.blocks import blocks

LEAST_ROWS = 3
LEAST_VARIANCE = 1e-12


@dataclass(frozen=True)
class Pairwise:
    """Moments of the columns of a matrix.

    Attributes
    ----------
    mean
        Mean of each column; NaN where nothing is known.
    covariance
        Items × items, N − 1, over the rows that know both of a pair; 0 with fewer than two of them.
    correlation
        The same, each covariance divided by the two standard deviations over these rows; NaN with
        fewer than three of them or where an item does not vary.
    """

    mean: np.ndarray
    covariance: np.ndarray
    correlation: np.ndarray


def column_means(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mean of each column (rows × items, NaN missing) over chosen rows; NaN where none is known."""
    count, total = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for block in blocks(len(values)):
        chosen = values[block][rows[block]]
        count += (~np.isnan(chosen)).sum(axis=0)
        total += np.nansum(chosen, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / count


def pairwise(values: np.ndarray, rows: np.ndarray) -> Pairwise:
    """Compute pairwise moments over chosen rows.

    Sums of products are exact for answers in whole numbers, so no precision is lost to them.

    Parameters
    ----------
    values
        Rows × items, NaN missing.
    rows
        Rows to use, as booleans.
    """
    size = values.shape[1]
    mean = column_means(values, rows)
    near = np.nan_to_num(np.round(mean))
    n, sums, squares, products = (np.zeros((size, size)) for _ in range(4))
    for block in blocks(len(values)):
        chosen = values[block][rows[block]]
        known = ~np.isnan(chosen)
        deviations = np.where(known, chosen - near, 0.0)
        known = known.astype(float)
        n += known.T @ known
        sums += deviations.T @ known
        squares += (deviations**2).T @ known
        products += deviations.T @ deviations
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = products - sums * sums.T / n
        spread = squares - sums**2 / n
        varies = spread > LEAST_VARIANCE * n
        correlation = cross / np.sqrt(spread * spread.T)
        return Pairwise(
            mean=mean,
            covariance=np.where(n >= 2, cross / (n - 1), 0.0),
            correlation=np.where((n >= LEAST_ROWS) & varies & varies.T, correlation, np.nan),
        )
