"""How far a row of answers lies from the others, whatever it left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_EIGENVALUE = 0.01
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Distance:
    """Squared Mahalanobis distance of each row from the centre of the reference rows.

    Attributes
    ----------
    squared, df, p_value
        One entry per row: D² over the items the row answered, their number, and the upper χ² tail
        of the one on the other; NaN (df 0) where fewer than half of the items are answered.
    shrinkage
        Weight of the diagonal in the covariance matrix, 0 if none was needed.
    """

    squared: np.ndarray
    df: np.ndarray
    p_value: np.ndarray
    shrinkage: float


def mahalanobis(values: np.ndarray, reference: np.ndarray) -> Distance:
    """Compute each row's squared Mahalanobis distance over the items it answered.

    Centre and covariance (N − 1) come from the reference rows, the covariance from the rows that
    answered both items of a pair. A matrix of pairwise covariances need not be positive definite:
    if the smallest eigenvalue of its correlations is below 0.01 they are shrunk towards zero by
    just as much as lifts it there. Under normality D² of a row follows χ² with as many degrees of
    freedom as it has answers (Little and Rubin 2020, *Statistical Analysis with Missing Data*, for
    the part of a normal vector that is observed); answers on few options only come near it.

    Parameters
    ----------
    values
        Rows × items, NaN missing.
    reference
        Rows that define the centre, as booleans.
    """
    from scipy.stats import chi2

    n_rows = len(values)
    usable, centre, covariance, shrinkage = _moments(values[reference])
    values = values[:, usable]
    squared, df = np.full(n_rows, np.nan), np.zeros(n_rows, dtype=int)
    known = ~np.isnan(values)
    enough = known.any(axis=1) & (known.mean(axis=1) >= LEAST_SHARE) if usable.any() else []
    for row in np.flatnonzero(enough):
        items = known[row]
        deviation = values[row, items] - centre[items]
        squared[row] = deviation @ np.linalg.solve(covariance[np.ix_(items, items)], deviation)
        df[row] = items.sum()
    p_value = np.where(df > 0, chi2.sf(squared, np.maximum(df, 1)), np.nan)
    return Distance(squared, df, p_value, shrinkage)


def _moments(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Varying items, their means, their shrunken pairwise covariance, and by how much."""
    known = ~np.isnan(sample)
    usable = np.array([len(np.unique(c[k])) > 1 for c, k in zip(sample.T, known.T, strict=True)])
    usable = usable.astype(bool)
    sample, known = sample[:, usable], known[:, usable]
    size = sample.shape[1]
    centre = np.array([column[k].mean() for column, k in zip(sample.T, known.T, strict=True)])
    covariance = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            covariance[i, j] = covariance[j, i] = _covariance(sample[:, i], sample[:, j])
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale) if size else covariance
    least = np.linalg.eigvalsh(correlation)[0] if size else 1.0
    weight = max(0.0, (LEAST_EIGENVALUE - least) / (1 - least)) if least < 1 else 0.0
    shrunk = (1 - weight) * correlation + weight * np.eye(size)
    return usable, centre, shrunk * np.outer(scale, scale), float(weight)


def _covariance(one: np.ndarray, other: np.ndarray) -> float:
    both = ~np.isnan(one) & ~np.isnan(other)
    n = both.sum()
    if n < 2:
        return 0.0
    one, other = one[both], other[both]
    return float((one - one.mean()) @ (other - other.mean()) / (n - 1))
