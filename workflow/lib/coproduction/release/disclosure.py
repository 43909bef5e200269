"""How easily a person could be found in a table, and what is suppressed so that nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

ANONYMITY = (
    *("stage", "n", "n_classes", "smallest_class", "limit", "n_below", "share_below"),
    "n_unique",
)
DIVERSITY = ("item", "in_release", "n_classes", "n_agreeing", "n_rows")
SMALL_CELLS = ("item_1", "item_2", "n_cells", "n_small", "smallest", "n_rows")


def class_sizes(table: pd.DataFrame, identifiers: Sequence[str]) -> pd.Series:
    """Count, for each row, the rows with the same values of all quasi-identifiers.

    A missing or suppressed value is a value of its own, which is the cautious way to count.
    """
    if not len(identifiers):
        return pd.Series(len(table), index=table.index)
    return table.groupby(list(identifiers), dropna=False)[identifiers[0]].transform("size")


def suppress(
    table: pd.DataFrame, identifiers: Sequence[str], k: int, code: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Suppress quasi-identifiers of the rows that fewer than k share.

    The identifier listed last is suppressed first, and only in rows whose class is still too small,
    so that those listed first keep most. The table is then k-anonymous (Sweeney 2002,
    *International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems* 10) but for rows
    that stay fewer than k with everything suppressed.

    Parameters
    ----------
    table
        Release table.
    identifiers
        Quasi-identifiers, the most needed first.
    k
        Smallest class allowed.
    code
        What stands for a suppressed value.

    Returns
    -------
    table, left
        The table with codes, and whether a row's class is still smaller than k.
    """
    table = table.copy()
    for name in reversed(identifiers):
        table.loc[class_sizes(table, identifiers) < k, name] = code
    return table, class_sizes(table, identifiers) < k


def anonymity(table: pd.DataFrame, identifiers: Sequence[str], k: int, stage: str) -> pd.DataFrame:
    """Report the classes that the quasi-identifiers make; columns as in `ANONYMITY`.

    `n_unique` counts the rows that no other equals in all columns of the table: who knows all of
    that about somebody finds the row.
    """
    sizes = class_sizes(table, identifiers)
    below = sizes < k
    n_classes = table[list(identifiers)].drop_duplicates().shape[0]
    smallest = int(sizes.min()) if len(sizes) else 0
    share = float(below.mean()) if len(sizes) else float("nan")
    unique = int((~table.duplicated(keep=False)).sum())
    row = (stage, len(table), n_classes, smallest, k, int(below.sum()), share, unique)
    return pd.DataFrame([row], columns=list(ANONYMITY))


def diversity(
    table: pd.DataFrame, attributes: pd.DataFrame, identifiers: Sequence[str]
) -> pd.DataFrame:
    """Report in how many classes everybody gave the same answer, which then is known of them all.

    That is where the table is 1-diverse (Machanavajjhala et al. 2007, *ACM Transactions on
    Knowledge Discovery from Data* 1(1)), though it may be k-anonymous.

    Parameters
    ----------
    table
        Release table.
    attributes
        Answers by item, missing ones as NA, same rows.
    identifiers
        Quasi-identifiers.

    Returns
    -------
    pandas.DataFrame
        Columns as in `DIVERSITY`: of each item, whether it is in the table, the number of classes,
        of those that agree entirely, and of the rows in these. Where anybody has no answer, the
        class does not agree.
    """
    classes = table.groupby(list(identifiers), dropna=False).ngroup()
    rows = []
    for name in attributes:
        values = attributes[name]
        groups = values.groupby(classes)
        agreeing = (groups.nunique() == 1) & (groups.count() == groups.size())
        n_rows = int(groups.size()[agreeing].sum())
        rows.append((name, name in table, len(agreeing), int(agreeing.sum()), n_rows))
    return pd.DataFrame(rows, columns=list(DIVERSITY))


def small_cells(
    table: pd.DataFrame, items: Sequence[str], identifiers: Sequence[str], minimum: int
) -> pd.DataFrame:
    """Count the cells that fewer rows than the minimum are in.

    Returns
    -------
    pandas.DataFrame
        Columns as in `SMALL_CELLS`: of every item alone and of every pair of quasi-identifiers, the
        number of cells that hold anybody, of those that hold too few, the smallest, and the rows in
        cells that hold too few.
    """
    rows = []
    for names in [*((item,) for item in items), *combinations(identifiers, 2)]:
        cells = table.groupby(list(names), dropna=True).size()
        small = cells[cells < minimum]
        smallest = int(cells.min()) if len(cells) else 0
        first, second = (*names, "")[:2]
        rows.append((first, second, len(cells), len(small), smallest, int(small.sum())))
    return pd.DataFrame(rows, columns=list(SMALL_CELLS))
