"""What each platform alone says about its submissions, and headings that only it writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from answered import Submission, answers_in, expected
from files import delimited
from layouts import Sheet, kobotoolbox, limesurvey, odk_central, surveycto
from panels import qualtrics, redcap, wenjuanxing

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import Intake
from coproduction.intake.readers import read_export

EXPORTS = Path(__file__).parents[1] / "exports"


def read(sheet: Sheet, demo: Instrument, **options) -> Intake:
    return read_export(delimited(sheet), demo, "file", **options)


def set_column(sheet: Sheet, column: str, *texts: str, above: int = 0) -> Sheet:
    """The same sheet with other cells in one column, under further header rows."""
    place = sheet.header.index(column)
    rows = [list(row) for row in sheet.rows]
    for row, text in zip(rows[above:], texts, strict=True):
        row[place] = text
    return Sheet(sheet.header, rows)


def told(intake: Intake) -> list[list[object]]:
    return intake.findings[["code", "source_row", "found"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("platform", "column", "written", "status"),
    [
        (
            kobotoolbox,
            "_validation_status",
            ("validation_status_not_approved", "validation_status_on_hold", ""),
            ["not_approved", "on_hold", pd.NA],
        ),
        (
            kobotoolbox,
            "_validation_status",
            ("Not approved", "On hold", "Approved"),
            ["not_approved", "on_hold", "approved"],
        ),
        (
            odk_central,
            "ReviewState",
            ("approved", "hasIssues", ""),
            ["approved", "hasIssues", pd.NA],
        ),
        (surveycto, "review_status", ("REJECTED", "APPROVED", ""), ["rejected", "approved", pd.NA]),
    ],
)
def test_the_status_of_validation_is_kept_with_every_row(
    platform, column, written, status, demo, people
) -> None:
    intake = read(set_column(platform(demo, people), column, *written), demo)
    assert intake.responses["validation_status"].tolist() == status
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))


@pytest.mark.parametrize(
    ("words", "codes"),
    [("wire", ("1", "0", "8")), ("en", ("Survey Preview", "IP Address", "Spam"))],
)
def test_previews_and_spam_of_qualtrics_are_kept_and_reported(words, codes, demo, people) -> None:
    sheet = set_column(qualtrics(demo, people, words=words), "Status", *codes, above=2)
    intake = read(sheet, demo)
    assert intake.responses["validation_status"].tolist() == ["preview", pd.NA, "spam"]
    assert told(intake) == [["unusual_submission", 1, "preview"], ["unusual_submission", 3, "spam"]]


def test_unfinished_interviews_of_qualtrics_are_reported(demo, people) -> None:
    sheet = set_column(qualtrics(demo, people), "Finished", "1", "0", "False", above=2)
    assert told(read(sheet, demo)) == [
        ["partial_submission", 2, "0"],
        ["partial_submission", 3, "False"],
    ]


def test_records_of_redcap_that_are_not_complete_are_reported(demo, people) -> None:
    sheet = set_column(redcap(demo, people), "residents_complete", "2", "1", "0")
    sheet = set_column(sheet, "residents_timestamp", "2026-11-20 16:02:42", "[not completed]", "")
    intake = read(sheet, demo)
    assert told(intake) == [
        ["record_not_complete", 2, "unverified"],
        ["record_not_complete", 3, "incomplete"],
    ]
    assert intake.responses["submitted_at"].isna().tolist() == [False, True, True]


def test_the_least_complete_form_of_a_record_counts(demo, people) -> None:
    sheet = set_column(redcap(demo, people), "residents_complete", "2", "2", "2")
    rows = [[*row, state] for row, state in zip(sheet.rows, ["2", "0", ""], strict=True)]
    intake = read(Sheet([*sheet.header, "screening_complete"], rows), demo)
    assert told(intake) == [["record_not_complete", 2, "incomplete"]]


def test_a_negative_code_of_redcap_is_written_with_a_low_line(parse, people) -> None:
    text = (EXPORTS / "demo.yaml").read_text("utf-8")
    offered = "exclusive: true}\n    offer_missing: [refused]\n"
    form = parse(text.replace("exclusive: true}\n", offered))
    refusing = replace(people[0], answers={**people[0].answers, "activity": (-99,)})
    sheet = redcap(form, [refusing])
    assert "activity____99" in sheet.header
    assert read(sheet, form).responses["activity"].tolist() == ["-99"]


def test_interviews_of_limesurvey_without_a_date_are_partial(demo, people) -> None:
    sheet = set_column(limesurvey(demo, people), "submitdate", "2026-11-20 16:02:42", "", "")
    intake = read(sheet, demo)
    assert told(intake) == [["partial_submission", 2, ""], ["partial_submission", 3, ""]]


def test_a_limesurvey_that_keeps_no_dates_marks_nobody_as_partial(demo, people) -> None:
    sheet = set_column(limesurvey(demo, people), "submitdate", *["1980-01-01 00:00:00"] * 3)
    intake = read(sheet, demo)
    assert intake.findings.empty
    assert intake.responses["submitted_at"].isna().all()


def test_headings_of_limesurvey_as_code_and_wording(demo, people) -> None:
    sheet = limesurvey(demo, people)
    wordings = {item.id: f"{item.id}. {item.text['zh-CN']}" for item in demo.questions}
    header = [wordings.get(name, name) for name in sheet.header]
    intake = read(Sheet(header, sheet.rows), demo)
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))


def test_what_limesurvey_measured_for_single_questions_is_no_item(demo, people) -> None:
    sheet = limesurvey(demo, people)
    rows = [[*row, "1.5", "2.5"] for row in sheet.rows]
    intake = read(Sheet([*sheet.header, "groupTime2", "consentTime"], rows), demo)
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))


def test_the_marks_behind_a_wording_of_wenjuanxing_do_not_matter(demo, people) -> None:
    sheet = wenjuanxing(demo, people)
    header = [f"{name} *[单选题]" if "、" in name else name for name in sheet.header]
    intake = read(Sheet(header, sheet.rows), demo)
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, people))


@pytest.mark.parametrize("numbers", [False, True])
def test_skipped_and_blank_of_wenjuanxing_are_no_answers(numbers, demo, people) -> None:
    nobody = [Submission(p.id, p.started, p.ended, {"consent": 1}) for p in people]
    sheet = wenjuanxing(demo, nobody, numbers=numbers)
    skipped, blank = ("-3", "-2") if numbers else ("(跳过)", "(空)")
    rows = [[blank if cell == skipped else cell for cell in row] for row in sheet.rows]
    for written in (sheet.rows, rows):
        intake = read(Sheet(sheet.header, written), demo)
        pd.testing.assert_frame_equal(answers_in(intake.responses, demo), expected(demo, nobody))


def test_options_that_central_never_asked_are_no_answer(demo, people) -> None:
    sheet = odk_central(demo, people, split=True)
    columns = [name for name in sheet.header if name.startswith("sechome-activity/")]
    places = [sheet.header.index(name) for name in columns]
    assert [[row[place] for place in places] for row in sheet.rows][1] == ["0"] * len(places)
    assert read(sheet, demo).responses["activity"].isna().tolist() == [False, True, False]
