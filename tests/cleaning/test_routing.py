"""Skip logic on the data, both ways."""

from __future__ import annotations

import pandas as pd

from coproduction.cleaning.routing import (
    asked,
    nonresponse,
    required_unanswered,
    restore_not_asked,
    restore_not_reached,
    skipped_though_asked,
)

NOBODY_SERVED = {"served": 2, "hours": None, "tasks": None, "when": None}


def test_what_was_not_asked_gets_its_code_without_a_finding(answers, survey):
    cleaned, findings = restore_not_asked(answers(NOBODY_SERVED), survey)
    assert cleaned.loc[0, ["hours", "tasks", "when"]].tolist() == [-77, "-77", "-77"]
    assert findings.empty


def test_an_answer_though_not_asked_is_recorded_and_replaced(answers, survey, codes):
    cleaned, findings = restore_not_asked(answers(NOBODY_SERVED | {"hours": 12}), survey)
    assert cleaned.at[0, "hours"] == -77
    assert codes(findings) == ["answered_not_asked s1 hours"]
    assert findings.at[0, "found"] == "12"
    assert "served == 1" in findings.at[0, "expected"]


def test_an_answer_to_a_refused_question_counts_as_one_too(answers, survey, codes):
    """Not knowing is an answer: somebody must have asked."""
    _, findings = restore_not_asked(answers(NOBODY_SERVED | {"tasks": "-88"}), survey)
    assert codes(findings) == ["answered_not_asked s1 tasks"]


def test_conditions_never_rest_on_answers_that_were_not_asked(answers, survey):
    """Who is no adult was asked nothing more, whatever was answered to `served`."""
    cleaned, findings = restore_not_asked(answers({"adult": 2}), survey)
    after = [item.id for item in survey.questions if item.id not in ("consent", "adult")]
    assert set(cleaned.loc[0, after].astype(str)) == {"-77", "-77.0"}
    assert len(findings) == len(after)


def test_an_unknown_condition_asks_nothing(answers, survey):
    table = answers({"served": -88, "hours": None}, {"served": None, "hours": None})
    assert asked(table, survey)["hours"].tolist() == [False, False]


def test_a_skip_by_the_platform_of_a_question_that_was_to_be_asked_is_told(answers, survey, codes):
    table, _ = restore_not_asked(answers({"hours": -77, "tasks": "-77"}, {}), survey)
    findings = skipped_though_asked(table, asked(table, survey), survey)
    assert codes(findings) == ["skipped_though_asked s1 hours", "skipped_though_asked s1 tasks"]
    assert set(findings["action"]) == {"kept"}
    assert table.at[0, "hours"] == -77


def test_a_required_question_left_blank_is_told_of_analysed_rows_only(answers, survey, codes):
    table = answers({"served": None}, {"served": None}, {})
    kept = pd.Series([True, False, True])
    assert codes(required_unanswered(table, survey, kept)) == ["required_unanswered s1 served"]


def test_not_reached_stands_behind_the_last_answer_of_broken_off_rows_only(answers, survey):
    left = dict.fromkeys(["weight", "sensitiveok", "income", "illness", "remark", "recontact"])
    table = answers({"t1": None, **left}, {"t1": None, **left})
    cleaned = restore_not_reached(table, survey, pd.Series([True, False]))
    assert cleaned.loc[0, list(left)].astype(str).tolist() == ["-66.0", *["-66"] * 5]
    assert pd.isna(cleaned.at[0, "t1"])
    assert cleaned.loc[1, list(left)].isna().all()


def test_not_asked_behind_the_last_answer_stays_not_asked(answers, survey):
    blank = dict.fromkeys([item.id for item in survey.questions[4:]])
    table, _ = restore_not_asked(answers(blank | {"served": 2}), survey)
    cleaned = restore_not_reached(table, survey, pd.Series([True]))
    assert cleaned.at[0, "hours"] == -77
    assert cleaned.at[0, "t1"] == -66


def test_every_kind_of_missing_answer_keeps_its_name(answers, survey):
    table = answers(
        {"hours": -77, "t1": -88, "t2": -99, "t3": -66, "y1": None, "y2": 5, "weight": -99}
    )
    kinds = nonresponse(table, survey).loc[0]
    assert kinds[["hours", "t1", "t2", "t3", "y1", "y2", "weight"]].tolist() == [
        "not_asked",
        "dont_know",
        "refused",
        "not_reached",
        "no_answer",
        "",
        "refused",
    ]
