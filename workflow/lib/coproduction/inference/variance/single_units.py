"""Coefficients that rest on one cluster, or one row, alone.

Where leaving a cluster out leaves a coefficient unidentified, such as that of the cluster's own
indicator, the cluster's residuals are zero in that direction by construction. A sandwich then knows
nothing of what the coefficient would be in another cluster of the kind: its standard error is zero,
or that of all else.
"""

from __future__ import annotations

import numpy as np

WHOLE = 1 - 1e-8
NOTHING = 1e-7


def resting_on_one(x: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Tell which of k coefficients are not identified without some one cluster.

    With X = QR, X b is zero outside a cluster j for b = R⁻¹u, where u is an eigenvector of Qⱼ'Qⱼ
    with the eigenvalue 1.

    Parameters
    ----------
    x
        n × k, of full rank.
    members
        n: number of each row's cluster.
    """
    lengths = np.sqrt((x**2).sum(axis=0))
    q, r = np.linalg.qr(x / lengths)
    found = np.zeros(x.shape[1], bool)
    # The eigenvalues of a cluster add up to its leverage.
    enough = np.bincount(members, (q**2).sum(axis=1)) >= WHOLE
    for cluster in np.flatnonzero(enough):
        rows = members == cluster
        values, vectors = np.linalg.eigh(q[rows].T @ q[rows])
        if values[-1] < WHOLE:
            continue
        moved = np.abs(np.linalg.solve(r, vectors[:, values >= WHOLE]))
        found |= (moved > NOTHING * moved.max()).any(axis=1)
    return found
