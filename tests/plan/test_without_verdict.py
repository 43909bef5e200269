"""What the block `without_verdict` refuses before any data."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

ENTRY = '{id: W1, statement: {en: "Order."}, reason: {en: "One wave."}}'


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("id: H1, ", "the hypothesis `H1` has a verdict; leave it out here"),
        ("id: P1, ", "the hypothesis `P1` has a verdict; leave it out here"),
        ("id: C1, ", "the hypothesis `C1` has a verdict; leave it out here"),
    ],
)
def test_a_hypothesis_that_is_judged_elsewhere_is_refused(schemas, entry, words):
    changed = PLAN.replace(ENTRY, ENTRY.replace("id: W1, ", entry))
    assert words in refused(schemas, changed)


def test_one_that_stands_twice_or_is_not_worded_in_a_language_is_refused_with_its_place(schemas):
    twice = refused(schemas, PLAN.replace(ENTRY, f"{ENTRY}, {ENTRY}"))
    assert "without_verdict.1.id: the hypothesis `W1` stands twice" in twice
    other = ENTRY.replace('{en: "One wave."}', '{zh: "一"}')
    assert "without_verdict.0.reason: is not worded in en" in refused(
        schemas, PLAN.replace(ENTRY, other)
    )


def refused(schemas, text: str) -> str:
    with pytest.raises(StudyError) as error:
        read_study({**texts(), "plan.yaml": text}, "instruments/small", schemas)
    return str(error.value)
