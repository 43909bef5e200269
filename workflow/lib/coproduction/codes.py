"""Codes of answers and categories as text: the names that groups have in every table."""

from __future__ import annotations

from numbers import Real
from typing import Any

import pandas as pd


def code_text(value: Any) -> str:
    """Write a code as it stands in the questionnaire, whole numbers with all their digits.

    Two different codes never have the same text: `1101011` is not `1.10101e+06`.
    """
    if not isinstance(value, Real):
        return str(value)
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def code_texts(codes: pd.Series) -> pd.Series:
    """Write a column of codes as text, so that 101 and "101" are one; missing ones stay missing."""
    return codes.astype(object).map(code_text, na_action="ignore").astype("string")


def indicator(variable: str, code: str) -> str:
    """Name the term of a category: `v[code]`."""
    return f"{variable}[{code}]"


def factors_of(term: str) -> tuple[str, ...]:
    """Name the factors of a product, `a:b`; a term that is no product is its own only one."""
    return tuple(term.split(":"))


def category_of(term: str) -> str:
    """Find the code in the name of a category's term."""
    return term.partition("[")[2].removesuffix("]")
