"""What each cluster adds to a sum, across groups.

Each group's part is scaled by √(J / (J − 1)) with J the clusters that have respondents in it, so
that outer products of the rows, summed over clusters, estimate sampling covariances without bias
from the group's own estimates. Where clusters lie within groups this is the correction of lavaan
and Mplus, group by group; where they reach across groups the rows also hold the covariance between
the groups' estimates, which an analysis of independent groups leaves out: whatever is estimated,
its influences are added up over all that a cluster's respondents answered (Binder 1983,
*International Statistical Review* 51, 279–292; for factor models Asparouhov and Muthén 2005).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.rows import Membership


def correction(present: np.ndarray) -> float:
    """√(J / (J − 1)) of the clusters that a boolean array marks."""
    count = int(present.sum())
    return float(np.sqrt(count / (count - 1)))


def cluster_sums(scores: Sequence[np.ndarray], clusters: Sequence[Membership]) -> list[np.ndarray]:
    """Add up each group's scores within clusters, scaled by √(J / (J − 1)).

    Parameters
    ----------
    scores, clusters
        Cases × q and the cluster of each case, for each group; numbered alike in every group.

    Returns
    -------
    list of numpy.ndarray
        For each group clusters × q; zero where a group has no respondents.
    """
    pairs = zip(scores, clusters, strict=True)
    return [each.sums(rows) * correction(each.sizes > 0) for rows, each in pairs]
