"""Sandwich covariances from the rows' scores and the inverse information."""

from __future__ import annotations

import numpy as np

from coproduction.inference.options import LeverageAdjusted
from coproduction.options import check_option
from coproduction.rows import Membership

EXACT = 1 - 1e-8
"""A row with so much leverage is fitted exactly."""


def cr1(scores: np.ndarray, bread: np.ndarray, together: Membership) -> np.ndarray:
    """Cluster-robust covariance with the factor J / (J − 1)."""
    sums = together.sums(scores)
    n_clusters = len(sums)
    return bread @ (sums.T @ sums) @ bread * n_clusters / (n_clusters - 1)


def hc1(scores: np.ndarray, bread: np.ndarray) -> np.ndarray:
    """Heteroskedasticity-robust covariance with the factor n / (n − p)."""
    n, p = scores.shape
    return bread @ (scores.T @ scores) @ bread * n / (n - p)


def leverage_adjusted(
    scores: np.ndarray,
    bread: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    kind: LeverageAdjusted,
) -> np.ndarray:
    """HC2 and HC3 (Long and Ervin 2000), leverages from the weighted hat matrix.

    A row that the model fits exactly has a residual of zero and adds nothing.
    """
    check_option("kind", kind, LeverageAdjusted)
    leverage = np.einsum("ij,jk,ik->i", x, bread, x) * weights
    left = np.where(leverage < EXACT, 1 - leverage, np.inf)
    factor = 1 / left if kind == "HC2" else left**-2
    return bread @ (scores.T @ (scores * factor[:, None])) @ bread
