"""From codes to numbers: missing answers as NaN, reversed items keyed, scale scores."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coproduction.cleaning.answers import as_numbers, is_answer
from coproduction.instrument.definition import Instrument, Item


def analysis_table(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Make the table that models are fitted to.

    Returns
    -------
    pandas.DataFrame
        `submission`; every numeric item as float with all kinds of missing as NaN; texts and
        multiple choices as text; each reversed item keyed under `<id>_r` (lowest + highest −
        value); one score per construct.
    """
    columns: dict[str, pd.Series] = {"submission": responses["submission"]}
    for item in instrument.questions:
        column = responses[item.id]
        if item.type in ("select_one", "integer", "decimal", "random"):
            numbers = as_numbers(column, instrument.missing_values)
            columns[item.id] = pd.Series(numbers, index=responses.index)
        else:
            text = column.astype("string")
            columns[item.id] = text.where(is_answer(text, instrument.missing_values))
        if item.reverse:
            columns[f"{item.id}_r"] = columns[item.id]
    return scored(pd.DataFrame(columns, index=responses.index, copy=False), instrument)


def scored(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Compute reversed items and scores of constructs anew from the items of an analysis table."""
    keyed = {
        f"{item.id}_r": item.mirrored(table[item.id])
        for item in instrument.questions
        if item.reverse
    }
    table = with_columns(table, keyed)
    scores = {name: score(table, instrument, name) for name in instrument.constructs}
    return with_columns(
        table, {name: column for name, column in scores.items() if column is not None}
    )


def with_columns(table: pd.DataFrame, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Give a wide table further columns, or other ones of the same names, all at once.

    Where each column lies for itself, putting in one after the other takes time with every one.
    """
    return pd.DataFrame({**table, **columns}, index=table.index, copy=False)


def keyed_names(items: tuple[Item, ...]) -> list[str]:
    """Columns that hold a scale's items with agreement always meaning more."""
    return [f"{item.id}_r" if item.reverse else item.id for item in items]


def score(table: pd.DataFrame, instrument: Instrument, construct: str) -> pd.Series | None:
    """Score a construct: the mean of the valid keyed items, or that mean times their number.

    A respondent with fewer than the construct's minimum share of valid items has no score (NaN).
    None if no item measures the construct.
    """
    items = instrument.scale(construct)
    if not items:
        return None
    definition = instrument.constructs[construct]
    keyed = table[keyed_names(items)]
    enough = keyed.notna().mean(axis=1) >= definition.minimum_valid - 1e-9
    mean = keyed.mean(axis=1).where(enough)
    return mean if definition.rule == "mean" else mean * len(items)
