"""Who is analysed: every raw row gets one status, and the counts add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.cleaning.duplicates import duplicates
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds
from coproduction.intake.confidential import refused

ANALYSED = "analysed"
RETEST = "retest"
REASONS = (
    RETEST,
    "test_submission",
    "rejected",
    "duplicate",
    "no_consent",
    "not_eligible",
    "break_off",
)


def status(
    responses: pd.DataFrame,
    share_answered: pd.Series,
    instrument: Instrument,
    rules: Mapping[str, Any],
) -> tuple[pd.Series, pd.Series]:
    """Give every row the first reason for which it is left out, or `analysed`.

    Parameters
    ----------
    responses
        Canonical response table with *not asked* restored.
    share_answered
        Share of the questions put to each row that it answered.
    instrument
        The questionnaire.
    rules
        The `cleaning` block of the study; a rule that is absent excludes nobody.

    Returns
    -------
    status, detail
        One word per row, and what it rests on (the repeated submission, the condition, the share).
    """
    result = pd.Series(ANALYSED, index=responses.index, dtype="string")
    detail = pd.Series("", index=responses.index, dtype="string")
    tests = {
        RETEST: responses["wave"].isin(rules.get("retest", {}).get("waves", ())),
        "test_submission": _tests(responses, rules.get("test_submissions", {})),
        "rejected": responses["validation_status"].isin(rules.get("rejected", ())),
        "no_consent": refused(responses, instrument),
        "not_eligible": _not_eligible(responses, instrument, rules.get("eligible", "")),
        "break_off": share_answered < rules.get("complete", {}).get("partial", 0),
    }
    for reason in REASONS:
        free = result == ANALYSED
        if reason == "duplicate":
            if "duplicates" not in rules:
                continue
            repeats = _repeats(responses, free, instrument, rules["duplicates"])
            hit = repeats.notna()
            detail = detail.mask(hit, "repeats " + repeats)
        else:
            hit = tests[reason].fillna(False) & free
        result = result.mask(hit, reason)
    left = result == "break_off"
    return result, detail.mask(left, share_answered[left].map("{:.0%} answered".format))


def flow(statuses: pd.Series) -> pd.DataFrame:
    """Count how many rows each step leaves out and how many remain.

    Returns
    -------
    pandas.DataFrame
        `step, reason, n_removed, n_remaining`; the first row is what was received, the last what is
        analysed, and the removals add up to the difference.
    """
    remaining = len(statuses)
    rows: list[tuple[str, str, int, int]] = [("received", "", 0, remaining)]
    for reason in REASONS:
        removed = int((statuses == reason).sum())
        remaining -= removed
        rows.append(("excluded", reason, removed, remaining))
    rows.append((ANALYSED, "", 0, remaining))
    return pd.DataFrame(rows, columns=["step", "reason", "n_removed", "n_remaining"])


def _repeats(
    responses: pd.DataFrame, free: pd.Series, instrument: Instrument, rule: Mapping[str, Any]
) -> pd.Series:
    """Submission that each row repeats: the same device or the same account, and alike answers."""
    found = pd.Series(pd.NA, index=responses.index, dtype="string")
    for name in rule["same"]:
        repeats = duplicates(responses[free], instrument, [name], rule["minimum_match"])
        found = found.fillna(repeats.reindex(responses.index))
    return found


def _tests(responses: pd.DataFrame, rule: Mapping[str, Any]) -> pd.Series:
    hit = pd.Series(False, index=responses.index)
    for column in ("submitted_by", "device", "validation_status"):
        hit |= responses[column].isin(rule.get(column, ())).fillna(False).astype(bool)
    if before := rule.get("before"):
        hit |= (responses["submitted_at"].str[:10] < before).fillna(False).astype(bool)
    return hit


def _not_eligible(responses: pd.DataFrame, instrument: Instrument, condition: str) -> pd.Series:
    return ~holds(condition, responses, instrument.missing_values)
