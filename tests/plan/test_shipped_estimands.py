"""The plan of the resident survey means by volunteering what is done of one's own accord."""

from __future__ import annotations

import pandas as pd
import pytest

from coproduction.inference.data.variables import derive
from coproduction.plan.plan import Plan
from coproduction.study import read_study


@pytest.fixture(scope="module")
def plan(root, schemas) -> Plan:
    folder = root / "instruments/coproduction"
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    return read_study(texts, "instruments/coproduction", schemas).plan


def test_hours_that_stand_for_volunteering_are_a_persons_own(plan):
    models = {each.id: plan.by_name[each.model] for each in plan.hypotheses}
    assert models["H1hours"].outcome == models["H2hours"].outcome == "own_hours"
    summaries = {each.id: each.variable for each in plan.summaries}
    assert summaries[models["H12g"].outcome] == "own_hours"


def test_service_of_which_more_than_half_was_required_is_not_autonomous(plan):
    names = ("autonomous", "partly_autonomous", "wholly_autonomous")
    derived = [each for each in plan.variables if each.id in names]
    answers = pd.DataFrame({"b1": [1.0] * 5 + [0.0], "b5": [1.0, 2.0, 3.0, 4.0, 5.0, None]})
    table = derive(answers, derived)
    assert table["autonomous"].tolist() == [1, 1, 1, 0, 0, 0]
    assert table["partly_autonomous"].tolist() == [1, 1, 1, 1, 0, 0]
    assert table["wholly_autonomous"].tolist() == [1, 0, 0, 0, 0, 0]
    outcomes = {each.outcome for each in plan.grids[0].dimensions.outcome}
    assert {"partly_autonomous", "wholly_autonomous"} <= outcomes


def test_what_communities_offer_is_tested_without_what_is_perceived(plan):
    for hypothesis in plan.hypotheses:
        if hypothesis.id in ("H1offer", "H2offer"):
            held = {each.variable for each in plan.by_name[hypothesis.model].entries}
            assert not held & {"mi", "cr"} and hypothesis.effect == "total"
