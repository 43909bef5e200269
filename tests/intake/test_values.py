"""One cell at a time: numbers, dates, choices and moments as programs and people spell them."""

from __future__ import annotations

import datetime
import io
import json
import zoneinfo
from datetime import UTC

import pandas as pd
import pytest
from files import delimited, excel, parquet
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import Sheet
from openpyxl import Workbook
from panels import plain, wenjuanxing
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.intake.moments import iso_date, seconds, utc
from coproduction.intake.readers import read_export

HOUR = datetime.timedelta(hours=1)
CODES = headed(
    "few",
    """
response_sets:
  places:
    level: nominal
    options:
      - {value: 1, label: {en: "New York"}}
      - {value: 2, label: {en: "New"}}
      - {value: 3, label: {en: "York"}}
sections:
  - id: one
    label: {en: One}
    items:
      - {id: home, response_set: places, text: {en: "Home?"}}
      - {id: been, type: select_multiple, response_set: places, text: {en: "Been?"}}
      - {id: size, type: decimal, text: {en: "Size?"}}
      - {id: born, type: date, text: {en: "Born?"}}
      - {id: name, type: text, text: {en: "Name?"}}
""",
    wires=True,
)


@pytest.fixture(scope="module")
def few(parse):
    return parse(CODES)


@pytest.fixture(scope="module")
def one(few):
    """Read one row with the given cells, the others blank."""

    def read(**cells: str) -> pd.Series:
        names = [item.id for item in few.questions]
        row = [cells.get(name, "") for name in names]
        data = delimited(Sheet(["id", *names], [["1", *row]]))
        return read_export(data, few, "few.csv").responses.iloc[0]

    return read


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3.0), ("3.50", 3.5), ("-.5", -0.5), ("+2", 2.0), ("1e3", 1000.0), ("３.５", 3.5)],
)
def test_numbers_in_every_plain_spelling(text, number, one) -> None:
    assert one(size=text)["size"] == number


@pytest.mark.parametrize(
    "text", ["3,5", "1 000", "0x10", "inf", "1_000", "3m", "True", "½", "--1", "1e999"]
)
def test_what_is_no_plain_number_is_refused_not_guessed(text, one) -> None:
    with pytest.raises(StudyError, match=r"few\.csv, row 1, column `size`"):
        one(size=text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-20", "2026-11-20 00:00:00", "2026/11/20", "2026年11月20日", "Nov 20, 2026"],
)
def test_dates_are_written_as_year_month_day(text, one) -> None:
    assert one(born=text)["born"] == "2026-11-20"


@pytest.mark.parametrize("text", ["11/12/2026", "20.11.2026", "2026", "20261120", "soon"])
def test_dates_whose_day_and_month_would_be_a_guess_are_refused(text, one) -> None:
    with pytest.raises(StudyError, match="expected a date as 2026-11-20"):
        one(born=text)


@pytest.mark.parametrize("text", ["NA", "null", "n/a", "007", "1.0", "True", "=1+1"])
def test_text_is_kept_as_it_was_typed(text, one) -> None:
    assert one(name=text)["name"] == text


def test_na_that_r_wrote_for_missing_is_blank_in_text_too(few) -> None:
    names = ["home", "been", "size", "born", "name"]
    rows = [["1", "NA", "NA", "2", "NA", "NA"], ["2", "1", "2", "NA", "2026-01-02", "Na"]]
    read = read_export(delimited(Sheet(["id", *names], rows)), few, "r.csv").responses
    assert read["name"].isna().tolist() == [True, False]
    assert read["born"].tolist()[1] == "2026-01-02"


def test_codes_labels_and_spreadsheet_numbers_are_one_answer(one) -> None:
    assert [one(home=text)["home"] for text in ("1", "1.0", "New York", "new  YORK")] == [1] * 4
    assert one(home="-88")["home"] == -88


def test_joined_labels_are_read_only_where_they_can_be_told_apart(one) -> None:
    assert one(been="2 3")["been"] == "2 3"
    assert one(been="3 2 2")["been"] == "2 3"
    assert one(been="York")["been"] == "3"
    for text in ("New York", "New York New"):
        with pytest.raises(StudyError, match="cannot be told apart"):
            one(been=text)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-11-20T23:59:59.999+08:00", "UTC", "2026-11-20T15:59:59Z"),
        ("2026-11-20T16:05:01Z", "Asia/Shanghai", "2026-11-20T16:05:01Z"),
        ("2026-11-20T16:05:01+08", "UTC", "2026-11-20T08:05:01Z"),
        ("2026-11-20 00:30:00", "Asia/Shanghai", "2026-11-19T16:30:00Z"),
        ("2026/3/1 7:05:09", "Asia/Shanghai", "2026-02-28T23:05:09Z"),
        ("Nov 20, 2026 12:05:01 AM", "UTC", "2026-11-20T00:05:01Z"),
        ("2026年11月20日 下午4:05:01", "Asia/Shanghai", "2026-11-20T08:05:01Z"),
        ("2026-11-20", "UTC", "2026-11-20T00:00:00Z"),
    ],
)
def test_moments_become_utc_whatever_their_zone(text, zone, moment) -> None:
    assert utc(pd.Series([text]), zone).iloc[0] == moment


@given(
    wall=st.datetimes(datetime.datetime(2024, 1, 1), datetime.datetime(2028, 1, 1)),
    minutes=st.integers(-120, 120),
    zone=st.sampled_from(
        ["America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Cairo"]
    ),
    jump=st.booleans(),
)
@settings(max_examples=200)
def test_a_moment_is_the_one_at_which_clocks_showed_it_or_null(wall, minutes, zone, jump) -> None:
    place = zoneinfo.ZoneInfo(zone)
    if jump:
        starts = (datetime.datetime(2026, 1, 1, tzinfo=UTC) + n * HOUR for n in range(365 * 24))
        near = next(
            (
                at
                for at in starts
                if at.astimezone(place).dst() != (at + HOUR).astimezone(place).dst()
            ),
            datetime.datetime(2026, 1, 1, tzinfo=UTC),
        )
        wall = near.astimezone(place).replace(tzinfo=None) + datetime.timedelta(minutes=minutes)
    wall = wall.replace(microsecond=0)
    shown = {wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = {at for at in shown if at.astimezone(place).replace(tzinfo=None) == wall}
    moment = utc(pd.Series([wall.strftime("%Y-%m-%d %H:%M:%S")]), place.key).iloc[0]
    if len(shown) == 1:
        assert moment == shown.pop().strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        assert pd.isna(moment)


def test_a_time_that_clocks_leap_over_is_reported_and_a_day_has_a_first_moment(
    demo, people
) -> None:
    sheet = plain(demo, people)
    times = ["2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-03-29"]
    rows = [[*row, text] for row, text in zip(sheet.rows, times, strict=True)]
    data = delimited(Sheet([*sheet.header, "submitted_at"], rows))
    intake = read_export(data, demo, "p.csv", time_zone="Europe/Berlin")
    found = intake.findings[["code", "source_row", "found"]].to_numpy().tolist()
    told = [each for each in found if each[0] == "unreadable_time"]
    assert told == [["unreadable_time", n, text] for n, text in enumerate(times[:2], 1)]
    assert intake.responses["submitted_at"].tolist()[2] == "2026-03-28T23:00:00Z"
    assert utc(pd.Series(["2026-04-24"]), "Africa/Cairo").iloc[0] == "2026-04-23T22:00:00Z"


@given(st.text("0123456789-/: TZ+年月日AMPMv.", max_size=25))
def test_what_is_no_moment_is_null_and_never_an_error(text) -> None:
    moment = utc(pd.Series([text]), "Asia/Shanghai").iloc[0]
    assert pd.isna(moment) or moment.endswith("Z")
    day = iso_date(text)
    assert day is None or pd.Timestamp(day).date().isoformat() == day


@pytest.mark.parametrize(
    ("text", "length"),
    [("192", 192), ("3分12秒", 192), ("1小时5分", 3900), ("00:03:12", 192), ("10秒", 10)],
)
def test_durations_in_every_spelling_are_seconds(text, length) -> None:
    assert seconds(pd.Series([text])).iloc[0] == length


def test_a_negative_duration_and_a_clock_ahead_are_reported(demo, people) -> None:
    sheet = plain(demo, people)
    rows = [
        [*rows[:1], *times, *rows[3:], "2026-11-20T18:00:00Z"]
        for rows, times in zip(
            sheet.rows,
            [
                ("2026-11-20T17:00:00Z", "2026-11-20T16:00:00Z"),
                ("2126-11-20T16:00:00Z", "2126-11-20T17:00:00Z"),
                ("2026-11-20T16:00:00Z", "then"),
            ],
            strict=True,
        )
    ]
    intake = read_export(delimited(Sheet([*sheet.header, "submitted_at"], rows)), demo, "p.csv")
    found = intake.findings[["code", "source_row", "item", "action"]].to_numpy().tolist()
    assert sorted(found) == [
        ["clock_ahead", 2, "ended_at", "kept"],
        ["clock_ahead", 2, "started_at", "kept"],
        ["negative_duration", 1, "duration", "set_missing"],
        ["unreadable_time", 3, "ended_at", "set_missing"],
    ]
    duration = intake.responses["duration_seconds"]
    assert duration.isna().tolist() == [True, False, True]


def test_a_last_row_without_a_line_end_is_reported(demo, people) -> None:
    data = delimited(plain(demo, people))
    assert read_export(data, demo, "p.csv").findings.empty
    found = read_export(data.rstrip(), demo, "p.csv").findings
    assert found[["code", "source_row"]].to_numpy().tolist() == [["last_row_may_be_cut", 3]]


def test_an_answer_without_a_column_is_reported(demo, people) -> None:
    sheet = wenjuanxing(demo, people, numbers=True)
    place = next(n for n, name in enumerate(sheet.header) if name.endswith("(志愿服务)"))
    rows = [[*row[:place], *row[place + 1 :]] for row in sheet.rows]
    header = [name for n, name in enumerate(sheet.header) if n != place]
    intake = read_export(delimited(Sheet(header, rows)), demo, "w.csv")
    told = intake.findings[["code", "item", "found"]].to_numpy().tolist()
    assert told == [["answer_without_column", "activity", "no column for the answer 2"]]


def test_words_behind_an_answer_of_wenjuanxing_are_told_of_but_not_repeated(demo, people) -> None:
    sheet = wenjuanxing(demo, people)
    rows = [["租房〖合租〗" if cell == "租房" else cell for cell in row] for row in sheet.rows]
    intake = read_export(delimited(Sheet(sheet.header, rows)), demo, "w.csv")
    assert intake.responses["tenure"].tolist()[0] == 2
    told = intake.findings[["code", "item", "found"]].to_numpy().tolist()
    assert told == [["specified_answer", "tenure", "租房〖…〗"]]


def test_excel_numbers_moments_and_errors(few) -> None:
    names = ["home", "been", "size", "born", "name"]

    def book(**cells: object) -> bytes:
        file = Workbook()
        file.active.append(["id", *names])
        file.active.append([1, *[cells.get(name) for name in names]])
        buffer = io.BytesIO()
        file.save(buffer)
        return buffer.getvalue()

    given = book(home=3.0, been=2, size=0.1, born=datetime.datetime(2026, 11, 20), name=7)
    row = read_export(given, few, "few.xlsx").responses.iloc[0]
    assert row[["home", "been", "size", "born", "name"]].tolist() == [
        3,
        "2",
        0.1,
        "2026-11-20",
        "7",
    ]
    for wrong, told in (("#REF!", "the error `#REF!` of Excel"), ("=1+1", "a formula without")):
        with pytest.raises(
            StudyError, match=r"few\.xlsx, sheet `Sheet`, line 2, column 4"
        ) as error:
            read_export(book(size=wrong), few, "few.xlsx")
        assert told in str(error.value)


def test_excel_parquet_and_text_of_one_sheet_are_one_table(demo, people) -> None:
    sheet = plain(demo, people)
    tables = [
        read_export(encode(sheet), demo, "file").responses for encode in (delimited, excel, parquet)
    ]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other)


def test_numbers_days_and_categories_in_parquet_keep_their_meaning(few) -> None:
    table = pd.DataFrame(
        {
            "id": pd.array([1, 2], dtype="int64"),
            "home": pd.array([3.0, None], dtype="float64"),
            "been": pd.Categorical(["2 3", None]),
            "size": pd.array([0.1, 2.0], dtype="float32").astype("float64"),
            "born": [datetime.date(2026, 11, 20), None],
            "name": ["007", "NaN"],
            "started_at": pd.to_datetime(["2026-11-20T16:05:01Z", None]),
        }
    )
    buffer = io.BytesIO()
    table.to_parquet(buffer)
    found = read_export(buffer.getvalue(), few, "few.parquet").responses
    assert found["submission"].tolist() == ["1", "2"]
    assert found["home"].tolist() == [3, pd.NA]
    assert found["been"].tolist() == ["2 3", pd.NA]
    assert found["size"].tolist() == table["size"].tolist()
    assert found["born"].tolist() == ["2026-11-20", pd.NA]
    assert found["name"].tolist() == ["007", "NaN"]
    assert found["started_at"].tolist() == ["2026-11-20T16:05:01Z", pd.NA]


def test_lists_and_bytes_in_parquet_are_refused(demo, people) -> None:
    sheet = plain(demo, people)
    table = pd.DataFrame(sheet.rows, columns=sheet.header)
    for value in ([1, 3], b"1 3", {"a": 1}):
        buffer = io.BytesIO()
        table.assign(activity=[value] * len(table)).to_parquet(buffer)
        with pytest.raises(StudyError, match=r"p\.parquet, row 1, column `activity`"):
            read_export(buffer.getvalue(), demo, "p.parquet")


def test_half_an_emoji_in_json_becomes_a_replacement_mark(demo) -> None:
    data = json.dumps([{"consent": 1, "comment": "ok \ud83d"}]).encode()
    assert read_export(data, demo, "s.json").responses["comment"].tolist() == ["ok \ufffd"]


def test_a_cell_far_beside_the_table_does_not_fill_the_memory(few) -> None:
    book = Workbook()
    book.active.append(["id"])
    book.active.cell(20_000, 16_384).value = "x"
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(StudyError, match="delete what stands far below or beside the table"):
        read_export(buffer.getvalue(), few, "far.xlsx")
