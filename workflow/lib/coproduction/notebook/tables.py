"""What the functions for notebooks do with tables: find a column, say notes in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.notes import sentences
from coproduction.printing import printed
from coproduction.rows import Rows, clustered

#: Columns of result tables that hold codes of what is to be said.
NOTES = ("note", "reason", "warning")


def column(table: pd.DataFrame, by: str | pd.Series) -> pd.Series:
    """Take a column by its name, or as it is.

    Raises
    ------
    StudyError
        If the table has no such column.
    """
    if not isinstance(by, str):
        return by
    return columns(table, [by])[by]


def columns(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Take columns by their names.

    Raises
    ------
    StudyError
        If the table lacks one.
    """
    if lacking := [name for name in names if name not in table]:
        known = ", ".join(map(str, table.columns))
        raise StudyError(f"There is no column `{lacking[0]}` in the table; there are: {known}.")
    return table[names]


@printed
@dataclass(frozen=True)
class Table:
    """A result that is a table.

    Attributes
    ----------
    headline
        What it is, in one line.
    frame
        The table, its notes in English.
    shown
        Columns that are printed; all if none is named.
    """

    headline: str
    frame: pd.DataFrame
    shown: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Give the whole table."""
        return self.frame

    @property
    def notes(self) -> list[str]:
        """What is to be known about it, in sentences."""
        told = [text for name in NOTES if name in self.frame for text in self.frame[name] if text]
        return list(dict.fromkeys(told))


def rows_of(table: pd.DataFrame, *, cluster: str | pd.Series | None = None) -> Rows:
    """Say what the rows of a table stand for: which of them belong together.

    Parameters
    ----------
    table
        One row per respondent.
    cluster
        Cluster of each: a column of `table` or a series on its index, missing where unknown.

    Returns
    -------
    Rows
        What estimators take as `rows`. Without it each row stands for itself.
    """
    return Rows(table.index) if cluster is None else clustered(column(table, cluster))


def worded(headline: str, table: pd.DataFrame, *shown: str) -> Table:
    """Make a result of a table: notes in English, no columns in which nothing stands."""
    said = {name: table[name].fillna("").map(sentences) for name in NOTES if name in table}
    table = table.assign(**said)
    empty = [name for name in table if table[name].replace("", np.nan).isna().all()]
    return Table(headline, table.drop(columns=empty), shown)
