"""How a result shows itself: a headline, and the beginning of the table that it is."""

from __future__ import annotations

import html
from dataclasses import fields
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

MOST_ROWS = 16
MOST_COLUMNS = 9
SMALLEST = 0.0005


class Result(Protocol):
    """A result that can show itself.

    Attributes
    ----------
    headline
        What it is, in one line.
    shown
        Columns of its table that are printed where it has them; all if it names none.
    """

    @property
    def headline(self) -> str: ...  # noqa: D102

    @property
    def shown(self) -> tuple[str, ...]: ...  # noqa: D102

    def to_frame(self) -> pd.DataFrame:
        """Give the whole table."""


Kind = TypeVar("Kind", bound=type)


def printed(kind: Kind) -> Kind:
    """Let the results of a class print themselves, in a terminal and in a notebook."""
    kind.__repr__ = as_text  # type: ignore[assignment]
    kind._repr_html_ = as_html  # type: ignore[attr-defined]
    return kind


def as_text(result: Result) -> str:
    """Write a result for a terminal."""
    table = result.to_frame()
    body = _shown(table, result.shown).to_string(
        max_cols=MOST_COLUMNS, index=_named(table), na_rep="", float_format=number
    )
    return "\n".join(filter(None, (result.headline, body if len(table) else "", _rest(table))))


def as_html(result: Result) -> str:
    """Write a result for a notebook."""
    table = result.to_frame()
    body = _shown(table, result.shown).to_html(
        max_cols=MOST_COLUMNS, index=_named(table), na_rep="", float_format=number, border=0
    )
    return "\n".join((f"<p>{html.escape(result.headline)}</p>", body, f"<p>{_rest(table)}</p>"))


def number(value: float) -> str:
    """Write a number with three decimals."""
    return "<0.001" if 0 < value < SMALLEST else f"{round(value, 3) + 0.0:.3f}"


def p_value(value: float) -> str:
    """Write a p value behind its letter."""
    return f"p < {2 * SMALLEST}" if value < SMALLEST else f"p = {value:.3f}"


def overview(tables: Any) -> pd.DataFrame:
    """Count rows and columns of the tables that an object has for fields, but for empty ones.

    Returns
    -------
    pandas.DataFrame
        `table, rows, columns`.
    """
    found = {each.name: getattr(tables, each.name) for each in fields(tables)}
    rows = [
        (name, *table.shape)
        for name, table in found.items()
        if isinstance(table, pd.DataFrame) and len(table)
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "columns"])


def _shown(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Take the columns to print, without those that say nothing in any row."""
    chosen = table[[name for name in columns if name in table]] if columns else table
    said = [name for name in chosen if not chosen[name].replace("", np.nan).isna().all()]
    return chosen[said].head(MOST_ROWS)


def _named(table: pd.DataFrame) -> bool:
    """Whether rows have names and not only numbers."""
    return not isinstance(table.index, pd.RangeIndex)


def _rest(table: pd.DataFrame) -> str:
    more = len(table) - MOST_ROWS
    return f"… {more} more rows in to_frame()" if more > 0 else ""
