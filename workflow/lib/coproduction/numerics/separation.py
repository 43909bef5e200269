"""Whether a likelihood has a finite maximum: separation, by linear programming.

A log-likelihood that is concave in the parameters has no finite maximum if, and only if, there is a
direction in which no row falls and some row climbs for ever (Albert and Anderson 1984, *Biometrika*
71, 1–10, for the logit; Correia, Guimarães and Zylkin 2019 for the log link). Such directions form
a cone, whose existence a linear programme decides (Konis 2007, thesis, University of Oxford). The
size of a coefficient decides nothing: where groups nearly separate it is large, and finite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SURE = 10.0
"""No estimate has come to rest on its way to infinity with linear predictors within this."""
CLIMBS, ZERO = 1e-5, 1e-10


@dataclass(frozen=True)
class Cone:
    """Directions d of the parameters that lower no row: `rising` @ d ≥ 0 and `fixed` @ d = 0.

    Attributes
    ----------
    rising
        m × p: a row climbs where it is positive.
    fixed
        q × p.
    """

    rising: np.ndarray
    fixed: np.ndarray


def logit_cone(outcome: np.ndarray, x: np.ndarray) -> Cone:
    """Cone of a 0/1 outcome (n) and its regressors (n × k)."""
    return Cone(np.where(outcome > 0, 1.0, -1.0)[:, None] * x, x[:0])


def count_cone(outcome: np.ndarray, x: np.ndarray, lowest: float = 0.0) -> Cone:
    """Cone of counts or amounts with a log link, of which the lowest is possible at a mean of zero.

    The lowest is 0, and 1 of counts that are truncated at zero.
    """
    low = outcome <= lowest
    return Cone(-x[low], x[~low])


def ordinal_cone(codes: np.ndarray, x: np.ndarray) -> Cone:
    """Cone of categories 0 … K − 1 (n), regressors (n × k) and K − 1 thresholds."""
    n, last = len(codes), int(codes.max())
    thresholds = np.zeros((n, last + 1))
    thresholds[np.arange(n), codes] = 1.0
    upper = np.hstack([-x, thresholds[:, :last]])[codes < last]
    thresholds = np.zeros((n, last + 1))
    thresholds[np.arange(n), codes - 1] = 1.0
    lower = np.hstack([x, -thresholds[:, :last]])[codes > 0]
    return Cone(np.vstack([upper, lower]), upper[:0])


def separating_direction(cone: Cone) -> np.ndarray | None:
    """Find a direction (p) in which the likelihood climbs for ever, or tell that there is none.

    Of the directions within a box the one is taken along which all rows together climb most, in
    coordinates in which the columns are orthonormal.
    """
    from scipy.optimize import linprog

    whole = np.vstack([cone.rising, cone.fixed])
    lengths = np.sqrt((whole**2).mean(axis=0))
    _, triangle = np.linalg.qr(whole / lengths / np.sqrt(len(whole)))
    basis = np.linalg.inv(triangle) / lengths[:, None]
    basis = basis @ _null_space(cone.fixed @ basis)
    rising = np.unique(cone.rising @ basis, axis=0)
    if not basis.shape[1] or not len(rising):
        return None
    # A row that no direction can move is no constraint, but for rounding.
    rising = rising[np.abs(rising).max(axis=1) > ZERO]
    if not len(rising):
        return None
    found = linprog(-rising.sum(axis=0), -rising, np.zeros(len(rising)), bounds=(-1, 1))
    if found.x is None or (rising @ found.x).max() < CLIMBS:
        return None
    return basis @ found.x


def separating_columns(cone: Cone, columns: Sequence[int]) -> list[int] | None:
    """Find columns that separate together, none of which can be spared; None if none do.

    Parameters
    ----------
    cone
        Cone of the likelihood.
    columns
        Those that may be spared, the last ones first.
    """
    if separating_direction(cone) is None:
        return None
    needed = list(columns)
    for column in reversed(columns):
        kept = [each for each in range(cone.rising.shape[1]) if each not in columns]
        kept += [each for each in needed if each != column]
        rest = Cone(cone.rising[:, kept], cone.fixed[:, kept])
        if separating_direction(rest) is not None:
            needed.remove(column)
    return needed


def _null_space(matrix: np.ndarray) -> np.ndarray:
    if not len(matrix):
        return np.eye(matrix.shape[1])
    _, values, vectors = np.linalg.svd(matrix, full_matrices=True)
    rank = int((values > 1e-9 * max(values[0], 1e-300)).sum())
    return vectors[rank:].T
