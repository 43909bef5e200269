from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.tables import read_csv, read_parquet, write_csv, write_parquet

TYPES = {
    "estimate": "number",
    "text": "text",
    "n": "integer",
}


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_csv_keeps_every_digit_of_a_number(numbers):
    table = pd.DataFrame({"estimate": numbers})
    assert read_csv(write_csv(table), TYPES)["estimate"].tolist() == numbers


def test_csv_is_utf8_with_unix_line_ends_and_keeps_chinese_and_quotes():
    table = pd.DataFrame({"text": ['他说"好"', "两\n行", ""], "n": [1, 2, 3]})
    data = write_csv(table)
    assert b"\r" not in data
    assert read_csv(data, TYPES)["text"].tolist() == ['他说"好"', "两\n行", ""]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd", "-x", "@sum", "\t=1", "-1+1", "--1", "=HYPERLINK('a')", "'=1", "''-x"),
        *("＝1+1", "＋1", "－1", "＠sum", "﹦1", "'＝1", "\n=1"),
    ],
)
def test_formulas_are_plain_text_in_a_spreadsheet_and_come_back_as_they_were(text):
    data = write_csv(pd.DataFrame({"text": [text, "plain"]}))
    assert data.splitlines()[1].lstrip(b'"').startswith(b"'")
    assert read_csv(data, TYPES)["text"].tolist() == [text, "plain"]


@pytest.mark.parametrize("text", ["-88", "+5", "-0.5", "a=b", "'quoted'", "x@y", ""])
def test_numbers_and_other_texts_stay_as_they_are(text):
    data = write_csv(pd.DataFrame({"text": [text], "n": [-1]}))
    assert data.decode().splitlines()[1] == f"{text or ''},-1"
    assert read_csv(data, TYPES)["text"].tolist() == [text]


@given(st.lists(st.text(alphabet="=+-@'\t1a＝＠", max_size=5), min_size=1))
def test_every_text_comes_back(texts):
    assert read_csv(write_csv(pd.DataFrame({"text": texts})), TYPES)["text"].tolist() == texts


def test_an_empty_column_is_read_as_its_declared_type():
    table = read_csv(b"text,estimate\n,\n", TYPES)
    assert table["text"].tolist() == [""]
    assert np.isnan(table["estimate"].iloc[0])


def test_parquet_keeps_integers_with_gaps_apart_from_floats():
    table = pd.DataFrame(
        {
            "code": pd.array([1, None], "Int64"),
            "score": pd.array([np.nan, 0.5], "Float64"),
            "text": pd.array(["甲", None], "string"),
        }
    )
    again = read_parquet(write_parquet(table))
    assert again["code"].dtype == "Int64"
    assert again["code"].isna().tolist() == [False, True]
    assert again["score"].iloc[1] == 0.5
    assert again["text"].iloc[0] == "甲"


def test_the_same_table_gives_the_same_bytes():
    table = pd.DataFrame({"a": range(50), "b": ["x"] * 50})
    assert write_parquet(table) == write_parquet(table.copy())
