"""Results show a headline and the beginning of their table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import coproduction as cp
from coproduction.printing import MOST_ROWS, number, overview, p_value, printed


@printed
@dataclass(frozen=True)
class Result:
    table: pd.DataFrame
    shown: tuple[str, ...] = ()
    headline: str = "What <it> is"

    def to_frame(self) -> pd.DataFrame:
        return self.table


def test_a_long_table_is_cut_and_says_so():
    text = repr(Result(pd.DataFrame({"a": range(100)})))
    assert text.splitlines()[0] == "What <it> is"
    assert text.splitlines()[-1] == f"… {100 - MOST_ROWS} more rows in to_frame()"
    assert len(text.splitlines()) == MOST_ROWS + 3


def test_only_columns_that_are_chosen_and_say_something_are_printed():
    table = pd.DataFrame({"a": [1, 2], "b": ["", ""], "c": [np.nan, np.nan], "d": [3, 4]})
    assert repr(Result(table, ("a", "b", "c", "e"))).splitlines()[1].split() == ["a"]
    assert repr(Result(table)).splitlines()[1].split() == ["a", "d"]


def test_rows_have_their_names_and_missing_numbers_nothing():
    table = pd.DataFrame({"x": [0.12345, np.nan]}, index=["one", "two"])
    assert repr(Result(table)).splitlines()[2:] == ["one 0.123", "two      "]


def test_an_empty_table_is_its_headline():
    assert repr(Result(pd.DataFrame({"a": []}))) == "What <it> is"


def test_a_notebook_gets_a_table_with_everything_escaped():
    page = Result(pd.DataFrame({"a": ["<b>"]}))._repr_html_()
    assert "What &lt;it&gt; is" in page and "&lt;b&gt;" in page and "<table" in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (-0.0001, "0.000"), (0.0001, "<0.001"), (-1.5, "-1.500"), (12.3456, "12.346")],
)
def test_numbers_have_three_decimals_and_none_looks_like_zero(value, text):
    assert number(value) == text


def test_a_small_p_value_is_below_a_limit():
    assert p_value(0.0002) == "p < 0.001"
    assert p_value(0.0312) == "p = 0.031"


def test_an_overview_counts_tables_and_leaves_out_empty_ones():
    @dataclass
    class Tables:
        one: pd.DataFrame
        none: pd.DataFrame
        name: str

    tables = Tables(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": []}), "x")
    assert overview(tables).to_numpy().tolist() == [["one", 2, 1]]


def test_a_factor_model_fits_on_a_screen():
    answers = np.random.default_rng(1).integers(1, 6, (300, 1)) + np.random.default_rng(2).integers(
        0, 3, (300, 12)
    )
    items = pd.DataFrame(answers, columns=[f"y{number}" for number in range(1, 13)])
    fitted = cp.confirmatory(items, {"f": list(items)}, "ML")
    text = repr(fitted)
    assert len(text.splitlines()) < 25 and max(map(len, text.splitlines())) < 120
    assert "CFI" in text and "χ²(54)" in text
    assert len(fitted.to_frame()) == len(fitted.parameters)
    assert fitted.to_frame()["kind"].iloc[0] == "loading"
