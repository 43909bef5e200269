"""What is said of every column of every result table."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from importlib import resources

import pandas as pd
import pytest
import yaml

from coproduction import dictionary as package
from coproduction.dictionary import (
    Column,
    dictionary,
    read_dictionary,
    read_table,
    read_tables,
)
from coproduction.inference.analysis import Analysis
from coproduction.measurement.results import Measurement
from coproduction.tables import write_table

SMALL = read_dictionary("""
columns:
  n: [integer, count, "rows analysed"]
  estimate: [number, number]
steps:
  inference/decided.csv: judging
tables:
  inference/decided.csv:
    n:
  inference/effects.csv:
    n:
    estimate: "effect"
    term: [text, term, "term"]
  cleaning/flow.csv:
    n: "rows"
    estimate: [text, text, "in words"]
""")


def test_a_table_takes_what_is_said_for_several_and_says_the_rest_itself():
    effects, flow = SMALL.tables["inference/effects.csv"], SMALL.tables["cleaning/flow.csv"]
    assert list(effects) == ["n", "estimate", "term"]
    assert effects["n"] == Column("integer", "count", "rows analysed")
    assert effects["estimate"] == Column("number", "number", "effect")
    assert effects["term"] == Column("text", "term", "term")
    assert flow["n"] == Column("integer", "count", "rows")
    assert flow["estimate"] == Column("text", "text", "in words")


def test_a_column_is_found_by_its_table_else_among_those_of_several():
    assert SMALL.column("cleaning/flow.csv", "n").meaning == "rows"
    assert SMALL.column("", "n").meaning == "rows analysed"
    assert SMALL.column("inference/effects.csv", "none") is None


def test_the_tables_of_a_room_are_named_without_room_and_ending():
    assert SMALL.tables_of("inference") == ["decided", "effects"]
    assert SMALL.tables_of("report") == []


def test_a_table_is_made_by_the_step_of_its_folder_where_nothing_else_is_said():
    assert SMALL.made_by("inference") == ["inference/effects.csv"]
    assert SMALL.made_by("judging") == ["inference/decided.csv"]
    assert (
        SMALL.step_of("cleaning/flow.csv") == SMALL.step_of("cleaning/other.parquet") == "cleaning"
    )


def test_every_step_that_makes_a_table_has_a_rule_and_a_script_that_notes_can_name(root):
    known = dictionary()
    for step in {known.step_of(table) for table in known.tables}:
        assert (root / f"workflow/scripts/{step}.py").is_file(), step
    assert set(known.steps) <= set(known.tables)


def test_a_table_without_rows_has_the_columns_of_one_that_was_read():
    empty = SMALL.empty("inference/effects.csv")
    assert list(empty) == ["n", "estimate", "term"] and empty.empty
    assert not (empty["n"] > 0).any() and not empty["term"].eq("x").any()
    with pytest.raises(KeyError, match="effects"):
        SMALL.empty("inference/effects")


def test_the_data_dictionary_has_a_line_for_each_column():
    lines = SMALL.lines().to_dict("records")
    assert [line["column"] for line in lines] == [
        *("n", "synthetic", "n", "estimate", "term", "synthetic", "n", "estimate", "synthetic")
    ]
    assert lines[-2] == {
        **{"table": "cleaning/flow.csv", "column": "estimate"},
        **{"type": "text", "meaning": "in words"},
    }


def test_a_table_is_read_as_its_columns_say():
    files = {"results/x/release/changes.csv": b"variable,change,n,limit\n1.50,top_coded,3,\n"}
    (row,) = read_tables(files, files.get)["release/changes.csv"].to_dict("records")
    assert row["variable"] == "1.50" and row["n"] == 3.0 and row["limit"] != row["limit"]
    flow = read_table("cleaning/flow.csv", b"step,reason,n_removed,n_remaining\nreceived,,0,7\n")
    assert flow.to_dict("records") == [
        {"step": "received", "reason": "", "n_removed": 0.0, "n_remaining": 7.0}
    ]


@pytest.mark.parametrize("synthetic", [True, False])
def test_every_row_of_a_written_table_says_whether_its_data_are_synthetic(synthetic):
    flow = pd.DataFrame({"step": ["received", "kept"], "n_remaining": [7, 5]})
    data = write_table(flow, synthetic)
    header, *rows = data.decode().splitlines()
    assert header.endswith(",synthetic")
    assert all(row.endswith(f",{synthetic}") for row in rows)
    assert list(read_table("cleaning/flow.csv", data)) == ["step", "n_remaining"]


def test_every_column_has_a_meaning():
    lines = dictionary().lines()
    assert len(lines) > 500
    assert lines["meaning"].str.strip().ne("").all()


def test_a_column_of_two_tables_stands_among_the_common_ones():
    text = (resources.files(package) / "tables.yaml").read_text("utf-8")
    said = {id(columns): columns for columns in yaml.safe_load(text)["tables"].values()}
    written = Counter(
        (name, *each[:2])
        for columns in said.values()
        for name, each in columns.items()
        if name not in dictionary().common
    )
    assert [column for column, times in written.items() if times > 1] == []


def test_the_library_names_no_table_that_is_not_declared(root):
    sources = [file.read_text("utf-8") for file in (root / "workflow/lib").rglob("*.py")]
    rooms = "cleaning|intake|measurement|inference|release|planning|scenarios"
    named = {name for text in sources for name in re.findall(rf'"((?:{rooms})/\w+\.csv)"', text)}
    assert "inference/verdicts.csv" in named
    assert named <= set(dictionary().tables)


@pytest.mark.parametrize(("room", "made"), [("measurement", Measurement), ("inference", Analysis)])
def test_a_room_makes_the_tables_that_are_declared_for_it(room, made):
    assert {field.name for field in fields(made)} == set(dictionary().tables_of(room))
