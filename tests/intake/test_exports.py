"""Files that the platforms' own exporters wrote from two invented respondents' answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from answered import Submission, answers_in, expected

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import Intake
from coproduction.intake.readers import read_export

EXPORTS = Path(__file__).with_name("exports")
FIRST = {
    "consent": 1,
    "communityid": "GZ001",
    "age": 43,
    "tenure": 2,
    "rent": 1800,
    "activity": (1, 3),
    "att1": 4,
    "att2": 5,
    "att3": 2,
    "chk1": 2,
    "tru1": 4,
    "tru2": -88,
    "tru3": 3,
    "comment": "路灯坏了,\n请修。",
}
SECOND = {"consent": 0, "communityid": "GZ001"}
UUIDS = [f"6f1c3c4e-0000-4000-8000-00000000000{number}" for number in (1, 2)]


def read(name: str, demo: Instrument, **options) -> Intake:
    return read_export((EXPORTS / name).read_bytes(), demo, name, **options)


def table(demo: Instrument, **answers: dict) -> pd.DataFrame:
    return expected(demo, [Submission(key, None, None, value) for key, value in answers.items()])


@pytest.mark.parametrize(
    "name",
    ["kobo_xml_values.csv", "kobo_xml_values.xlsx", "kobo_labels_zh.csv", "central_default.csv"],
)
def test_kobo_and_central_give_both_respondents(name, demo) -> None:
    intake = read(name, demo)
    assert intake.findings.empty
    both = table(demo, **dict(zip(UUIDS, [FIRST, SECOND], strict=True)))
    pd.testing.assert_frame_equal(answers_in(intake.responses, demo), both)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("kobo_xml_values.csv", {"form_version": "v1", "validation_status": "approved"}),
        ("kobo_labels_zh.csv", {"form_version": "v1", "validation_status": "approved"}),
        ("central_default.csv", {"form_version": "0.1.0", "device": "collect:abc"}),
    ],
)
def test_metadata_have_one_name_on_every_platform(name, told, demo) -> None:
    first = read(name, demo).responses.iloc[0]
    assert first["instrument"] == "demo"
    assert first["mode"] == "capi"
    assert first["submitted_by"] == "enum01"
    assert first["submitted_at"] == "2026-11-20T08:15:30Z"
    assert first["started_at"] == "2026-11-20T08:05:01Z"
    assert first["duration_seconds"] == 461.0
    assert {key: first[key] for key in told} == told


def test_limesurvey_gives_respondents_and_reports_the_broken_off_one(demo) -> None:
    intake = read("limesurvey_code_short.csv", demo)
    answers = answers_in(intake.responses, demo)
    pd.testing.assert_frame_equal(answers.iloc[:2], table(demo, **{"1": FIRST, "2": SECOND}))
    # The platform stored what its own rules had refused; cleaning has to see it.
    assert answers.loc["4", "communityid"] == "gz1"
    found = intake.findings[["code", "submission", "source_row"]].to_numpy().tolist()
    assert found == [["partial_submission", "4", 4]]


def test_surveyjs_opens_matrices_and_lists(demo) -> None:
    answers = answers_in(read("surveyjs.json", demo).responses, demo)
    ticked = {key: value for key, value in FIRST.items() if key != "comment"} | {"activity": (1, 9)}
    pd.testing.assert_frame_equal(answers, table(demo, **{"1": ticked}))
