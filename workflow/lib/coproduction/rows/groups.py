"""Rows of several groups, whose clusters may reach across them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.rows.rows import Rows, rows_at


def check_known(rows: Rows) -> None:
    """Refuse rows of which it is unknown in which cluster they are.

    Raises
    ------
    Refusal
        With their number.
    """
    unknown = 0 if rows.cluster is None else int((~rows.cluster.known).sum())
    if unknown:
        raise Refusal("cluster_unknown", n=unknown)


def check_clusters(rows: Rows) -> None:
    """Refuse clusters that tell nothing about how much clusters vary.

    Raises
    ------
    Refusal
        Where a row's cluster is unknown or there is only one.
    """
    check_known(rows)
    if rows.n_clusters is not None and rows.n_clusters < 2:
        raise Refusal("needs_two_clusters")


def rows_across(
    rows: Rows | None, parts: Sequence[pd.DataFrame], groups: Sequence[str], *heeded: str
) -> Rows:
    """Find the rows of all groups, one group after the other.

    They are independent where every group is one cluster: given the group, its respondents are.

    Parameters
    ----------
    rows
        Rows, those of the groups among them; None where each stands for itself.
    parts, groups
        Answers and name of each group.
    heeded
        Attributes of the rows that are taken into account, as in `heeding`.

    Raises
    ------
    Refusal
        As `heeding` and `check_clusters`, and where some groups lie within one cluster and others
        do not.
    """
    first, *others = (part.index for part in parts)
    found = rows_at(first.append(others), rows, *heeded)
    check_clusters(found)
    if found.cluster is None:
        return found
    ends = np.cumsum([len(part) for part in parts])[:-1]
    inside = np.split(found.cluster.codes, ends)
    alone = [name for codes, name in zip(inside, groups, strict=True) if len(np.unique(codes)) < 2]
    if len(alone) == len(parts):
        return found.independent
    if alone:
        raise Refusal("group_in_one_cluster", group=alone[0])
    return found
