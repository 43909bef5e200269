"""Whether a cell holds an answer, and which number it is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def is_answer(column: pd.Series, missing: Iterable[int]) -> np.ndarray:
    """Tell which cells hold an answer: neither nothing nor the code of a missing answer.

    Parameters
    ----------
    column
        One item of the canonical response table, numbers or text.
    missing
        Codes that stand for a missing answer.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return ~np.isnan(as_numbers(column, missing))
    known = column.notna() & ~column.isin([str(code) for code in missing])
    return known.to_numpy(bool)


def as_numbers(column: pd.Series, missing: Iterable[int] = ()) -> np.ndarray:
    """Answers to a numeric item as floats, every kind of missing answer as NaN."""
    values = column.to_numpy("float64", na_value=np.nan, copy=True)
    values[np.isin(values, list(missing))] = np.nan
    return values
