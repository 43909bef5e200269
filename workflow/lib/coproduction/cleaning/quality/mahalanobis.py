"""How far a row of answers lies from the others, whatever it left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.cleaning.quality.blocks import by_rows
from coproduction.cleaning.quality.pairwise import pairwise

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
    from scipy.special import chdtrc

    usable, centre, covariance, shrinkage = _moments(values, reference)
    inverse = np.linalg.inv(covariance)

    def distances(rows: np.ndarray) -> np.ndarray:
        return _squared(rows[:, usable], centre, inverse)

    squared = by_rows(distances, values)
    df = by_rows(lambda rows: (~np.isnan(rows[:, usable])).sum(axis=1), values)
    df = np.where(np.isnan(squared), 0, df)
    p_value = np.where(df > 0, chdtrc(np.maximum(df, 1), squared), np.nan)
    return Distance(squared, df, p_value, shrinkage)


def _squared(values: np.ndarray, centre: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Distance of each row over its known items, from the inverse of the whole matrix.

    With P the inverse, o the known and m the missing items, the inverse of the known part of the
    matrix is P_oo − P_om (P_mm)⁻¹ P_mo.
    """
    known = ~np.isnan(values)
    deviations = np.where(known, values - centre, 0.0)
    weighted = deviations @ inverse
    squared = (deviations * weighted).sum(axis=1)
    gaps = (~known).sum(axis=1)
    for number in np.unique(gaps[gaps > 0]):
        rows = np.flatnonzero(gaps == number)
        missing = np.nonzero(~known[rows])[1].reshape(len(rows), number)
        part = inverse[missing[:, :, None], missing[:, None, :]]
        outer = np.take_along_axis(weighted[rows], missing, axis=1)
        inner = np.linalg.solve(part, outer[:, :, None])[:, :, 0]
        squared[rows] -= (outer * inner).sum(axis=1)
    enough = known.any(axis=1) & (gaps <= (1 - LEAST_SHARE) * known.shape[1])
    return np.where(enough, squared, np.nan)


def _moments(
    values: np.ndarray, reference: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Varying items, their means, their shrunken pairwise covariance, and by how much."""
    moments = pairwise(values, reference)
    usable = np.diag(moments.covariance) > 0
    covariance = moments.covariance[np.ix_(usable, usable)]
    size = len(covariance)
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    least = np.linalg.eigvalsh(correlation)[0] if size else 1.0
    weight = max(0.0, (LEAST_EIGENVALUE - least) / (1 - least)) if least < 1 else 0.0
    shrunk = (1 - weight) * correlation + weight * np.eye(size)
    return usable, moments.mean[usable], shrunk * np.outer(scale, scale), float(weight)
