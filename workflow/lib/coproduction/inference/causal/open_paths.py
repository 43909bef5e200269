"""Directed acyclic graphs of assumed causes: which paths are open given what is adjusted for.

A path is written as words, `("mi", "<-", "pm", "->", "y")`. Given a set of nodes it is *open* if
each of its inner nodes lets it pass: a collider (two arrows meet in it) if it or one of its
descendants is in the set, any other node if it is not. Two nodes without an open path are
d-separated (Pearl 2009, *Causality*, 2nd ed., section 1.2.3). A back-door path is one that starts
with an arrow into the exposure (ibid., definition 3.3.1).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

from coproduction.numerics.graph import Graph, Step


def open_path(
    diagram: Graph,
    start: str,
    end: str,
    given: Collection[str],
    *,
    back_door: bool = False,
) -> tuple[str, ...]:
    """Find a shortest open path between two nodes, by reachability.

    Nodes are visited, breadth first, together with the direction from which they are reached
    (Shachter 1998, "Bayes ball"; Koller and Friedman 2009, *Probabilistic Graphical Models*,
    algorithm 3.1). A shortest open trail never meets a node twice: a loop could be cut out of it,
    for a node that is left downwards and met again is an ancestor of a collider that lets the trail
    pass.

    Parameters
    ----------
    diagram
        The graph.
    start, end
        Two of its nodes.
    given
        Nodes adjusted for, neither `start` nor `end` among them.
    back_door
        Whether only paths count that start with an arrow into `start`.

    Returns
    -------
    tuple of str
        Nodes with the arrows between them; empty if there is none. Among paths of one length it is
        the first in the order of the edges.
    """
    active = diagram.ancestors(given)
    firsts = [step for step in diagram.steps(start) if not (back_door and step[1])]
    before: dict[Step, Step | None] = dict.fromkeys(firsts)
    queue = deque(firsts)
    while queue:
        state = queue.popleft()
        if state[0] == end:
            return _written(start, state, before)
        for step in diagram.steps(state[0]):
            if step[0] != start and step not in before and _passes(state, step, given, active):
                before[step] = state
                queue.append(step)
    return ()


def open_colliders(diagram: Graph, start: str, end: str, given: Collection[str]) -> tuple[str, ...]:
    """Find the colliders on open paths between two nodes: what is adjusted for opens these paths.

    A node is one if open trails through two of its parents lead to `start` and to `end` without
    meeting. In the manner of Menger's theorem they do if no single other node stands on all of the
    trails that lead there; the tests hold this against the list of all paths.

    Parameters
    ----------
    diagram, start, end, given
        As in `open_path`.

    Returns
    -------
    tuple of str
        Colliders in the order of the diagram; each is in `given` or has a descendant there.
    """
    active = diagram.ancestors(given)
    candidates = [
        node for node in diagram.nodes if node in active and len(diagram.parents[node]) > 1
    ]
    ends = {start, end}
    return tuple(
        node
        for node in candidates
        if node not in ends
        and all(
            _leads(diagram, node, ends - {blocked}, given, active, blocked)
            for blocked in diagram.nodes
            if blocked != node
        )
    )


def _leads(
    diagram: Graph,
    collider: str,
    ends: Collection[str],
    given: Collection[str],
    active: Collection[str],
    blocked: str,
) -> bool:
    """Tell whether an open trail leads from a collider's parents to an end, avoiding a node."""
    barred = {collider, blocked}
    queue = deque((parent, False) for parent in diagram.parents[collider] if parent not in barred)
    seen = set(queue)
    while queue:
        state = queue.popleft()
        if state[0] in ends:
            return True
        for step in diagram.steps(state[0]):
            if step[0] not in barred and step not in seen and _passes(state, step, given, active):
                seen.add(step)
                queue.append(step)
    return False


def _passes(state: Step, step: Step, given: Collection[str], active: Collection[str]) -> bool:
    """Tell whether a node reached in one direction lets a trail go on in another."""
    node, reached_by_head = state
    collider = reached_by_head and not step[1]
    return node in active if collider else node not in given


def _written(start: str, state: Step, before: dict[Step, Step | None]) -> tuple[str, ...]:
    words: list[str] = []
    step: Step | None = state
    while step is not None:
        words[:0] = ["->" if step[1] else "<-", step[0]]
        step = before[step]
    return (start, *words)
