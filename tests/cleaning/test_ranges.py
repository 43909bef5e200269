from __future__ import annotations

import pandas as pd

from coproduction.cleaning.ranges import remove_impossible


def test_limits_belong_to_the_range_and_what_lies_beyond_is_blanked(answers, survey, codes):
    table = answers({"hours": 0}, {"hours": 400}, {"hours": -1}, {"hours": 401}, {"weight": 19.9})
    cleaned, findings = remove_impossible(table, survey)
    assert cleaned["hours"].tolist()[:2] == [0, 400]
    assert cleaned["hours"].isna().tolist() == [False, False, True, True, False]
    assert codes(findings) == [
        "out_of_range s3 hours",
        "out_of_range s4 hours",
        "out_of_range s5 weight",
    ]
    assert findings["found"].tolist() == ["-1", "401", "19.9"]
    assert findings["expected"].tolist() == ["0 to 400", "0 to 400", "20 to 300"]
    assert set(findings["action"]) == {"set_missing"}


def test_codes_of_missing_answers_are_not_out_of_range(answers, survey):
    cleaned, findings = remove_impossible(answers({"hours": -88, "weight": -99}), survey)
    assert cleaned.loc[0, ["hours", "weight"]].tolist() == [-88, -99]
    assert findings.empty


def test_a_text_against_its_pattern_is_blanked_and_a_blank_is_not(answers, survey, codes):
    table = answers({"place": "C1"}, {"place": "xC01x"}, {"place": None}, {"place": "C99"})
    cleaned, findings = remove_impossible(table, survey)
    assert codes(findings) == ["pattern_mismatch s1 place", "pattern_mismatch s2 place"]
    assert cleaned["place"].fillna("").tolist() == ["", "", "", "C99"]


def test_an_exclusive_answer_with_others_contradicts_itself(answers, survey, codes):
    table = answers({"tasks": "1 99"}, {"tasks": "99"}, {"tasks": "1 2"}, {"tasks": None})
    cleaned, findings = remove_impossible(table, survey)
    assert codes(findings) == ["exclusive_with_others s1 tasks"]
    assert cleaned["tasks"].fillna("").tolist() == ["", "99", "1 2", ""]


def test_the_given_table_is_left_as_it_was(answers, survey):
    table = answers({"hours": 999})
    before = table.copy()
    remove_impossible(table, survey)
    pd.testing.assert_frame_equal(table, before)
