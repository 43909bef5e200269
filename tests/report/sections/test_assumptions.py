"""The causal diagram in the report: drawn, put into words, tabulated; absent without one."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.report.figures.causal import Node, causal_diagram
from coproduction.report.figures.layers import layout
from coproduction.report.renderers.html import html

EDGES, ADJUSTMENT = "inference/diagram.csv", "inference/adjustment.csv"
drawn = causal_diagram.__wrapped__
DIAGRAM = {
    "label": {"en": "Who helps", "zh-CN": "谁来帮忙"},
    "nodes": [
        {"id": "trust", "role": "exposure"},
        {"id": "hours", "role": "outcome", "label": {"en": "Time", "zh-CN": "时间"}},
        {"id": "luck", "label": {"en": "<b>Luck</b>", "zh-CN": "运气"}, "unmeasured": True},
    ],
    "edges": [["trust", "hours"], ["luck", "trust"], ["luck", "hours"]],
}
PARTS = {"trust": "exposure", "hours": "outcome", "luck": "common_cause"}


def results(tables, **row):
    """The small study's tables with a diagram."""
    edges = pd.DataFrame(DIAGRAM["edges"], columns=["cause", "effect"])
    edges = edges.assign(
        **{f"{end}_role": edges[end].map(PARTS) for end in ("cause", "effect")}, plan=""
    )
    judged = {"model": "m1", "outcome": "hours", "exposure": "trust", "hypotheses": "H1"}
    known = {
        "back_doors": "open",
        "open_path": "trust <- luck -> hours",
        "post_treatment": "",
        **row,
    }
    judgement = pd.DataFrame([dict.fromkeys(tables[ADJUSTMENT].columns, "") | judged | known])
    return {**tables, EDGES: edges, ADJUSTMENT: judgement}


@pytest.fixture
def shown(composed, planned, tables):
    """Compose a report with the diagram."""

    def make(language="en", **row):
        plan = {**planned[0], "diagram": DIAGRAM}
        return composed(language=language, plan=plan, tables=results(tables, **row))

    return make


def methods(document) -> str:
    section = next(each for each in document.sections if each.id == "methods")
    paragraphs = [block for block in section.blocks if block.kind == "paragraphs"]
    return " ".join(sentence for block in paragraphs for sentence in block.sentences)


def test_the_diagram_is_drawn_and_called_an_assumption(shown):
    figure = next(each for each in shown().figures if each.id == "diagram")
    assert figure.caption == "Who helps: assumed by the plan"
    assert "can be wrong; the data do not test it" in figure.notes[0]
    assert figure.description == "Trust → Time; <b>Luck</b> (unmeasured) → Trust, Time"
    assert figure.drawing.svg.startswith("<svg")


def test_sentences_name_the_open_path_and_what_is_downstream(shown):
    assert "in 0 of 1 pairs" in methods(shown())
    assert "Trust ← <b>Luck</b> (unmeasured) → Time (models: 1)" in methods(shown())
    assert "no model conditions on anything" in methods(shown())
    assert "influence: Model one (Time)." in methods(shown(post_treatment="hours"))


def test_sentences_are_quiet_where_every_back_door_is_blocked(shown):
    words = methods(shown(back_doors="blocked", open_path=""))
    assert "in 1 of 1 pairs" in words
    assert "remains open" not in words


def test_the_checklist_for_observational_studies_points_to_it(shown, composed):
    told = [
        " ".join(row[-1] for table in tables for row in table.rows)
        for tables in (
            [b for section in document.sections for b in section.blocks if b.kind == "table"]
            for document in (shown(), composed())
        )
    ]
    for words in ("Arrows of the assumed causal diagram: 3", "under the assumed diagram: 1"):
        assert [words in each for each in told] == [True, False]


def test_the_same_is_said_in_chinese(shown):
    words = methods(shown("zh-CN"))
    assert "信任 ← 运气（未测量） → 时间（1个模型）" in words
    assert "数据并不检验它" in words


def test_the_table_stands_in_an_appendix_with_names_and_arrows(shown):
    section = next(each for each in shown().sections if each.id == "methods-further")
    row = ["Trust", "Time", "H1", "–", "Trust ← <b>Luck</b> (unmeasured) → Time", "–"]
    known = [block for block in section.blocks if block.file == ADJUSTMENT]
    assert [cell for cell in known[0].rows[0] if cell != "–"] == [c for c in row if c != "–"]


def test_a_path_through_the_selection_of_respondents_is_worded(shown):
    path = "trust -> (selection) <- hours"
    assert "Trust → selection of respondents ← Time" in methods(shown(open_path=path))


def test_markup_in_the_name_of_a_node_is_inert(shown):
    assert "<b>Luck</b>" not in html(shown())


def test_a_study_without_a_diagram_says_nothing_of_one(composed):
    page = html(composed()).lower()
    assert 'id="methods"' in page
    assert "causal diagram" not in page
    assert ADJUSTMENT not in page


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_node_is_named_and_every_part_has_its_own_frame_and_key():
    parts = ["exposure", "mediator", "outcome", "common_cause", "unmeasured", "other"]
    nodes = {part: Node(part.upper(), part) for part in parts}
    edges = list(pairwise(parts))
    figure = drawn(nodes, edges, {part: f"a {part}" for part in parts}, "")
    written = [text.replace("\n", "") for text in texts(figure)]
    assert sorted(written) == sorted([*map(str.upper, parts), *(f"a {part}" for part in parts)])
    boxes = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_boxstyle")]
    looks = {
        (p.get_linewidth(), p.get_linestyle(), type(p.get_boxstyle()).__name__, p.get_facecolor())
        for p in boxes
    }
    assert len(looks) == len(parts)


def test_arrows_of_the_unmeasured_are_dashed():
    nodes = {"u": Node("u", "unmeasured"), "x": Node("x", "exposure"), "y": Node("y", "outcome")}
    key = {node.part: node.part for node in nodes.values()}
    axes = drawn(nodes, [("u", "x"), ("x", "y")], key, "").axes[0]
    arrows = [patch for patch in axes.patches if hasattr(patch, "get_arrowstyle")]
    assert [arrow.get_linestyle() == "-" for arrow in arrows] == [False, True]


@st.composite
def graphs(draw):
    nodes = [f"n{place}" for place in range(draw(st.integers(2, 9)))]
    pairs = [(a, b) for place, a in enumerate(nodes) for b in nodes[place + 1 :]]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    return draw(st.permutations(nodes)), edges


@given(graphs())
def test_arrows_point_right_nothing_overlaps_and_places_are_the_same_each_time(graph):
    nodes, edges = graph
    found = layout(nodes, edges)
    assert found == layout(nodes, edges)
    assert set(found.places) == set(nodes)
    for cause, effect in edges:
        route = found.routes[cause, effect]
        layers = [layer for layer, _ in route]
        assert layers == list(range(found.places[cause][0], found.places[effect][0] + 1))
        assert (route[0], route[-1]) == (found.places[cause], found.places[effect])
        assert all(0 <= height <= found.depth for _, height in route)
    for layer, height in found.places.values():
        beside = [h for other, h in found.places.values() if other == layer and h != height]
        assert all(abs(height - each) > 0.999 for each in beside)
    assert len(set(found.places.values())) == len(nodes)
