"""Who is analysed: one reason per row, and counts that add up."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.exclusions import ANALYSED, REASONS, flow, status

RULES = {
    "eligible": "adult == 1",
    "test_submissions": {
        "submitted_by": ["trainer"],
        "device": ["office"],
        "validation_status": ["preview"],
        "before": "2025-03-01",
    },
    "rejected": ["not_approved"],
    "duplicates": {"same": ["device"], "minimum_match": 0.9},
    "complete": {"partial": 0.5, "complete": 0.8},
}


def statuses(table, survey, rules=RULES, share=None):
    share = pd.Series(1.0, index=table.index) if share is None else pd.Series(share)
    return status(table, share, survey, rules)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, ANALYSED),
        ({"submitted_by": "trainer"}, "test_submission"),
        ({"device": "office"}, "test_submission"),
        ({"validation_status": "preview"}, "test_submission"),
        ({"submitted_at": "2025-02-28T23:59:59Z"}, "test_submission"),
        ({"submitted_at": "2025-03-01T00:00:00Z"}, ANALYSED),
        ({"submitted_at": None}, ANALYSED),
        ({"validation_status": "not_approved"}, "rejected"),
        ({"validation_status": "approved"}, ANALYSED),
        ({"consent": 0}, "no_consent"),
        ({"consent": None}, "no_consent"),
        ({"adult": 2}, "not_eligible"),
        ({"adult": -88}, "not_eligible"),
        ({"adult": None}, "not_eligible"),
        ({"sensitiveok": 0, "recontact": 0}, ANALYSED),
    ],
)
def test_every_reason_to_leave_a_row_out(answers, survey, row, reason):
    assert statuses(answers(row), survey)[0].tolist() == [reason]


def test_the_first_reason_counts(answers, survey):
    table = answers({"device": "office", "consent": 0, "adult": 2}, {"consent": 0, "adult": 2})
    assert statuses(table, survey)[0].tolist() == ["test_submission", "no_consent"]


def test_a_repeated_row_names_the_one_it_repeats(answers, survey):
    named, detail = statuses(answers({"device": "A"}, {"device": "A"}), survey)
    assert named.tolist() == [ANALYSED, "duplicate"]
    assert detail.tolist() == ["", "repeats s1"]


def test_the_same_device_or_the_same_token_is_enough_beside_like_answers(answers, survey):
    rules = {"duplicates": {"same": ["device", "submitted_by"], "minimum_match": 0.9}}
    table = answers(
        {"device": "A", "submitted_by": "t1"},
        {"device": "A", "submitted_by": "t2"},
        {"device": None, "submitted_by": "t1"},
        {"device": "B", "submitted_by": "t3"},
    )
    named, detail = statuses(table, survey, rules)
    assert named.tolist() == [ANALYSED, "duplicate", "duplicate", ANALYSED]
    assert detail.tolist() == ["", "repeats s1", "repeats s1", ""]


def test_a_test_submission_is_not_what_a_later_row_repeats(answers, survey):
    early = "2025-01-01T08:00:00Z"
    table = answers({"device": "A", "submitted_at": early}, {"device": "A"})
    assert statuses(table, survey)[0].tolist() == ["test_submission", ANALYSED]


def test_below_the_limit_an_interview_is_broken_off(answers, survey):
    named, detail = statuses(answers({}, {}), survey, share=[0.49, 0.5])
    assert named.tolist() == ["break_off", ANALYSED]
    assert detail.tolist() == ["49% answered", ""]


def test_rules_that_are_absent_leave_nobody_out_but_consent_is_always_needed(answers, survey):
    table = answers({"adult": 2, "device": "office"}, {"device": "office"}, {"consent": 0})
    assert statuses(table, survey, {}, [0.0, 0, 0])[0].tolist() == [ANALYSED] * 2 + ["no_consent"]


ROWS = st.fixed_dictionaries(
    {
        "submitted_by": st.sampled_from(["trainer", "x", None]),
        "device": st.sampled_from(["office", "A", None]),
        "validation_status": st.sampled_from(["not_approved", "preview", None]),
        "consent": st.sampled_from([0, 1, None]),
        "adult": st.sampled_from([1, 2, -88, None]),
        "t1": st.sampled_from([1, 2, 3, None]),
    }
)


@settings(max_examples=20)
@given(rows=st.lists(st.tuples(ROWS, st.floats(0, 1)), min_size=1, max_size=12))
def test_every_row_has_one_known_status_and_the_flow_adds_up_to_the_raw_rows(rows, answers, survey):
    table = answers(*(row for row, _ in rows))
    named, _ = statuses(table, survey, share=[share for _, share in rows])
    assert set(named) <= {ANALYSED, *REASONS}
    steps = flow(named)
    assert steps["n_remaining"].iloc[0] == len(rows)
    assert steps["n_remaining"].iloc[-1] == (named == ANALYSED).sum()
    assert (steps["n_remaining"] + steps["n_removed"].cumsum() == len(rows)).all()
    removed = steps[steps["step"] == "excluded"].set_index("reason")["n_removed"]
    assert removed.to_dict() == {reason: (named == reason).sum() for reason in REASONS}
