"""SPSS and Stata files: labels, missing values, and what damaged bytes do to the library."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from coproduction.errors import StudyError
from coproduction.intake.files import readstat
from coproduction.intake.files.readstat import read_variables
from coproduction.intake.readers import read_export

EXPORTS = Path(__file__).parents[1] / "exports"
ABSENT = ("communityid", "rent", "activity", "att3", "chk1", "tru1", "tru2", "tru3", "comment")


def people(**columns: list) -> pd.DataFrame:
    """Four respondents' answers to a few questions of the demo."""
    given = {"consent": [1.0, 1, 1, 1], "age": [43.0, 30, 55, 61], "tenure": [1.0, 2, 3, 1]}
    return pd.DataFrame(given | {"att1": [1.0, 2, 3, 4], "att2": [1.0, 2, 3, 4]} | columns)


def spss(table: pd.DataFrame, folder: Path, **options) -> bytes:
    path = folder / "file.sav"
    pyreadstat.write_sav(table, str(path), **options)
    return path.read_bytes()


def test_a_label_counts_more_than_its_number_and_the_change_is_reported(demo, tmp_path) -> None:
    labels = {"tenure": {1: "租房", 2: "自有住房", 3: "Other"}}
    data = spss(people(), tmp_path, variable_value_labels=labels)
    intake = read_export(data, demo, "f.sav", absent_items=ABSENT)
    assert intake.responses["tenure"].tolist() == [2, 1, 3, 2]
    told = intake.findings[["code", "item", "found"]].to_numpy().tolist()
    assert told == [["recoded_by_label", "tenure", "1 → 2; 2 → 1"]]


def test_a_missing_value_that_the_questionnaire_does_not_know_is_blank_and_reported(
    demo, tmp_path
) -> None:
    table = people(age=[43.0, 999, 55, None], tenure=[1.0, 9, 3, 2])
    data = spss(
        table,
        tmp_path,
        variable_value_labels={"tenure": {9: "illegible"}},
        missing_ranges={"age": [998, 999], "tenure": [{"lo": 8, "hi": 9}]},
    )
    intake = read_export(data, demo, "f.sav", absent_items=ABSENT)
    assert intake.responses["age"].tolist() == [43, pd.NA, 55, pd.NA]
    assert intake.responses["tenure"].tolist() == [1, pd.NA, 3, 2]
    told = intake.findings[["code", "item", "found", "action"]].to_numpy().tolist()
    assert sorted(told) == [
        ["unknown_missing_value", "age", "999", "set_missing"],
        ["unknown_missing_value", "tenure", "9 illegible", "set_missing"],
    ]


def test_a_letter_of_stata_without_a_label_is_blank_and_reported(demo, tmp_path) -> None:
    path = tmp_path / "file.dta"
    pyreadstat.write_dta(
        people(att1=[1, 2, 3, "c"]), str(path), version=14, missing_user_values={"att1": ["c"]}
    )
    intake = read_export(path.read_bytes(), demo, "f.dta", absent_items=ABSENT)
    assert intake.responses["att1"].tolist() == [1, 2, 3, pd.NA]
    told = intake.findings[["code", "item", "found"]].to_numpy().tolist()
    assert told == [["unknown_missing_value", "att1", "c"]]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gbk", "路灯坏了，请修"),
        ("gbk", "路灯下的水太淺"),
        ("utf-8", "路灯坏了"),
        ("cp1252", "trop é cher, 5 €"),
        ("ascii", "fine"),
    ],
)
def test_texts_of_old_stata_files_are_read_in_the_encoding_of_their_time(
    encoding, words, tmp_path
) -> None:
    path = tmp_path / "file.dta"
    mark = "x" * len(words.encode(encoding))
    pyreadstat.write_dta(pd.DataFrame({"comment": [mark, "ok"]}), str(path), version=13)
    data = path.read_bytes().replace(mark.encode(), words.encode(encoding))
    assert read_variables(data, "f.dta").cells == {"comment": [words, "ok"]}


def test_a_value_that_is_not_declared_missing_is_refused(demo, tmp_path) -> None:
    data = spss(people(tenure=[1.0, 9, 3, 2]), tmp_path)
    with pytest.raises(StudyError, match=r"row 2, column `tenure`.*found `9`"):
        read_export(data, demo, "f.sav", absent_items=ABSENT)


def test_days_and_moments_are_written_as_iso(tmp_path) -> None:
    moments = pd.to_datetime(["2026-11-20 16:05:01", None])
    table = pd.DataFrame({"born": moments.date, "at": moments, "n": [1.5, None]})
    cells = read_variables(spss(table, tmp_path), "f.sav").cells
    assert cells == {
        "born": ["2026-11-20", ""],
        "at": ["2026-11-20T16:05:01", ""],
        "n": ["1.5", ""],
    }


def test_a_file_on_which_the_library_crashes_costs_one_sentence() -> None:
    with pytest.raises(
        StudyError, match=r"^d\.sav is damaged or no SPSS or Stata file \(.*\): save"
    ):
        read_variables((EXPORTS / "damaged.sav").read_bytes(), "d.sav")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("kill -SEGV $$", "reading it ends in a crash"),
        ("exec sleep 60", "reading it takes more than"),
        ("echo first >&2; echo ReadstatError >&2; exit 1", "(ReadstatError)"),
        ("exit 1", "no reason given"),
    ],
)
def test_whatever_happens_to_the_process_is_told(script, told, tmp_path, monkeypatch) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(readstat.sys, "executable", str(program))
    monkeypatch.setattr(readstat, "SECONDS", 1)
    with pytest.raises(StudyError) as error:
        read_variables(b"$FL2", "f.sav")
    assert told in str(error.value)
