"""Open paths, held against a list of all paths and against graphs of the textbooks."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.inference.causal.open_paths import (
    open_colliders,
    open_path,
)
from coproduction.numerics.graph import Graph, cycle


def separated(diagram, start, end, given) -> bool:
    """Tell whether two nodes are d-separated given others."""
    return not open_path(diagram, start, end, given)


def diagram(text: str) -> Graph:
    """Read `a->b b->c`."""
    edges = [tuple(arrow.split("->")) for arrow in text.split()]
    return Graph(tuple(dict.fromkeys(name for edge in edges for name in edge)), tuple(edges))


def all_paths(graph: Graph, start: str, end: str) -> list[tuple[str, ...]]:
    """Every path without a repeated node, by going everywhere."""
    found = []

    def go(path: tuple[str, ...]) -> None:
        if path[-1] == end:
            found.append(path)
            return
        for cause, effect in graph.edges:
            if path[-1] == cause and effect not in path:
                go((*path, "->", effect))
            if path[-1] == effect and cause not in path:
                go((*path, "<-", cause))

    go((start,))
    return found


def below(graph: Graph, node: str) -> set[str]:
    """Descendants by going down every arrow, the node included."""
    return {node}.union(*(below(graph, effect) for cause, effect in graph.edges if cause == node))


def is_open(graph: Graph, path: tuple[str, ...], adjusted: set[str]) -> bool:
    """The definition, word by word."""
    inner = [path[place - 1 : place + 2] for place in range(2, len(path) - 1, 2)]
    return all(
        bool(below(graph, node) & adjusted)
        if (before, after) == ("->", "<-")
        else node not in adjusted
        for before, node, after in inner
    )


def colliders(path: tuple[str, ...]) -> set[str]:
    inner = [path[place - 1 : place + 2] for place in range(2, len(path) - 1, 2)]
    return {node for before, node, after in inner if (before, after) == ("->", "<-")}


@st.composite
def cases(draw):
    """A graph of 3 to 6 nodes in any order, two of them, and some of the others."""
    nodes = draw(st.permutations("abcdef"))[: draw(st.integers(3, 6))]
    pairs = list(combinations(nodes, 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    others = draw(st.sets(st.sampled_from(nodes[2:] or ["a"])))
    start, end = draw(st.permutations(nodes))[:2]
    return Graph(tuple(nodes), tuple(chosen)), start, end, others - {start, end}


@given(cases())
def test_a_path_is_found_if_and_only_if_one_is_open(case):
    graph, start, end, adjusted = case
    known = [p for p in all_paths(graph, start, end) if is_open(graph, p, adjusted)]
    found = open_path(graph, start, end, adjusted)
    assert separated(graph, start, end, adjusted) == (not known)
    assert bool(found) == bool(known)
    if found:
        assert found in known
        assert len(found) == min(map(len, known))


@given(cases())
def test_a_back_door_is_found_if_and_only_if_one_is_open(case):
    graph, start, end, adjusted = case
    paths = [p for p in all_paths(graph, start, end) if p[1] == "<-"]
    known = [p for p in paths if is_open(graph, p, adjusted)]
    found = open_path(graph, start, end, adjusted, back_door=True)
    assert (found in known) if known else not found


@settings(max_examples=400)
@given(cases())
def test_open_colliders_are_those_of_all_open_paths(case):
    graph, start, end, adjusted = case
    known = [p for p in all_paths(graph, start, end) if is_open(graph, p, adjusted)]
    found = open_colliders(graph, start, end, adjusted)
    assert set(found) == set().union(*map(colliders, known))


@given(cases())
def test_separation_does_not_depend_on_the_direction_of_reading(case):
    graph, start, end, adjusted = case
    assert separated(graph, start, end, adjusted) == separated(graph, end, start, adjusted)


CONFOUNDER = diagram("c->x c->y x->y")
MEDIATOR = diagram("x->m m->y")
COLLIDER = diagram("x->k y->k k->d")
M_BIAS = diagram("a->x a->m b->m b->y x->y")


def test_a_confounder_opens_a_back_door_until_it_is_adjusted_for():
    assert open_path(CONFOUNDER, "x", "y", (), back_door=True) == ("x", "<-", "c", "->", "y")
    assert open_path(CONFOUNDER, "x", "y", ["c"], back_door=True) == ()


def test_a_mediator_is_no_back_door_and_blocks_the_effect_if_adjusted_for():
    assert open_path(MEDIATOR, "x", "y", (), back_door=True) == ()
    assert open_path(MEDIATOR, "x", "y", ()) == ("x", "->", "m", "->", "y")
    assert separated(MEDIATOR, "x", "y", ["m"])


@pytest.mark.parametrize("adjusted", ["k", "d"])
def test_a_collider_opens_once_it_or_what_follows_from_it_is_adjusted_for(adjusted):
    assert separated(COLLIDER, "x", "y", ())
    assert open_path(COLLIDER, "x", "y", [adjusted]) == ("x", "->", "k", "<-", "y")
    assert open_colliders(COLLIDER, "x", "y", [adjusted]) == ("k",)


def test_adjusting_for_a_cause_of_nothing_can_open_a_back_door():
    assert open_path(M_BIAS, "x", "y", (), back_door=True) == ()
    opened = ("x", "<-", "a", "->", "m", "<-", "b", "->", "y")
    assert open_path(M_BIAS, "x", "y", ["m"], back_door=True) == opened
    assert open_path(M_BIAS, "x", "y", ["m", "a"], back_door=True) == ()
    assert open_colliders(M_BIAS, "x", "y", ["m"]) == ("m",)


def test_a_child_of_one_confounder_is_no_collider_between_two():
    graph = diagram("a->x a->y a->p p->c a->c")
    assert open_colliders(graph, "x", "y", ["c"]) == ()


@given(cases())
def test_a_graph_drawn_in_an_order_has_no_circle(case):
    assert cycle(case[0].edges) == ()


@pytest.mark.parametrize(
    ("text", "circle"), [("a->b b->a", "aba"), ("r->a a->b b->c c->a c->s", "abca"), ("a->b", "")]
)
def test_a_circle_is_named(text, circle):
    found = "".join(cycle(diagram(text).edges))
    assert len(found) == len(circle)
    assert found in circle + circle[1:]
