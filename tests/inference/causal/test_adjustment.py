"""What models adjust for under a declared diagram."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.causal.adjustment import COLUMNS, adjustment, diagram_edges, node_roles
from coproduction.numerics.graph import Graph

CONSTRUCTS = {"mi": ["mi1", "mi2"], "cr": ["cr1", "cr2"], "pm": ["pm1"], "vi": ["vi1"]}
DIAGRAM = {
    "label": {"en": "Causes"},
    "nodes": [
        {"id": "mi", "role": "exposure"},
        {"id": "cr", "role": "exposure"},
        {"id": "y", "variables": ["served", "hours"], "role": "outcome"},
        {"id": "pm"},
        {"id": "z", "variables": ["age", "sex"]},
        {"id": "vi"},
        {"id": "offer", "level": "communities"},
        {"id": "siting", "level": "communities", "unmeasured": True},
    ],
    "edges": [
        *(["pm", "mi"], ["pm", "y"], ["z", "mi"], ["z", "y"], ["z", "cr"], ["mi", "vi"]),
        *(["cr", "vi"], ["vi", "y"], ["mi", "y"], ["cr", "y"], ["siting", "offer"]),
        *(["offer", "mi"], ["siting", "y"]),
    ],
}
VARIABLES = [
    {"id": "served", "expression": "b1 == 1"},
    {"id": "hours", "first": ["b1", "b4"]},
    {"id": "band", "recode": {"item": "age", "values": {}}},
]
WITHIN = {"variable": "mi", "split": "within_cluster"}


def judged(model: dict[str, Any], diagram: dict[str, Any] = DIAGRAM, **plan: Any) -> pd.DataFrame:
    whole = {"id": "m", "outcome": "served", "covariates": ["age", "sex"], **model}
    plan = {"variables": VARIABLES, "models": [whole], "diagram": diagram, **plan}
    return adjustment(plan_of(plan), CONSTRUCTS)


def one(*arguments: Any, **plan: Any) -> dict[str, Any]:
    rows = judged(*arguments, **plan).to_dict("records")
    assert len(rows) == 1
    return rows[0]


def hypothesis(estimand: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "H1", "model": "m", "estimand": estimand}]


def test_every_column_of_a_row_says_what_it_should():
    found = one(
        {
            "predictors": [WITHIN, "pm", "b6"],
            "covariates": ["age"],
            "subset": "sex == 1",
            "role": "robustness",
        },
        hypotheses=hypothesis({"kind": "coefficient", "variable": "mi_within"}),
    )
    assert found == {
        "model": "m",
        "role": "robustness",
        "hypotheses": "H1",
        "outcome": "y",
        "exposure": "mi",
        "term": "mi_within",
        "adjusted": "pm",
        "held_constant": "offer, siting",
        "partly_adjusted": "z",
        "selected_by": "z",
        "not_in_diagram": "b6",
        "post_treatment": "",
        "back_doors": "open",
        "open_path": "mi <- z -> y",
        "colliders": "",
    }
    assert tuple(found) == COLUMNS


def test_back_doors_are_blocked_by_every_item_of_a_node_but_not_by_some():
    assert one({"predictors": [WITHIN, "pm"]})["back_doors"] == "blocked"
    assert one({"predictors": [WITHIN]})["open_path"] == "mi <- pm -> y"
    part = one({"predictors": [WITHIN, "pm"], "covariates": ["sex"]})
    assert (part["partly_adjusted"], part["open_path"]) == ("z", "mi <- z -> y")


def test_a_variable_made_of_an_item_stands_for_it():
    found = one({"predictors": [WITHIN, "pm"], "covariates": ["band", "sex"]})
    assert (found["adjusted"], found["not_in_diagram"]) == ("pm, z", "")


def test_what_descends_from_the_exposure_is_named():
    found = one({"predictors": [WITHIN, "pm", "vi"]})
    assert found["post_treatment"] == "vi"
    assert one({"predictors": [WITHIN, "pm"], "subset": "vi > 2"})["post_treatment"] == "vi"
    assert one({"predictors": [WITHIN, "pm", "vi1"]})["post_treatment"] == "vi"


def test_of_two_exposures_each_is_adjusted_for_the_other():
    rows = judged({"predictors": ["mi", "cr", "pm", "offer"]})
    assert list(rows["exposure"]) == ["mi", "cr"]
    assert list(rows["adjusted"]) == ["cr, pm, z, offer", "mi, pm, z, offer"]
    assert list(rows["post_treatment"]) == ["", ""]


def test_an_exposure_that_follows_from_another_is_named():
    diagram = {**DIAGRAM, "edges": [*DIAGRAM["edges"], ["mi", "cr"]]}
    rows = judged({"predictors": ["mi", "cr", "pm"]}, diagram)
    assert list(rows["post_treatment"]) == ["cr", ""]


def test_only_a_deviation_within_communities_holds_communities_constant():
    whole = one({"predictors": ["mi", "pm"]})
    assert whole["held_constant"] == ""
    assert whole["open_path"] == "mi <- offer <- siting -> y"
    between = judged(
        {"predictors": [WITHIN, "pm"]},
        hypotheses=hypothesis({"kind": "coefficient", "variable": "mi_mean"}),
    )
    assert list(between["term"]) == ["mi_mean", "mi_within"]
    assert list(between["back_doors"]) == ["open", "blocked"]
    own = judged(
        {"predictors": [{"variable": "mi", "split": "own_and_others"}, "pm"]},
        hypotheses=hypothesis({"kind": "coefficient", "variable": "mi_others"}),
    )
    assert list(own["term"]) == ["mi_others, mi"]
    assert list(own["back_doors"]) == ["open"]


def test_selecting_respondents_opens_a_collider_and_blocks_nothing():
    nodes = [*DIAGRAM["nodes"], {"id": "member"}, {"id": "keen", "unmeasured": True}]
    edges = [["mi", "member"], ["keen", "member"], ["keen", "y"], *DIAGRAM["edges"]]
    diagram = {**DIAGRAM, "nodes": nodes, "edges": edges}
    assert one({"predictors": [WITHIN, "pm"]}, diagram)["colliders"] == ""
    found = one({"predictors": [WITHIN, "pm"], "subset": "member == 2"}, diagram)
    assert (found["colliders"], found["post_treatment"]) == ("member", "member")
    unblocked = one({"predictors": [WITHIN], "subset": "pm1 > 3"})
    assert unblocked["open_path"] == "mi <- pm -> y"


def test_hypotheses_name_exposures_of_which_the_second_of_a_product_is_the_moderator():
    product = hypothesis({"kind": "cross_partial", "variables": ["pm", "vi"]})
    found = judged({"predictors": ["pm", "vi"]}, hypotheses=product)
    assert list(found["exposure"]) == ["pm"]
    pair = hypothesis({"kind": "difference", "variables": ["pm", "vi"]})
    assert list(judged({"predictors": ["pm", "vi"]}, hypotheses=pair)["exposure"]) == ["pm", "vi"]


def test_a_part_of_a_node_whose_rest_is_a_covariate_is_no_exposure():
    planned = hypothesis({"kind": "coefficient", "variable": "sex"})
    found = judged({"predictors": ["sex"], "covariates": ["age"]}, hypotheses=planned)
    assert found.empty


@pytest.mark.parametrize(
    "model", [{"outcome": "income", "predictors": ["mi"]}, {"predictors": ["b6"]}]
)
def test_models_of_other_things_have_no_row(model):
    assert list(judged(model).columns) == list(COLUMNS)
    assert judged(model).empty


def test_without_a_diagram_the_tables_are_empty():
    assert adjustment(plan_of({"models": []})).empty
    assert diagram_edges(plan_of({})).empty


def test_the_parts_of_nodes_follow_from_the_edges():
    edges = [("c", "x"), ("c", "y"), ("x", "m"), ("m", "y"), ("y", "k"), ("x", "k"), ("s", "x")]
    edges += [("o", "y"), ("p", "x"), ("p", "w"), ("w", "y")]
    graph = Graph(tuple("xwycmksop"), tuple(edges))
    assert node_roles(graph, ["x", "w"], ["y"]) == {
        **{"x": "exposure", "w": "exposure", "y": "outcome", "c": "common_cause"},
        **{"m": "mediator", "k": "consequence", "s": "other", "o": "other"},
        "p": "common_cause",
    }


def test_every_edge_is_tabulated_with_the_parts_of_its_ends():
    rows = diagram_edges(plan_of({"diagram": DIAGRAM})).set_index(["cause", "effect"])
    assert list(rows.index) == [tuple(edge) for edge in DIAGRAM["edges"]]
    assert tuple(rows.loc[("siting", "offer")]) == ("common_cause", "other")
    assert tuple(rows.loc[("vi", "y")]) == ("mediator", "outcome")
