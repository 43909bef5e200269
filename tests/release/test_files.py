"""SPSS and Stata files reread by others: labels in both languages, missing answers kept apart."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from coproduction.intake.readers import read_export
from coproduction.privacy.pseudonyms import codes_of, pseudonyms, secret_generator
from coproduction.release.deidentify import deidentify
from coproduction.release.files import joined, write_dta, write_sav
from coproduction.release.variables import describe, missing_labels, variables

RULES = {"quasi_identifiers": ["sex", "weight"], "k": 2, "suppress": True}


@pytest.fixture(scope="module")
def made(cleaned, survey):
    generator = secret_generator(b"secret", "release")
    numbers = pseudonyms(codes_of(cleaned.responses, ["place"]), b"secret")
    parts = (cleaned.responses, cleaned.scores, survey, RULES, generator, numbers)
    table = deidentify(*parts, hidden={}, minimum=1).table
    described = variables(table, survey)
    return SimpleNamespace(
        table=table,
        described=described,
        sav=write_sav(table, described, survey),
        dta=write_dta(table, described, survey),
    )


def floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy("float64", na_value=np.nan)


def test_spss_reads_the_same_codes_labels_and_user_missing_values(made, survey):
    table, meta = pyreadstat.read_sav(io.BytesIO(made.sav), user_missing=True)
    assert list(table) == list(made.table)
    for variable in made.described:
        if variable.text:
            assert table[variable.name].tolist() == made.table[variable.name].fillna("").tolist()
        else:
            np.testing.assert_array_equal(
                floats(table[variable.name]), floats(made.table[variable.name])
            )
    assert meta.column_names_to_labels["t1"] == "信一 / Trust one"
    assert meta.column_names_to_labels["trust"] == "信任 (得分) / Trust (score)"
    labels = meta.variable_value_labels["t1"]
    assert labels[1] == "很不同意 / Strongly disagree"
    assert labels[-88] == "不清楚 / Don't know"
    assert labels[-100] == "为保护受访者而隐去 / Suppressed to protect respondents"
    assert meta.missing_ranges["t1"] == [{"lo": -100.0, "hi": -66.0}]
    assert "flags" not in meta.missing_ranges
    assert meta.variable_measure["t1"] == "ordinal" and meta.variable_measure["sex"] == "nominal"
    user_missing, _ = pyreadstat.read_sav(io.BytesIO(made.sav))
    assert user_missing["y2"].isna().all()


def test_stata_reads_the_same_codes_labels_and_letters(made, survey):
    table = pd.read_stata(io.BytesIO(made.dta), convert_categoricals=False, convert_missing=True)
    order = sorted(missing_labels(survey), reverse=True)
    letters = {code: f".{chr(ord('a') + n)}" for n, code in enumerate(order)}
    for variable in made.described:
        found, expected = table[variable.name], made.table[variable.name]
        if variable.text:
            assert found.tolist() == expected.fillna("").tolist()
            continue
        told = [str(cell) if not isinstance(cell, int | float) else float(cell) for cell in found]
        for cell, value in zip(told, expected, strict=True):
            if pd.isna(value):
                assert cell == "."
            elif variable.missing and value in letters:
                assert cell == letters[value]
            else:
                assert cell == float(value)
    with pd.read_stata(io.BytesIO(made.dta), iterator=True) as reader:
        assert reader.variable_labels()["t1"] == "信一 / Trust one"
    _, meta = pyreadstat.read_dta(io.BytesIO(made.dta))
    labels = meta.variable_value_labels["t1"]
    assert labels[5] == "很同意 / Strongly agree"
    assert labels[letters[-88][1]] == "不清楚 / Don't know"


def test_the_project_s_own_reader_reads_them_again(made, survey):
    """All but multiple choices with codes of missing answers, and what is suppressed."""
    absent = [item.id for item in survey.questions if item.id not in made.table] + ["weight"]
    ticks = [name for name in made.table if name.startswith("tasks_")]
    ignored = ["flags", "completeness", "trust", "duty", "weight", *ticks]
    for data, source in ((made.sav, "r.sav"), (made.dta, "r.dta")):
        read = read_export(
            data, survey, source, absent_items=absent, ignore_columns=ignored
        ).responses
        for name in ("t1", "t3", "served", "hours", "y2"):
            np.testing.assert_array_equal(floats(read[name]), floats(made.table[name]), name)


def test_the_same_table_gives_the_same_bytes_at_any_time(made, survey):
    time.sleep(1.1)
    assert write_sav(made.table, made.described, survey) == made.sav
    assert made.sav[92:109] == b"01 Jan 7000:00:00"
    assert b"<timestamp>\x1101 Jan 1970 00:00</timestamp>" in made.dta
    assert write_dta(made.table, made.described, survey) == made.dta


def test_labels_that_are_too_long_keep_a_part_of_every_language():
    label = {"zh-CN": "社" * 200, "en": "a" * 10}
    size = lambda text: len(text.encode("utf-8"))  # noqa: E731
    short = joined(label, ["zh-CN", "en"], 119, size)
    assert size(short) <= 119 and short.endswith("… / aaaaaaaaaa")
    assert len(joined(label, ["zh-CN", "en"], 80, len)) <= 80
    assert joined({"en": "a\n b"}, ["en"], 80, len) == "a b"
    assert joined({"zh-CN": "1", "en": "1"}, ["zh-CN", "en"], 80, len) == "1"


def test_every_column_is_described_in_every_language(made, survey):
    told = describe(made.described, survey)
    assert told["variable"].drop_duplicates().tolist() == list(made.table)
    assert len(told) == 2 * len(made.table.columns)
    assert (told["label"] != "").all()
    row = told[(told["variable"] == "tasks_2") & (told["language"] == "en")].iloc[0]
    assert row["label"] == "Tasks: Patrol"
    assert row["values"].startswith("1 = Ticked; 0 = Not ticked; -88 = Don't know")


def test_stata_takes_a_column_that_begins_with_many_missing_answers(made, survey):
    many = pd.concat([made.table[made.table["t1"] < 0].head(1)] * 150 + [made.table])
    many = many.reset_index(drop=True)
    read = pd.read_stata(
        io.BytesIO(write_dta(many, made.described, survey)),
        convert_categoricals=False,
        convert_missing=True,
    )
    known = many["t1"].notna()
    assert read["t1"][known].tolist() == many["t1"][known].tolist()
