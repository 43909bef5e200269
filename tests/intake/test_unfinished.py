"""What was not finished, not decrypted or asked several times is counted and told."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from answered import Submission, answers_in, expected
from files import delimited
from layouts import Sheet, limesurvey, odk_central, surveycto
from panels import plain, redcap

from coproduction.cleaning.clean import clean
from coproduction.intake.canonical import Intake
from coproduction.intake.readers import read_export


def told(intake: Intake) -> list[list]:
    columns = ["code", "severity", "source_row", "found"]
    return intake.findings[columns].to_numpy().tolist()


def put(sheet: Sheet, column: str, *cells: str) -> Sheet:
    place = sheet.header.index(column)
    rows = [
        [*row[:place], cell, *row[place + 1 :]] for row, cell in zip(sheet.rows, cells, strict=True)
    ]
    return Sheet(sheet.header, rows)


def test_not_applicable_is_no_answer_to_a_choice_and_a_typed_text_where_one_is_written(
    demo, people
) -> None:
    sheet = put(limesurvey(demo, people[:2]), "comment", "N/A", "null")
    sheet = put(sheet, "sechome[tenure]", "N/A", "1")
    given = read_export(delimited(sheet), demo, "l.csv").responses
    assert given["comment"].tolist() == ["N/A", "null"]
    assert given["tenure"].tolist() == [pd.NA, 1]


@pytest.mark.parametrize("broken", [(False, False), (True, False), (True, True)])
def test_interviews_of_limesurvey_that_were_never_submitted_are_told_even_if_all_are(
    broken, demo, people
) -> None:
    dates = ["" if off else "2026-11-20 16:02:42" for off in broken]
    intake = read_export(
        delimited(put(limesurvey(demo, people[:2]), "submitdate", *dates)), demo, "l.csv"
    )
    assert intake.responses["broken_off"].tolist() == list(broken)
    rows = [row for row, off in enumerate(broken, 1) if off]
    assert told(intake) == [["partial_submission", "warning", row, ""] for row in rows]


def test_blanks_of_a_broken_off_interview_are_not_reached_without_any_rule(demo, people) -> None:
    given = {"consent": 1, "communityid": "GZ003", "age": 30, "tenure": 1, "att1": 2}
    stopped = [Submission(p.id, p.started, p.ended, given) for p in people[:2]]
    sheet = put(limesurvey(demo, stopped), "submitdate", "", "2026-11-20 16:02:42")
    rows = clean(read_export(delimited(sheet), demo, "l.csv").responses, demo, {}).responses
    assert rows["completeness"].tolist() == ["partial", "complete"]
    assert rows["att2"].tolist() == [-66, pd.NA]
    assert rows["comment"].tolist() == ["-66", pd.NA]
    assert rows["rent"].tolist() == [-77, -77]
    assert rows["activity"].isna().all()


def test_a_plain_table_can_say_which_interviews_were_broken_off(demo, people) -> None:
    sheet = plain(demo, people)
    rows = [[*row, cell] for row, cell in zip(sheet.rows, ["yes", "0", "perhaps"], strict=True)]
    intake = read_export(delimited(Sheet([*sheet.header, "broken_off"], rows)), demo, "p.csv")
    assert intake.responses["broken_off"].tolist() == [True, False, pd.NA]
    assert told(intake) == [["unreadable_state", "warning", 3, "perhaps"]]


def test_rows_of_central_that_were_not_decrypted_are_told(demo, people) -> None:
    sheet = put(odk_central(demo, people), "Status", "", "not decrypted", "")
    intake = read_export(delimited(sheet), demo, "c.csv")
    assert len(intake.responses) == 3
    assert told(intake) == [["not_decrypted", "warning", 2, "not decrypted"]]


def test_repeat_groups_are_told_with_their_number(demo, people) -> None:
    for write in (odk_central, surveycto):
        sheet = write(demo, people)
        rows = [[*row, "uuid:1/child"] for row in sheet.rows]
        intake = read_export(delimited(Sheet([*sheet.header, "SET-OF-child"], rows)), demo, "c.csv")
        assert told(intake) == [["repeat_not_read", "warning", pd.NA, "SET-OF-child: 3"]]
    data = json.dumps([{"age": 40, "child": [{"a": 1}, {"a": 2}]}, {"age": 41}]).encode()
    intake = read_export(data, demo, "s.json")
    assert intake.responses["age"].tolist() == [40, 41]
    assert told(intake) == [["repeat_not_read", "warning", pd.NA, "child: 2"]]


def test_a_repeat_of_redcap_is_told_and_can_be_left_out(demo, people) -> None:
    sheet = redcap(demo, people)
    rows = [
        ["7", form, number, *row[1:]]
        for form, number, row in zip(
            ["", "visit", "visit"], ["", "1", "2"], sheet.rows, strict=True
        )
    ]
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *sheet.header[1:]]
    intake = read_export(delimited(Sheet(header, rows)), demo, "r.csv")
    assert intake.responses["submission"].tolist() == ["7", "7/visit/1", "7/visit/2"]
    assert told(intake) == [
        ["repeated_instrument", "warning", 2, "visit 1"],
        ["repeated_instrument", "warning", 3, "visit 2"],
    ]
    kept = clean(intake.responses, demo, {"rejected": ["repeated_instrument"]})
    assert kept.flow["n_remaining"].tolist()[0] == 3
    assert len(kept.scores) == 1


def test_the_moment_of_submission_is_that_of_the_last_form_that_has_one(demo, people) -> None:
    sheet = redcap(demo, people)
    stamps = ["[not completed]", "", "2026-11-21 10:00:00"]
    rows = [[*row, stamp, "2"] for row, stamp in zip(sheet.rows, stamps, strict=True)]
    intake = read_export(
        delimited(Sheet([*sheet.header, "morale_timestamp", "morale_complete"], rows)),
        demo,
        "r.csv",
        time_zone="UTC",
    )
    first = put(sheet, "residents_complete", *"222").rows[0][2].replace(" ", "T") + "Z"
    found = intake.responses
    assert found["submitted_at"].tolist()[0] == first
    assert found["submitted_at"].tolist()[2] == "2026-11-21T10:00:00Z"
    assert found["broken_off"].tolist() == [True, False, False]
    pd.testing.assert_frame_equal(answers_in(found, demo), expected(demo, people))
