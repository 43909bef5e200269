"""Every column of every result table has a format and a label, and every machine word its words."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from plans import plan_of
from small_study import PLAN, PROVENANCE, STUDY, instrument

from coproduction.dictionary import Column, dictionary
from coproduction.languages import known
from coproduction.report.columns import NAMES, NUMBERS, cell, tabulate
from coproduction.report.labels import labels
from coproduction.report.material import Material
from coproduction.report.sections.tables import shown
from coproduction.report.words import words

COLUMNS = [
    (table, name, column)
    for table, columns in {**dictionary().tables, "": dictionary().common}.items()
    for name, column in columns.items()
]
VOCABULARIES = {
    column.format.removeprefix("words ")
    for _, _, column in COLUMNS
    if column.format.startswith("words ")
}
MACHINE = re.compile("[a-z_]{3,}")


def worded(column: Column) -> bool:
    return column.format.startswith("words ")


@pytest.mark.parametrize(("table", "name", "column"), COLUMNS)
def test_a_format_suits_the_type_of_its_column(table, name, column):
    if column.type == "integer":
        assert column.format in ("count", "degrees", "shortest")
    elif column.type == "number":
        assert column.format in (*NUMBERS, "category")
    elif column.type == "boolean":
        assert column.format == "yes_no"
    else:
        assert column.type == "text"
        assert worded(column) or column.format in ("text", *NAMES)


@pytest.mark.parametrize(("table", "name", "column"), COLUMNS)
def test_whole_numbers_have_no_decimals_and_others_keep_theirs(table, name, column):
    if column.type == "integer":
        assert cell({name: 1794.0}, name, None, table).replace(",", "") == "1794"
        assert cell({name: float("nan")}, name, None, table) == "–"
    elif column.format in NUMBERS:
        shown = cell({name: 0.25}, name, None, table)
        assert any(digits in shown for digits in (".25", "25.0%", "0.2"))


@pytest.mark.parametrize(
    ("table", "name", "value", "shown"),
    [
        ("measurement/reliability.csv", "alpha", 0.69961, "0.6996"),
        ("measurement/reliability.csv", "omega_total", 0.8, "0.800"),
        ("measurement/validity.csv", "htmt2", 0.85003, "0.85003"),
    ],
)
def test_no_number_is_rounded_to_the_usual_limit_that_it_misses(table, name, value, shown):
    assert cell({name: value}, name, None, table) == shown


def test_whole_numbers_stand_under_each_other_as_others_do_and_codes_do_not(schemas):
    named = labels(instrument(schemas), plan_of(PLAN), "en", synthetic=True)
    frame = pd.DataFrame({"design": ["a"], "cost": [1200], "within_budget": [True], "level": [1]})
    made = tabulate(frame, tuple(frame), named, "Designs", (), "planning/designs.csv")
    assert [numeric for _, numeric in made.columns] == [False, True, False, False]


@pytest.mark.parametrize("language", known())
def test_every_column_has_a_heading_in_every_language(language):
    headings = words(language)["columns"]
    assert [name for _, name, _ in COLUMNS if name not in headings] == []


def test_a_column_without_a_heading_is_headed_with_its_name(people):
    named = labels(people, plan_of(PLAN), "en", synthetic=True)
    assert named.heading("n_of_something") == "n of something"
    assert named.heading("alpha_interval") == named.heading("interval") == "95% CI"


@pytest.mark.parametrize(("text", "name"), [("Asked below.", "Asked below"), ("Why?", "Why?")])
def test_a_question_without_a_label_is_named_without_its_stop(schemas, text, name):
    assert labels(instrument(schemas, text), None, "en", synthetic=True).name("t1") == name


def test_a_table_needs_no_words_to_be_shown(people, tables):
    rows = tables["inference/arms.csv"].assign(n_of_something=7.5)
    material = Material(
        {"inference/arms.csv": rows},
        STUDY,
        PLAN,
        PROVENANCE,
        labels(people, plan_of(PLAN), "en", True),
    )
    columns = ("arm", "n", "n_of_something")
    (table,) = shown(material, "inference/arms.csv", columns, name="sizes_of_arms")
    assert table.caption == "sizes of arms"
    assert [heading for heading, _ in table.columns] == ["Arm", "n", "n of something"]
    assert [list(row) for row in table.rows] == [[table.rows[0][0], "99", "7.500"]]


@pytest.mark.parametrize("language", known())
def test_every_vocabulary_of_a_column_exists(language):
    assert set(words(language)) >= VOCABULARIES


def test_no_machine_word_stands_in_a_chinese_table(composed, tables):
    models = tables["inference/models.csv"]
    failed = models.assign(model="m2", status="failed", n=float("nan"))
    tables["inference/models.csv"] = pd.concat([models, failed], ignore_index=True)
    codes = {
        value
        for table, name, column in COLUMNS
        if worded(column) and table in tables
        for value in tables[table][name]
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
