"""Files that the platforms' own exporters wrote from two invented respondents' answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from answered import FULL, Submission, answers_in, expected

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import Intake
from coproduction.intake.readers import read_export

EXPORTS = Path(__file__).with_name("exports")
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
    both = table(demo, **dict(zip(UUIDS, [FULL, SECOND], strict=True)))
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
    pd.testing.assert_frame_equal(answers.iloc[:2], table(demo, **{"1": FULL, "2": SECOND}))
    # The platform stored what its own rules had refused; cleaning has to see it.
    assert answers.loc["4", "communityid"] == "gz1"
    found = intake.findings[["code", "submission", "source_row"]].to_numpy().tolist()
    assert found == [["partial_submission", "4", 4]]


@pytest.mark.parametrize("name", ["resident_demo.sav", "resident_demo.dta"])
def test_user_missing_values_of_spss_and_letters_of_stata_are_read_by_their_labels(
    name, demo
) -> None:
    given = ("att1", "tenure", "comment", "age")
    absent = [item.id for item in demo.questions if item.id not in given]
    intake = read(name, demo, absent_items=absent)
    assert intake.responses["att1"].tolist() == [4, 5, -88, -99, pd.NA]
    assert intake.responses["tenure"].tolist() == [1, 2, 3, 2, 1]
    assert intake.responses["comment"].tolist() == ["路灯坏了", pd.NA, "ok", pd.NA, pd.NA]
    assert intake.responses["age"].tolist() == [43, 30, 55, 61, 22]
    assert intake.findings.empty


@pytest.fixture(scope="module")
def phones(parse) -> Instrument:
    """The questionnaire behind the two files of Wenjuanxing."""
    return parse((EXPORTS / "wjx" / "phones.yaml").read_text("utf-8"))


def test_wenjuanxing_as_text_and_as_numbers_gives_the_same_800_respondents(phones) -> None:
    text, numbers = (read(f"wjx/{kind}.xls", phones) for kind in ("text", "numbers"))
    answers = answers_in(text.responses, phones)
    pd.testing.assert_frame_equal(answers, answers_in(numbers.responses, phones))
    assert len(answers) == 800
    assert answers.loc["1"].tolist() == [1, 7, 1, 30, 3, "1 3 12", 30, "1 3"]
    assert answers["price"].value_counts().sort_index().to_dict() == dict(
        enumerate([5, 15, 35, 88, 90, 115, 99, 105, 246, 2])
    )
    ticked = answers["news"].str.split().explode().astype(int).value_counts().sort_index()
    assert ticked.to_list() == [11, 416, 448, 310, 401, 332, 270, 287, 131, 5]


def test_what_people_specified_to_wenjuanxing_is_reported(phones) -> None:
    findings = read("wjx/text.xls", phones).findings
    assert set(findings["code"]) == {"specified_answer"}
    assert findings["item"].value_counts().to_dict() == {"news": 5, "price": 2, "hobbies": 2}
    assert findings["found"].iloc[0] == "其他【请注明】〖…〗"
    assert read("wjx/numbers.xls", phones).findings.empty


def test_surveyjs_opens_matrices_and_lists(demo) -> None:
    answers = answers_in(read("surveyjs.json", demo).responses, demo)
    ticked = {key: value for key, value in FULL.items() if key != "comment"} | {"activity": (1, 9)}
    pd.testing.assert_frame_equal(answers, table(demo, **{"1": ticked}))
