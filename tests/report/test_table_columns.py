"""Every column of every result table has a format, and every machine word its words."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from coproduction.report.columns import NUMBERS, TEXTS, WORDS, cell
from coproduction.report.numbers import count
from coproduction.report.words import words
from coproduction.schemas import result_columns

TABLES = result_columns()
COLUMNS = sorted(
    {
        (name, kind)
        for columns in TABLES.values()
        for name, (kind, _) in columns.items()
        if name not in (*TEXTS, *WORDS)
    }
)
MACHINE = re.compile("[a-z_]{3,}")


@pytest.mark.parametrize(("name", "kind"), COLUMNS)
def test_whole_numbers_have_no_decimals_and_others_keep_theirs(name, kind):
    if kind == "integer":
        assert cell({name: 1794.0}, name, None).replace(",", "") == "1794"
        assert cell({name: float("nan")}, name, None) == "–"
    elif kind == "number":
        shown = cell({name: 0.25}, name, None)
        assert any(digits in shown for digits in (".25", "25.0%", "0.2"))
    elif kind == "text":
        assert cell({name: "as it is"}, name, None) == "as it is"


def test_every_format_is_that_of_a_column():
    known = {name for columns in TABLES.values() for name in columns}
    counted = {name for name, written in NUMBERS.items() if written is count}
    assert counted <= known


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_vocabulary_of_a_column_exists(language):
    assert set(WORDS.values()) <= set(words(language))


def test_no_machine_word_stands_in_a_chinese_table(composed, tables):
    models = tables["inference/models.csv"]
    failed = models.assign(model="m2", status="failed", n=float("nan"))
    tables["inference/models.csv"] = pd.concat([models, failed], ignore_index=True)
    codes = {
        value
        for table in tables.values()
        for name in set(WORDS) & set(table.columns)
        for value in table[name]
        if MACHINE.fullmatch(value)
    }
    assert {"fitted", "failed"} <= codes
    shown = {
        text
        for section in composed(language="zh-CN", tables=tables).sections
        for block in section.blocks
        if block.kind == "table"
        for row in block.rows
        for text in row
    }
    assert not shown & codes
    assert "未能拟合" in shown
