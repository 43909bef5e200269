"""A file that cannot be read is refused in one sentence: file, row, column, and what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from answered import Submission
from files import delimited, excel
from layouts import Sheet, kobotoolbox, limesurvey, odk_central, surveyjs
from panels import paper, plain, qualtrics, wenjuanxing

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.readers import join, read_export


@pytest.fixture
def kobo(demo: Instrument, people: list[Submission]) -> bytes:
    return delimited(kobotoolbox(demo, people), ";", quote=True)


@pytest.fixture
def table(demo: Instrument, people: list[Submission]) -> Sheet:
    return plain(demo, people)


@pytest.fixture
def refusal(demo: Instrument) -> Callable[..., str]:
    """The sentence with which a file is refused."""

    def read(data: bytes, **options) -> str:
        with pytest.raises(StudyError) as error:
            join([read_export(data, demo, "raw/file.csv", **options)])
        sentence = str(error.value)
        assert "\n" not in sentence
        assert len(sentence) < 700
        assert sentence.endswith(".")
        return sentence

    return read


UUID2 = b"6f1c3c4e-0000-4000-8000-000000000002"


def put(sheet: Sheet, row: int, column: str, text: str) -> Sheet:
    """The same sheet with another text in one cell; rows count from 1."""
    rows = [list(cells) for cells in sheet.rows]
    rows[row - 1][sheet.header.index(column)] = text
    return Sheet(sheet.header, rows)


def test_an_empty_file(refusal) -> None:
    for data in (b"", b"\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"):
        assert "raw/file.csv is empty: export it again" in refusal(data)


def test_a_header_without_rows(refusal, kobo) -> None:
    header = kobo.split(b"\n")[0] + b"\n"
    for data in (header, header + b"\n\n", header.rstrip()):
        assert "has a header but no rows" in refusal(data)


def test_a_wrong_delimiter(refusal, table) -> None:
    for delimiter in "|:":
        told = refusal(delimited(table, delimiter))
        assert "the header has one column only" in told
        assert "commas, semicolons or tabs" in told


def test_an_encoding_that_is_none_of_the_known(refusal, table) -> None:
    named = put(table, 1, "comment", "Zoë Müller")
    assert "neither UTF-8 nor GB18030" in refusal(delimited(named, encoding="cp1252"))
    assert "neither UTF-8 nor GB18030" in refusal(
        delimited(put(table, 1, "comment", "路燈壞了請維修"), encoding="big5", quote=True)
    )


def test_utf_8_that_was_cut_within_a_letter_is_not_read_as_another_encoding(refusal, table) -> None:
    data = delimited(put(table, 3, "comment", "路灯坏了请修"))
    told = refusal(data[: data.rindex("修".encode()) + 2])
    assert "line 5: the file is UTF-8, but here are bytes that are not" in told


def test_text_that_was_encoded_twice(refusal, table) -> None:
    data = delimited(put(table, 3, "comment", "路灯坏了请修"))
    told = refusal(data.decode("latin-1").encode("utf-8"))
    assert "was encoded as UTF-8 twice" in told


def test_letters_that_two_encodings_read_differently(refusal, table) -> None:
    data = delimited(put(table, 1, "comment", "志"), encoding="gb18030")
    assert "can be read as UTF-8 and as GB18030" in refusal(data)


def test_nul_bytes(refusal, kobo) -> None:
    data = kobo.replace(b'"43"', b'"4\x003"')
    assert "raw/file.csv, line 2: a NUL byte" in refusal(data)


def test_a_column_that_is_no_item(refusal, table) -> None:
    unknown = Sheet([*table.header, "rents"], [[*row, "x"] for row in table.rows])
    told = refusal(delimited(unknown))
    assert "raw/file.csv: the column `rents` is not in instrument.yaml" in told
    assert "did you mean `rent`?" in told
    assert "`ignore_columns`" in told


def test_a_code_that_is_no_answer(refusal, table) -> None:
    told = refusal(delimited(put(table, 3, "tenure", "7")))
    assert "raw/file.csv, row 3, column `tenure` (item `tenure`): found `7`" in told
    assert "expected one of 1 自有住房; 2 租房; 3 其他" in told


def test_every_row_and_column_that_does_not_fit_is_named_at_once(demo, people) -> None:
    sheet = plain(demo, [people[0]] * 8)
    sheet = Sheet(sheet.header, [[str(n), *row[1:]] for n, row in enumerate(sheet.rows)])
    for row in range(2, 9):
        sheet = put(put(sheet, row, "tenure", str(row + 5)), row, "age", "old")
    with pytest.raises(StudyError) as refused:
        read_export(delimited(sheet), demo, "raw/file.csv")
    told = str(refused.value).splitlines()
    assert len(told) == 2
    for line, item in zip(told, ("age", "tenure"), strict=True):
        assert f"row 2, column `{item}`" in line
        assert "Likewise in rows 3, 4, 5, 6 and 2 more." in line
    assert "`8`" not in told[1]


@pytest.mark.parametrize(
    ("column", "text", "wanted"),
    [
        ("age", "forty", "a whole number"),
        ("age", "43.5", "a whole number"),
        ("age", "1,800", "a whole number"),
        ("age", "1e30", "a whole number"),
        ("age", "inf", "a whole number"),
        ("age", "=1+1", "a whole number"),
        ("activity", "1 8", "option codes separated by spaces"),
        ("activity", "1 -88", "not both"),
        ("att1", "DK RF", "one of 1 非常不同意"),
    ],
)
def test_a_cell_of_the_wrong_kind(column, text, wanted, refusal, table) -> None:
    told = refusal(delimited(put(table, 1, column, text)))
    assert f"row 1, column `{column}` (item `{column}`)" in told
    assert wanted in told


def test_the_first_wrong_row_is_named_as_a_person_counts_it(refusal, table) -> None:
    data = delimited(put(put(table, 2, "age", "x"), 3, "age", "x"))
    assert "row 2, column `age`" in refusal(data)
    blank = data.replace(b"\n6f1c3c4e-0000-4000-8000-000000000002", b"\n,,,,\n" + UUID2)
    assert "row 3, column `age`" in refusal(blank)


def test_a_submission_that_stands_twice(refusal, table) -> None:
    doubled = Sheet(table.header, [*table.rows, table.rows[0]])
    told = refusal(delimited(doubled))
    assert "`6f1c3c4e-0000-4000-8000-000000000001` stands twice" in told
    assert "raw/file.csv row 1 and raw/file.csv row 4" in told


def test_a_header_that_stands_twice(refusal, table) -> None:
    doubled = Sheet([*table.header, "age"], [[*row, "43"] for row in table.rows])
    assert "the header `age` stands more than once" in refusal(delimited(doubled))
    assert "the header `age` stands more than once" in refusal(excel(doubled))


def test_a_column_without_a_header_is_refused_only_if_it_holds_something(
    refusal, table, demo
) -> None:
    for encode in (delimited, excel):
        empty = Sheet([*table.header, ""], [[*row, ""] for row in table.rows])
        assert len(read_export(encode(empty), demo, "file").responses) == 3
        full = Sheet([*table.header, ""], [[*row, "x"] for row in table.rows])
        assert f"column {len(table.header) + 1} has no header" in refusal(encode(full))


def test_a_row_that_is_longer_or_shorter_than_the_header(refusal, kobo) -> None:
    for edited in (kobo + b'"a";"b"\n', kobo + kobo.split(b"\n")[0] + b';"x"\n'):
        told = refusal(edited)
        assert "raw/file.csv, row 4:" in told
        assert "cells where the header has" in told


def test_a_quotation_mark_that_is_not_closed(refusal, kobo) -> None:
    told = refusal(kobo.replace(b'"GZ007"', b'"GZ007'))
    assert "raw/file.csv, row 3: a quotation mark is opened and not closed" in told


def test_a_cell_of_more_than_ten_million_characters(refusal, table) -> None:
    told = refusal(delimited(put(table, 2, "comment", "x" * 10_000_001)))
    assert "row 2: a cell of more than 10,000,000 characters" in told


MARKS = [
    "a" + " " * 9_000 + "b",
    "/" * 9_000,
    "-" * 9_000,
    "a[" * 4_000,
    "1、" + " *" * 4_000 + "x",
]


@pytest.mark.parametrize("write", [kobotoolbox, odk_central, limesurvey, qualtrics, wenjuanxing])
def test_headers_that_are_all_marks_take_no_time(write, refusal, demo, people) -> None:
    sheet = write(demo, people[:1])
    data = delimited(Sheet([*sheet.header, *MARKS], [[*row, *MARKS] for row in sheet.rows]))
    begun = time.process_time()
    assert "are not in instrument.yaml" in refusal(data)
    assert time.process_time() - begun < 10


def test_a_header_beyond_what_a_survey_has(refusal, table) -> None:
    long = Sheet([*table.header, "x" * 10_001], [[*row, "1"] for row in table.rows])
    assert "the longest header of 10,001 characters" in refusal(delimited(long))
    wide = [f"c{number}" for number in range(20_001)]
    assert "20,001 columns" in refusal(delimited(Sheet(wide, [["1"] * len(wide)])))
    assert "the longest header of 10,001" in refusal(json.dumps([{"x" * 10_001: 1}]).encode())


@pytest.mark.parametrize("mark", [" ", "┋", ","])
def test_a_choice_of_a_million_answers(mark, refusal, demo, people) -> None:
    sheet = wenjuanxing(demo, people)
    column = next(name for name in sheet.header if "多选" in name)
    told = refusal(delimited(put(sheet, 1, column, mark.join("1" * 1_000_000))))
    assert "row 1, column" in told


def test_joined_choices_that_differ_from_their_own_columns(refusal, demo, people) -> None:
    for edit in (("1", "0"), ("0", "1")):
        sheet = kobotoolbox(demo, people)
        place = "sechome/activity/3" if edit[0] == "1" else "sechome/activity/2"
        told = refusal(delimited(put(sheet, 1, place, edit[1]), ";"))
        assert "row 1, column `sechome/activity` (item `activity`): the columns" in told
        assert "of its answers say otherwise" in told and "1 3" not in told


def test_a_tick_that_is_neither_yes_nor_no(refusal, demo, people) -> None:
    sheet = put(kobotoolbox(demo, people, multiple="details"), 1, "sechome/activity/3", "7")
    assert "row 1, column `sechome/activity/3`: found neither" in refusal(delimited(sheet, ";"))


def test_words_where_a_tick_must_stand_are_not_repeated(refusal, demo, people) -> None:
    words = "ask 王小明, 13812345678"
    sheet = kobotoolbox(demo, people, multiple="details")
    told = refusal(delimited(put(sheet, 1, "sechome/activity/3", words), ";"))
    assert "found neither a tick nor none" in told
    assert "138" not in told and "王" not in told


@pytest.mark.parametrize("words", ["138 1234 5678", "ask my wife"])
def test_what_stands_in_place_of_a_number_is_not_repeated(words, refusal, table) -> None:
    told = refusal(delimited(put(table, 3, "rent", words)))
    assert "row 3, column `rent` (item `rent`): found an answer that is not repeated" in told
    assert words not in told


def test_marks_of_two_platforms(refusal, demo, people) -> None:
    sheet = odk_central(demo, people)
    mixed = Sheet([*sheet.header, "formdef_version"], [[*row, "1"] for row in sheet.rows])
    told = refusal(delimited(mixed))
    assert "odk_central and of surveycto" in told
    assert "name the `platform` in study.yaml" in told


def test_a_wenjuanxing_number_that_is_no_place_of_an_answer(refusal, demo, people) -> None:
    sheet = wenjuanxing(demo, people, numbers=True)
    column = next(name for name in sheet.header if "住房" in name)
    told = refusal(delimited(put(sheet, 1, column, "9")))
    assert f"row 1, column `{column}` (item `tenure`): found `9`" in told
    assert "the place of an answer from 1 to 3" in told


def test_headers_without_answers_of_a_platform_with_several_header_rows(
    refusal, demo, people
) -> None:
    sheet = qualtrics(demo, people)
    assert "has headers but no rows" in refusal(delimited(Sheet(sheet.header, sheet.rows[:2])))
    entry = paper(demo, people)
    assert "enter the answers first" in refusal(excel(Sheet(entry.header, entry.rows[:2]), "录入"))


def test_json_that_is_cut_or_holds_no_responses(refusal, demo, people) -> None:
    data = surveyjs(demo, people)
    assert "is not valid JSON" in refusal(data[:-10])
    assert "holds no responses" in refusal(b"[]")
    assert "holds no list of responses" in refusal(b"[1, 2]")
    assert "holds repeated panels" in refusal(json.dumps([{"age": [{"a": 1}]}]).encode())


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"])
def test_files_that_only_begin_like_excel_or_parquet(start, refusal) -> None:
    assert "damaged" in refusal(start + b"nothing of the kind" * 20)


def test_statistics_files_that_are_cut(refusal) -> None:
    for start in (b"$FL2@(#) SPSS DATA FILE", b"<stata_dta><header><release>118</release>"):
        assert "is damaged or no SPSS or Stata file" in refusal(start + b"\x00" * 50)


def test_a_time_zone_that_does_not_exist(refusal, kobo) -> None:
    assert "There is no time zone `Peking`" in refusal(kobo, time_zone="Peking")
