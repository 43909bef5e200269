"""Respondents who belong together: their clusters, across groups, and what each adds to a sum.

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
import pandas as pd

from coproduction.errors import Refusal


def cluster_numbers(clusters: pd.Series) -> np.ndarray:
    """Give clusters numbers from 0 in their order.

    Raises
    ------
    Refusal
        Where a respondent's cluster is unknown or there is only one.
    """
    unknown = int(clusters.isna().sum())
    if unknown:
        raise Refusal("cluster_unknown", n=unknown)
    numbers, names = pd.factorize(clusters, sort=True)
    if len(names) < 2:
        raise Refusal("needs_two_clusters")
    return numbers


def clusters_by_group(
    clusters: pd.Series | None, parts: Sequence[pd.DataFrame], groups: Sequence[str]
) -> tuple[np.ndarray, ...] | None:
    """Give each group's respondents the numbers of their clusters, alike in every group.

    None where there are no clusters or every group is one: given the group, its respondents are
    then independent.

    Parameters
    ----------
    clusters
        Cluster of each respondent.
    parts, groups
        Answers and name of each group.

    Raises
    ------
    Refusal
        As `cluster_numbers`, and where some groups lie within one cluster and others do not.
    """
    if clusters is None:
        return None
    numbers = cluster_numbers(pd.concat([clusters.loc[part.index] for part in parts]))
    split = tuple(np.split(numbers, np.cumsum([len(part) for part in parts])[:-1]))
    alone = [group for each, group in zip(split, groups, strict=True) if len(np.unique(each)) < 2]
    if len(alone) == len(split):
        return None
    if alone:
        raise Refusal("group_in_one_cluster", group=alone[0])
    return split


def correction(present: np.ndarray) -> float:
    """√(J / (J − 1)) of the clusters that a boolean array marks."""
    count = int(present.sum())
    return float(np.sqrt(count / (count - 1)))


def cluster_sums(scores: Sequence[np.ndarray], clusters: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Add up each group's scores within clusters, scaled by √(J / (J − 1)).

    Parameters
    ----------
    scores, clusters
        Cases × q and the cluster of each case, for each group.

    Returns
    -------
    list of numpy.ndarray
        For each group clusters × q, the clusters of all groups in order; zero where a group has no
        respondents.
    """
    names, member = np.unique(np.concatenate(clusters), return_inverse=True)
    ends = np.cumsum([len(each) for each in clusters])[:-1]
    found = []
    for rows, places in zip(scores, np.split(member.ravel(), ends), strict=True):
        sums = np.zeros((len(names), rows.shape[1]))
        np.add.at(sums, places, rows)
        found.append(sums * correction(np.bincount(places, minlength=len(names)) > 0))
    return found
