from __future__ import annotations

import pandas as pd
import pytest

from coproduction.cleaning.consent import agreed, withhold_sensitive


@pytest.mark.parametrize("answer", [0, None, -88])
def test_without_the_sensitive_consent_only_the_sensitive_items_are_lost(answers, survey, answer):
    table = answers({"sensitiveok": answer}, {})
    cleaned, findings = withhold_sensitive(table, survey)
    assert cleaned.loc[0, ["income", "illness"]].isna().all()
    rest = [name for name in table if name not in ("income", "illness")]
    pd.testing.assert_frame_equal(cleaned[rest], table[rest])
    pd.testing.assert_series_equal(cleaned.loc[1], table.loc[1])
    assert findings["item"].tolist() == ["income", "illness"]


def test_the_finding_does_not_repeat_the_answer(answers, survey):
    _, findings = withhold_sensitive(answers({"sensitiveok": 0}), survey)
    assert set(findings["found"]) == {""}
    assert set(findings["action"]) == {"set_missing"}


def test_what_was_not_answered_is_not_withheld(answers, survey):
    table = answers({"sensitiveok": 0, "income": -77, "illness": None})
    cleaned, findings = withhold_sensitive(table, survey)
    assert cleaned.at[0, "income"] == -77
    assert findings.empty


def test_consent_to_being_contacted_again_decides_nothing_about_the_answers(answers, survey):
    yes, no = answers({"recontact": 1}), answers({"recontact": 0})
    assert withhold_sensitive(yes, survey)[1].empty and withhold_sensitive(no, survey)[1].empty


def test_a_questionnaire_without_the_consent_loses_nothing(answers, parse, root):
    text = (root / "tests/cleaning/survey.yaml").read_text("utf-8")
    plain = parse(text, (" role: consent_sensitive,", ""))
    table = answers({"sensitiveok": 0}, instrument=plain)
    assert withhold_sensitive(table, plain)[0] is table


def test_agreement_is_the_first_answer_and_nothing_else(answers, survey):
    table = answers({"consent": 1}, {"consent": 0}, {"consent": None}, {"consent": -99})
    consents = agreed(table, survey.with_role("consent"))
    assert consents.tolist() == [True, False, False, False]
