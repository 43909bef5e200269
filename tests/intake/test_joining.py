"""Several files, waves and modes of one study become one table; renamed items stay one item."""

from __future__ import annotations

import pandas as pd
import pytest
from answered import Submission, answers_in, expected
from files import delimited
from layouts import Sheet, kobotoolbox
from panels import plain, redcap, wenjuanxing

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.answers import read_answers
from coproduction.intake.confidential import rejoin
from coproduction.intake.readers import join, read_export


def renamed(sheet: Sheet, **names: str) -> Sheet:
    """The same sheet with other headers."""
    return Sheet([names.get(name, name) for name in sheet.header], sheet.rows)


def kobo(instrument: Instrument, people: list[Submission]) -> bytes:
    return delimited(kobotoolbox(instrument, people), ";", quote=True)


def test_files_of_several_platforms_and_modes_are_joined_row_by_row(demo, people) -> None:
    first = read_export(kobo(demo, people[:1]), demo, "wave1.csv", mode="face_to_face", wave="1")
    second = read_export(
        delimited(wenjuanxing(demo, people[1:])),
        demo,
        "wave2.csv",
        mode="web",
        wave="2",
        form_version="v2",
    )
    both = join([first, second])
    pd.testing.assert_frame_equal(answers_in(both.responses, demo), expected(demo, people))
    names = ["platform", "source_file", "source_row", "mode", "wave", "form_version"]
    assert both.responses[names].to_numpy().tolist() == [
        ["kobotoolbox", "wave1.csv", 1, "face_to_face", "1", "v1"],
        ["wenjuanxing", "wave2.csv", 1, "web", "2", "v2"],
        ["wenjuanxing", "wave2.csv", 2, "web", "2", "v2"],
    ]


def test_a_row_keeps_the_mode_and_language_it_states_itself(demo, people) -> None:
    sheet = plain(demo, people)
    told = [
        [*row, mode, language]
        for row, mode, language in zip(
            sheet.rows, ["phone", "", ""], ["en", "zh_CN", ""], strict=True
        )
    ]
    file = delimited(Sheet([*sheet.header, "mode", "language"], told))
    rows = read_export(file, demo, "p.csv", mode="web", language="zh-CN").responses
    assert rows["mode"].tolist() == ["phone", "web", "web"]
    assert rows["language"].tolist() == ["en", "zh-CN", "zh-CN"]


def test_an_event_of_redcap_is_a_wave_and_a_submission_of_its_own(demo, people) -> None:
    sheet = redcap(demo, people)
    rows = [
        ["7", event, *row[1:]]
        for event, row in zip(["first_arm_1", "second_arm_1", ""], sheet.rows, strict=True)
    ]
    file = delimited(Sheet(["record_id", "redcap_event_name", *sheet.header[1:]], rows))
    found = read_export(file, demo, "r.csv", wave="0").responses
    assert found["wave"].tolist() == ["first_arm_1", "second_arm_1", "0"]
    assert found["submission"].tolist() == ["7/first_arm_1", "7/second_arm_1", "7"]


def test_a_submission_in_two_files_is_refused_with_both_places(demo, people) -> None:
    parts = [read_export(kobo(demo, people), demo, name) for name in ("a.csv", "b.csv")]
    with pytest.raises(StudyError, match=r"stands twice \(a\.csv row 1 and b\.csv row 1\)"):
        join(parts)


def test_a_prefix_keeps_apart_exports_that_both_number_from_one(demo, people) -> None:
    numbered = [Submission(str(n), p.started, p.ended, p.answers) for n, p in enumerate(people, 1)]
    file = delimited(plain(demo, numbered))
    parts = [read_export(file, demo, "p.csv", id_prefix=prefix) for prefix in ("a-", "b-")]
    names = join(parts).responses["submission"].tolist()
    assert names == ["a-1", "a-2", "a-3", "b-1", "b-2", "b-3"]


def test_an_item_is_known_by_its_former_name(demo, people) -> None:
    file = delimited(renamed(plain(demo, people), communityid="community_id"))
    answers = answers_in(read_export(file, demo, "p.csv").responses, demo)
    pd.testing.assert_frame_equal(answers, expected(demo, people))


def test_old_and_new_name_in_one_file_hold_one_item_between_them(demo, people) -> None:
    sheet = plain(demo, people)
    place = sheet.header.index("communityid")
    rows = [
        [
            *row[:place],
            "" if n == 0 else row[place],
            *row[place + 1 :],
            row[place] if n == 0 else "",
        ]
        for n, row in enumerate(sheet.rows)
    ]
    file = delimited(Sheet([*sheet.header, "community_id"], rows))
    answers = answers_in(read_export(file, demo, "p.csv").responses, demo)
    pd.testing.assert_frame_equal(answers, expected(demo, people))


def test_old_and_new_name_that_differ_in_a_row_are_refused(demo, people) -> None:
    sheet = plain(demo, people)
    file = delimited(Sheet([*sheet.header, "community_id"], [[*r, "GZ999"] for r in sheet.rows]))
    with pytest.raises(StudyError) as error:
        read_export(file, demo, "p.csv")
    told = str(error.value)
    assert "p.csv, row 1" in told
    assert "`communityid` and `community_id`" in told


def test_columns_that_are_no_items_are_left_out_when_named(demo, people) -> None:
    sheet = plain(demo, people)
    file = delimited(Sheet([*sheet.header, "Remark"], [[*row, "x"] for row in sheet.rows]))
    answers = answers_in(
        read_export(file, demo, "p.csv", ignore_columns=["remark"]).responses, demo
    )
    pd.testing.assert_frame_equal(answers, expected(demo, people))


def test_items_that_were_not_fielded_are_blank_when_named(demo, people) -> None:
    sheet = plain(demo, people)
    place = sheet.header.index("rent")
    rows = [[*row[:place], *row[place + 1 :]] for row in sheet.rows]
    file = delimited(Sheet([name for name in sheet.header if name != "rent"], rows))
    responses = read_export(file, demo, "p.csv", absent_items=["rent"]).responses
    assert responses["rent"].isna().all()
    with pytest.raises(StudyError, match="has no column for rent"):
        read_export(file, demo, "p.csv")


TWINS = """
instrument: {id: twins, version: "1", unit: respondent, languages: [zh-CN],
             title: {zh-CN: "同"}, licence: CC0-1.0}
missing_codes:
  dont_know: {code: -88, wire: DK, label: {zh-CN: "不知道"}}
  refused: {code: -99, wire: RF, label: {zh-CN: "拒绝"}}
  not_asked: {code: -77, label: {zh-CN: "不适用"}}
  not_reached: {code: -66, label: {zh-CN: "未答到"}}
response_sets:
  two:
    level: nominal
    options: [{value: 1, label: {zh-CN: "甲"}}, {value: 2, label: {zh-CN: "乙"}}]
sections:
  - id: one
    label: {zh-CN: "一"}
    items:
      - {id: arm, type: random, response_set: two, text: {zh-CN: "分组"}}
      - {id: age, type: integer, text: {zh-CN: "年龄"}}
      - {id: past, type: select_multiple, response_set: two, text: {zh-CN: "过去"}}
      - {id: next, type: select_multiple, response_set: two, text: {zh-CN: "将来"}}
"""


@pytest.mark.parametrize("first", [1, 2])
def test_choices_with_the_same_answers_are_told_by_their_number(first, parse) -> None:
    twins = parse(TWINS)
    past, later = first + 1, first + 2
    header = f"序号,提交答卷时间,{first}、年龄," + ",".join(
        f"第{number}题({label})" for number in (past, later) for label in "甲乙"
    )
    data = f"{header}\n1,2026/3/1 7:05:09,40,1,0,0,1\n".encode()
    row = read_export(data, twins, "w.csv", absent_items=["arm"]).responses.iloc[0]
    assert (row["past"], row["next"]) == ("1", "2")


def test_choices_with_the_same_answers_are_refused_if_the_numbers_do_not_tell(parse) -> None:
    header = "序号,提交答卷时间,9、年龄," + ",".join(
        f"第{number}题({label})" for number in (10, 11) for label in "甲乙"
    )
    data = f"{header}\n1,2026/3/1 7:05:09,40,1,0,0,1\n".encode()
    with pytest.raises(StudyError, match="give the right item the alias `第10题`"):
        read_export(data, parse(TWINS), "w.csv", absent_items=["arm"])


def test_all_exports_that_a_study_names_are_read_with_what_it_says_of_them(demo, people) -> None:
    files = {"one.csv": kobo(demo, people[:2]), "two.csv": kobo(demo, people[2:])}
    sources = [
        {"instrument": demo.id, "files": ["one.csv"], "wave": "1", "mode": "phone"},
        {"instrument": demo.id, "files": ["two.csv"], "wave": "2", "id_prefix": "again-"},
    ]
    answers = read_answers(demo, sources, files, synthetic=False)
    assert answers.responses["wave"].tolist() == ["1", "1", "2"]
    assert answers.responses["source_file"].tolist() == ["one.csv", "one.csv", "two.csv"]
    assert answers.responses["mode"].tolist()[:2] == ["phone", "phone"]
    assert answers.responses["submission"].iloc[2].startswith("again-")


def test_what_may_name_a_person_stands_in_the_confidential_table_only(demo, people) -> None:
    sources = [{"instrument": demo.id, "files": ["one.csv"]}]
    answers = read_answers(demo, sources, {"one.csv": kobo(demo, people)}, synthetic=False)
    for told in ("谢谢", "采集器"):
        assert told not in answers.responses.to_csv() + answers.findings.to_csv()
        assert told in answers.confidential.to_csv()
    whole = rejoin(answers.responses, answers.confidential)
    pd.testing.assert_frame_equal(answers_in(whole, demo), expected(demo, people))


def test_simulated_answers_are_refused_in_a_study_of_real_data(demo, people) -> None:
    sheet = kobotoolbox(demo, people)
    by = sheet.header.index("_submitted_by")
    rows = [[*row[:by], "simulator", *row[by + 1 :]] for row in sheet.rows]
    files = {"one.csv": delimited(Sheet(sheet.header, rows), ";")}
    sources = [{"instrument": demo.id, "files": ["one.csv"]}]
    with pytest.raises(StudyError, match=r"one\.csv, row 1: this row was made by the simulator"):
        read_answers(demo, sources, files, synthetic=False)
    assert len(read_answers(demo, sources, files, synthetic=True).responses) == len(people)
