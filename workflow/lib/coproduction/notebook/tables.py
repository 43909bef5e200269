"""What the functions for notebooks do with tables: find a column, say notes in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.notes import sentences
from coproduction.options import check_option
from coproduction.printing import printed
from coproduction.rows import LonelyUnit, Rows, clustered
from coproduction.rows.sampling import ReplicateColumns, Sampling, sampled

ALIKE, UNIT = "weight of all", "cluster of each"
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


def rows_of(
    table: pd.DataFrame,
    *,
    cluster: str | pd.Series | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    population: str | None = None,
    lonely: LonelyUnit = "fail",
    replicates: ReplicateColumns | None = None,
) -> Rows:
    """Say what the rows of a table stand for: who belongs together, how many each stands for.

    Parameters
    ----------
    table
        One row per respondent.
    cluster
        Cluster of each: a column of `table` or a series on its index, missing where unknown.
    weight
        Column of weights: how many of the population each row stands for.
    stratum, population
        Columns: the stratum that each cluster (or row, where there are none) was drawn in, and how
        many of them the population has there.
    lonely
        What a stratum with one cluster adds to variances: `fail`, `certainty`, `average` or
        `adjust`.
    replicates
        Columns of replicate weights, and how they were made.

    Returns
    -------
    Rows
        What estimators take as `rows`. Without it each row stands for itself.

    Raises
    ------
    StudyError
        If the table lacks a column, or a weight or stratum cannot be used.
    """
    rows = Rows(table.index) if cluster is None else clustered(column(table, cluster))
    told = [name for name in (weight, stratum, population) if name is not None]
    columns(table, told)
    if not told and replicates is None:
        return rows
    check_option("lonely", lonely, LonelyUnit)
    given = table if weight else table.assign(**{ALIKE: 1.0})
    if cluster is not None:
        given = given.assign(**{UNIT: column(table, cluster)})
    sampling = Sampling(
        weight=weight or ALIKE,
        units=(None if cluster is None else UNIT,),
        strata=(stratum,),
        populations=(population,),
        lonely=lonely,
        replicates=replicates,
    )
    made = sampled(given, sampling)
    design = made.design if stratum or population else None
    return replace(
        rows,
        weight=made.weight if weight else None,
        design=design,
        replicates=made.replicates,
    )


def worded(headline: str, table: pd.DataFrame, *shown: str) -> Table:
    """Make a result of a table: notes in English, no columns in which nothing stands."""
    said = {name: table[name].fillna("").map(sentences) for name in NOTES if name in table}
    table = table.assign(**said)
    empty = [name for name in table if table[name].replace("", np.nan).isna().all()]
    return Table(headline, table.drop(columns=empty), shown)
