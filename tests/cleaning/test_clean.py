"""The whole of cleaning: whatever is changed, flagged or left out is on record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.clean import clean
from coproduction.cleaning.exclusions import ANALYSED
from coproduction.errors import StudyError
from coproduction.intake.synthetic import check_synthetic

RULES = {
    "eligible": "adult == 1",
    "test_submissions": {"before": "2025-03-01"},
    "rejected": ["not_approved"],
    "duplicates": {"same": ["device"], "minimum_match": 0.9},
    "complete": {"partial": 0.3, "complete": 0.8},
    "quality": {"long_string": 4, "attention_misses": 1, "seconds_per_item": 2},
    "consistency": [{"id": "busy", "contradiction": "hours > 300"}],
}
AGREE = st.sampled_from([1, 3, 5, -88, -77, None])
ROWS = st.fixed_dictionaries(
    {
        "submitted_at": st.sampled_from(["2025-02-01T00:00:00Z", "2025-04-01T00:00:00Z"]),
        "device": st.sampled_from(["A", "B", None]),
        "validation_status": st.sampled_from([None, "not_approved"]),
        "duration_seconds": st.sampled_from([20.0, 500.0, None]),
        "consent": st.sampled_from([1, 1, 1, 0, None]),
        "adult": st.sampled_from([1, 1, 1, 2, None]),
        "place": st.sampled_from(["C01", "c1", None]),
        "served": st.sampled_from([1, 2, -88, None]),
        "hours": st.sampled_from([0, 350, 999, -5, -77, -88, None]),
        "tasks": st.sampled_from(["1", "1 99", "-77", None]),
        "t1": AGREE,
        "t2": AGREE,
        "check": AGREE,
        "sensitiveok": st.sampled_from([1, 0, None]),
        "income": st.sampled_from([1, 5, None]),
        "illness": st.sampled_from(["cold", None]),
    }
)


@settings(max_examples=15)
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
def test_nothing_is_changed_flagged_or_left_out_without_a_finding(rows, answers, survey):
    raw = answers(*rows, {})
    result = clean(raw, survey, RULES)
    responses, findings = result.responses, result.findings
    told = set(zip(findings["submission"], findings["item"], strict=True))
    # Who did not agree is left out with a finding; none of their answers is told or used.
    agreed = raw["consent"].eq(1).fillna(False)
    assert not (set(raw.loc[~agreed, "submission"]) & {s for s, item in told if item})

    assert responses["submission"].tolist() == raw["submission"].tolist()
    for item in survey.questions:
        before, after = raw[item.id].astype("string"), responses[item.id].astype("string")
        changed = agreed & before.notna() & (before != after).fillna(True)
        for submission in raw.loc[changed, "submission"]:
            assert (submission, item.id) in told

    left_out = findings[findings["action"] == "excluded"]
    dropped = responses[responses["status"] != ANALYSED]
    assert left_out["submission"].tolist() == left_out["submission"].drop_duplicates().tolist()
    assert set(left_out["submission"]) == set(dropped["submission"])
    reasons = dropped.set_index("submission")["status"]
    assert (left_out.set_index("submission")["code"].sort_index() == reasons.sort_index()).all()

    flagged = findings[findings["action"] == "flagged"].groupby("submission").size()
    counted = responses.set_index("submission")["flags"]
    assert counted[counted > 0].astype(int).to_dict() == flagged.to_dict()

    analysed = responses[responses["status"] == ANALYSED]
    flow = result.flow
    assert flow["n_remaining"].iloc[0] == len(raw)
    assert flow["n_removed"].sum() + flow["n_remaining"].iloc[-1] == len(raw)
    assert len(result.scores) == len(result.nonresponse) == len(analysed)
    assert result.scores["flags"].tolist() == analysed["flags"].astype(float).tolist()


@settings(max_examples=6)
@given(rows=st.lists(ROWS, min_size=1, max_size=6), seed=st.integers(0, 10))
def test_the_order_of_the_rows_decides_nothing(rows, seed, answers, survey):
    raw = answers(*rows, {})
    mixed = raw.iloc[np.random.default_rng(seed).permutation(len(raw))].reset_index(drop=True)
    one, other = (clean(table, survey, RULES).responses for table in (raw, mixed))
    columns = ["submission", "status", "completeness", "flags", *(i.id for i in survey.questions)]
    pd.testing.assert_frame_equal(
        one[columns].sort_values("submission", ignore_index=True),
        other[columns].sort_values("submission", ignore_index=True),
    )


def test_flags_are_counted_and_the_row_is_kept(answers, survey, codes):
    line = {"t1": 3, "t2": 3, "t3": 3, "check": 3, "m1": 3, "y1": 3, "y2": 3, "hours": 350}
    result = clean(answers(line, {"check": 1}, {}), survey, RULES)
    assert result.scores["flags"].tolist() == [3, 1, 0]
    assert set(result.responses["status"]) == {ANALYSED}
    assert [code for code in codes(result.findings) if code.startswith("flag_")] == [
        "flag_long_string s1",
        "flag_attention_misses s1",
        "flag_attention_misses s2",
        "flag_busy s1",
    ]
    quality = result.quality.set_index("index")
    assert quality["n_flagged"].to_dict() == {
        "long_string": 1,
        "attention_misses": 2,
        "seconds_per_item": 0,
        "busy": 1,
        "any_flag": 2,
        "two_or_more_flags": 1,
    }
    assert quality.at["attention_misses", "share"] == pytest.approx(2 / 3)
    assert quality.at["attention_misses", "limit"] == 1
    assert np.isnan(quality.at["busy", "limit"])


def test_an_unknown_contradiction_is_none(answers, survey):
    result = clean(answers({"hours": None}, {"hours": -88}, {}), survey, RULES)
    assert result.responses["flag_busy"].tolist() == [False, False, False]


def test_between_the_limits_an_interview_is_partial_and_its_rest_not_reached(answers, survey):
    blank = dict.fromkeys(item.id for item in survey.questions[11:])
    result = clean(answers(blank, {}), survey, RULES)
    assert result.responses["completeness"].tolist() == ["partial", "complete"]
    assert result.nonresponse.at[0, "recontact"] == "not_reached"
    assert result.nonresponse.at[1, "recontact"] == ""


def test_withheld_answers_are_in_no_table(answers, survey):
    result = clean(answers({"sensitiveok": 0, "illness": "secret", "income": 5}, {}), survey, {})
    for table in (result.responses, result.scores, result.findings):
        assert not table.iloc[[0]].astype("string").eq("secret").any(axis=None)
    assert np.isnan(result.scores.at[0, "income"])


def test_a_study_that_would_analyse_nobody_is_told_why(answers, survey):
    with pytest.raises(StudyError, match=r"`survey` is left to analyse; .* excluded as no_consent"):
        clean(answers({"consent": 0}, {"consent": 0}, {"adult": 2}), survey, RULES)


def test_simulated_rows_are_refused_in_a_study_of_real_data(answers):
    table = answers({"submitted_by": "Li"}, {"submitted_by": "simulator"})
    check_synthetic(table, synthetic=True)
    check_synthetic(answers({"submitted_by": None}), synthetic=False)
    with pytest.raises(StudyError, match=r"raw.csv, row 2: .* `synthetic: false`"):
        check_synthetic(table, synthetic=False)
