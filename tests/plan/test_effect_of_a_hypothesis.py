"""A hypothesis on a total effect does not rest on a model that adjusts for what follows from it."""

from __future__ import annotations

import pytest
from every_block import PLAN, texts

from coproduction.errors import StudyError
from coproduction.study import read_study

FOLDER = "instruments/small"
NODE = '    - {id: work, label: {en: "Work"}'
HOPE = "    - {id: hope}\n"
EDGES = "edges: [[trust, work]]"
UNIT = '    unit: {en: "points"}\n'
BECAUSE = '    adjusts_because: {en: "it is asked about"}\n'


def plan(edges: str, said: str = "") -> str:
    """Write the small plan with hope in its diagram, and something more said of H1.

    Its mediations pass through another variable, which may stand in any order.
    """
    drawn = PLAN.replace(NODE, HOPE + NODE).replace(EDGES, f"edges: [[trust, work], {edges}]")
    drawn = drawn.replace("mediators: [{variable: hope", "mediators: [{variable: busy")
    drawn = drawn.replace(
        "natural_indirect, along: [trust, hope", "natural_indirect, along: [trust, busy"
    )
    return drawn.replace(UNIT, UNIT + said, 1)


def read(schemas, text: str) -> None:
    read_study(texts() | {"plan.yaml": text}, FOLDER, schemas)


def refused(schemas, text: str) -> list[str]:
    with pytest.raises(StudyError) as caught:
        read(schemas, text)
    return str(caught.value).split("\n")


def test_what_comes_before_the_exposure_may_be_adjusted_for(schemas):
    read(schemas, plan("[hope, trust], [hope, work]"))


def test_a_mediator_that_is_adjusted_for_is_refused_on_the_line_of_the_model(schemas):
    text = plan("[trust, hope], [hope, work]")
    first, *others = refused(schemas, text)
    line = text[: text.index("    model: main\n    estimand")].count("\n") + 1
    assert f"plan.yaml, line {line}, " in first
    assert "`main` adjusts for `hope`" in first and "follows from `trust`" in first
    assert "`effect: direct`" in first and "`adjusts_because`" in first
    assert all("H1" not in each for each in others)


@pytest.mark.parametrize("said", ["    effect: direct\n", BECAUSE])
def test_who_means_the_direct_effect_or_has_a_reason_says_so(schemas, said):
    told = refused(schemas, plan("[trust, hope], [hope, work]", said))
    assert all("H1" not in each for each in told)


@pytest.mark.parametrize("said", ["    effect: direct\n", BECAUSE])
def test_neither_is_said_where_nothing_downstream_is_adjusted_for(schemas, said):
    (told,) = refused(schemas, plan("[hope, trust], [hope, work]", said))
    assert "adjusts for nothing that follows from `trust`" in told
