"""Numbers so small that they might point to a person."""

from __future__ import annotations

import pandas as pd


def rare(counts: pd.Series, minimum: int) -> pd.Index:
    """Name the answers whose counts must not be shown one by one.

    Parameters
    ----------
    counts
        How many gave each answer.
    minimum
        The smallest number that may be shown.

    Returns
    -------
    pandas.Index
        Answers from the rarest on: those that fewer than `minimum` gave, and more until together
        they stand for `minimum`, because a single hidden count could be worked out from the total.
        Answers that nobody gave are never among them; all others are if they are too few together.
    """
    ascending = counts[counts > 0].sort_values(kind="stable")
    if ascending.empty or ascending.iloc[0] >= minimum:
        return ascending.index[:0]
    needed = int((ascending < minimum).sum())
    while needed < len(ascending) and ascending.iloc[:needed].sum() < minimum:
        needed += 1
    return ascending.index[:needed]
