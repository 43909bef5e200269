"""Variables that the analysis plan derives from answers and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.instrument.expressions import evaluate


def derive(table: pd.DataFrame, variables: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Add the plan's derived variables to an analysis table.

    Parameters
    ----------
    table
        One row per analysed respondent: numeric items with missing answers as NaN, multiple choices
        as text of ticked codes, construct scores.
    variables
        The `variables` block of the plan, each with `expression`, `recode`, `count` or `first`.

    Returns
    -------
    pandas.DataFrame
        The table with one float column more per variable; a condition gives 1, 0 or NaN.

    Raises
    ------
    StudyError
        If an expression names a column the table does not have.
    """
    table = table.copy()
    for variable in variables:
        table[variable["id"]] = _derived(table, variable).astype("float64")
    return table


def _derived(table: pd.DataFrame, variable: Mapping[str, Any]) -> pd.Series:
    if "expression" in variable:
        return evaluate(variable["expression"], table)
    if "first" in variable:
        return table[list(variable["first"])].astype("float64").bfill(axis=1).iloc[:, 0]
    if "recode" in variable:
        values = {int(code): number for code, number in variable["recode"]["values"].items()}
        return table[variable["recode"]["item"]].map(values)
    excluded = {str(code) for code in variable["count"].get("exclude", ())}
    ticked = table[variable["count"]["item"]].astype("string").str.split(" ")
    counted = ticked.map(lambda codes: len(set(codes) - excluded), na_action="ignore")
    return counted.astype("Float64")
