"""Headings of Qualtrics: as many as there are, and what the row of JSON says."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from answered import answers_in, expected, utc
from files import delimited
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import Sheet
from panels import qualtrics
from questionnaires import headed

from coproduction.errors import StudyError
from coproduction.intake.readers import read_export

RACES = headed(
    "races",
    """
response_sets:
  races:
    level: nominal
    options:
      - {value: 3, label: {en: "White"}}
      - {value: 1, label: {en: "Black"}}
      - {value: 2, label: {en: "Asian"}}
sections:
  - id: one
    label: {en: One}
    items:
      - {id: q1, type: select_multiple, response_set: races, text: {en: "Your race?"}}
""",
    wires=True,
)


@pytest.mark.parametrize("kept", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("split", [False, True])
def test_as_many_headings_are_taken_off_as_there_are(kept, split, demo, people) -> None:
    sheet = qualtrics(demo, people, split=split)
    further = [sheet.rows[place] for place in kept]
    data = delimited(Sheet(sheet.header, [*further, *sheet.rows[2:]]))
    if not kept:
        # Without any wording or JSON a number in a heading can only be the answer's own.
        data = data.replace(b"activity_4", b"activity_9")
    read = read_export(data, demo, "q.csv", time_zone="Asia/Shanghai")
    pd.testing.assert_frame_equal(answers_in(read.responses, demo), expected(demo, people))
    assert read.responses["started_at"].tolist() == [utc(person.started) for person in people]
    assert read.responses["source_row"].tolist() == [1, 2, 3]


def race(parse, wordings, details, headings=("Q1_1", "Q1_2", "Q1_3")):
    header = ["ResponseId", "StartDate", "EndDate", *headings]
    second = ["Response ID", "Start Date", "End Date", *wordings]
    third = [json.dumps(cell) for cell in ({"ImportId": "_recordId"}, {}, {}, *details)]
    rows = [[f"R_{n}", "", "", *("1" if n == m else "" for m in range(3))] for n in range(3)]
    data = delimited(Sheet(header, [second, third, *rows]))
    return read_export(data, parse(RACES), "q.csv")


PLAIN = ("Your race? - White", "Your race? - Black", "Your race? - Asian")
FOREIGN = ("Rasse? - Weiss", "Rasse? - Schwarz", "Rasse? - Asiatisch")


def said(**details: tuple[str, str, str]) -> list[dict]:
    return [
        {"ImportId": "QID1"} | {key: values[place] for key, values in details.items()}
        for place in range(3)
    ]


@pytest.mark.parametrize("mark", ["<b>{}</b>", "<span style='x'>{}</span>", "{}&nbsp;"])
def test_marks_of_html_are_no_part_of_a_wording(mark, parse) -> None:
    wordings = [re.sub(r"(\w+)$", lambda found: mark.format(found[0]), text) for text in PLAIN]
    found = race(parse, wordings, said(choiceId=("1", "2", "3"))).responses["q1"].tolist()
    assert found == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("details", "answers"),
    [
        ({"choiceId": ("1", "2", "3")}, ["3", "1", "2"]),
        ({"choiceId": ("1", "2", "3"), "recode": ("2", "1", "3")}, ["2", "1", "3"]),
        ({}, ["1", "2", "3"]),
    ],
)
def test_where_no_wording_is_known_the_row_of_json_decides_before_the_heading(
    details, answers, parse
) -> None:
    intake = race(parse, FOREIGN, said(**details))
    assert intake.responses["q1"].tolist() == answers
    assert set(intake.findings["code"]) == {"unknown_label"}


@pytest.mark.parametrize("numbers", ["312", "132", "123", "124", "456", "234", "111"])
def test_a_choice_id_is_a_place_in_the_form_only_if_ids_run_from_one_on(numbers, parse) -> None:
    details = said(choiceId=tuple(numbers))
    if numbers == "123":
        assert race(parse, FOREIGN, details).responses["q1"].tolist() == ["3", "1", "2"]
        return
    with pytest.raises(StudyError, match=r"q\.csv: .*`choiceId`.*item `q1`: `Q1_1` "):
        race(parse, FOREIGN, details)
    assert race(parse, PLAIN, details).responses["q1"].tolist() == ["3", "1", "2"]


@given(order=st.permutations(range(3)))
@settings(suppress_health_check=list(HealthCheck))
def test_wordings_that_are_all_known_decide_whatever_the_numbers(order, parse) -> None:
    numbers = tuple(str(place + 1) for place in order)
    found = race(parse, PLAIN, said(recode=numbers), [f"Q1_{n}" for n in numbers]).responses
    assert found["q1"].tolist() == ["3", "1", "2"]


def test_wordings_and_numbers_never_decide_half_and_half(parse) -> None:
    with pytest.raises(StudyError, match=r"q\.csv: .*headings \(item `q1`\): by label `Q1_1"):
        race(parse, (*PLAIN[:2], "Your race? - Asiatisch"), said(recode=("1", "3", "2")))


def test_the_time_zone_that_the_row_of_json_states_is_used(demo, people) -> None:
    sheet = qualtrics(demo, people)
    for stated, zone in (("Asia/Shanghai", "Europe/Rome"), ("Asia/Shanghai", None)):
        third = [
            json.dumps(json.loads(cell) | ({"timeZone": stated} if "Date" in name else {}))
            for name, cell in zip(sheet.header, sheet.rows[1], strict=True)
        ]
        data = delimited(Sheet(sheet.header, [sheet.rows[0], third, *sheet.rows[2:]]))
        rows = read_export(data, demo, "q.csv", time_zone=zone).responses
        assert rows["submitted_at"].tolist() == [utc(person.ended) for person in people]
    wrong = data.replace(b"Asia/Shanghai", b"Mars/Base")
    with pytest.raises(StudyError, match=r"column `RecordedDate`: there is no time zone `Mars/"):
        read_export(wrong, demo, "q.csv")


def test_an_interview_is_broken_off_where_qualtrics_says_so(demo, people) -> None:
    sheet = qualtrics(demo, people)
    for name, cells in (("Finished", "010"), ("Progress", ("40", "100", ""))):
        place = sheet.header.index(name)
        other = sheet.header.index("Progress" if name == "Finished" else "Finished")
        rows = [[*row] for row in sheet.rows]
        for row, cell in zip(rows[2:], cells, strict=True):
            row[place], row[other] = cell, ""
        found = read_export(delimited(Sheet(sheet.header, rows)), demo, "q.csv").responses
        wanted = [True, False, True] if name == "Finished" else [True, False, pd.NA]
        assert found["broken_off"].tolist() == wanted


def test_what_qualtrics_measures_is_no_item(demo, people) -> None:
    sheet = qualtrics(demo, people)
    names = ["age_First Click", "age_Page Submit", "activity_DO"]
    rows = [[*row, *names] for row in sheet.rows]
    intake = read_export(delimited(Sheet([*sheet.header, *names], rows)), demo, "q.csv")
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))
