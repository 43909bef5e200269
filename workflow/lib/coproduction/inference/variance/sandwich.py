"""Sandwich covariances from the rows' scores and the inverse information."""

from __future__ import annotations

import numpy as np

from coproduction.inference.options import LeverageAdjusted
from coproduction.options import check_option

EXACT = 1 - 1e-8
"""A row with so much leverage is fitted exactly."""


def cluster_sums(rows: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Sum rows (n × p) within clusters (J × p), clusters in sorted order."""
    members = np.unique(clusters, return_inverse=True)[1]
    order = np.argsort(members, kind="stable")
    starts = np.flatnonzero(np.diff(members[order], prepend=-1))
    return np.add.reduceat(rows[order], starts, axis=0)


def cr1(scores: np.ndarray, bread: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Cluster-robust covariance with the factor J / (J − 1)."""
    sums = cluster_sums(scores, clusters)
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
