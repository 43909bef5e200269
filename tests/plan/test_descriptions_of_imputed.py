"""Where the plan may ask for means of imputed answers, and where not."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

BLOCK = PLAN[PLAN.index("missing:\n") : PLAN.index("diagram:\n")]
MEANS, POINTS = "outcome: hours, by: party", "level: communities, outcome: rate, by: rooms"


def read(schemas, *replacements: tuple[str, str]):
    text = PLAN
    for old, new in replacements:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return read_study({**texts(), "plan.yaml": text}, "instruments/small", schemas)


def refused(schemas, *replacements: tuple[str, str]) -> str:
    with pytest.raises(StudyError) as caught:
        read(schemas, *replacements)
    line = PLAN[: PLAN.index(replacements[0][0])].count("\n") + 1
    assert f"plan.yaml, line {line}, descriptions" in str(caught.value)
    return str(caught.value)


def test_means_are_pooled_unless_the_plan_says_otherwise_and_communities_never(schemas):
    plan = read(schemas).plan
    assert [each.id for each in plan.imputed_descriptions] == ["means"]
    assert not read(schemas, (MEANS, f"{MEANS}, missing: complete")).plan.imputed_descriptions
    assert not read(schemas, (BLOCK, "")).plan.imputed_descriptions


def test_imputed_means_without_a_block_that_imputes_are_refused(schemas):
    asked = (MEANS, f"{MEANS}, missing: imputed")
    assert read(schemas, asked).plan.imputed_descriptions
    assert "needs a block `missing` in the plan." in refused(schemas, asked, (BLOCK, ""))


def test_communities_as_points_are_not_imputed(schemas):
    told = refused(schemas, (POINTS, f"{POINTS}, missing: complete"))
    assert "missing: every community is drawn; leave it out." in told


def test_codes_of_missing_answers_have_no_mean(schemas):
    own = ("method: nominal, own_answers: [refused]", "own_answers: [refused]")
    hours = (BLOCK, BLOCK.replace(*own).replace("item: mood", "item: hours"))
    told = refused(schemas, (MEANS, f"{MEANS} "), hours)
    assert "set `missing: complete`" in told
    other = (MEANS, f"{MEANS}, missing: complete")
    with pytest.raises(StudyError) as caught:
        read(schemas, other, hours)
    assert "descriptions" not in str(caught.value)
