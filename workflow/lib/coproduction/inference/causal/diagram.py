"""Directed acyclic graphs of assumed causes: which paths are open given what is adjusted for.

A path is written as words, `("mi", "<-", "pm", "->", "y")`. Given a set of nodes it is *open* if
each of its inner nodes lets it pass: a collider (two arrows meet in it) if it or one of its
descendants is in the set, any other node if it is not. Two nodes without an open path are
d-separated (Pearl 2009, *Causality*, 2nd ed., section 1.2.3). A back-door path is one that starts
with an arrow into the exposure (ibid., definition 3.3.1).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

Edge = tuple[str, str]
State = tuple[str, bool]
"""A node and whether the arrow by which it was reached points at it."""


@dataclass(frozen=True)
class Diagram:
    """Nodes and the arrows between them.

    Attributes
    ----------
    nodes
        Names, each once.
    edges
        Pairs of cause and effect; no node is its own cause, directly or by a detour.
    """

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """Direct causes of each node."""
        return {node: tuple(a for a, b in self.edges if b == node) for node in self.nodes}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Direct effects of each node."""
        return {node: tuple(b for a, b in self.edges if a == node) for node in self.nodes}

    def ancestors(self, nodes: Collection[str]) -> set[str]:
        """Find the nodes and whatever causes them."""
        return _closure(nodes, self.parents)

    def descendants(self, nodes: Collection[str]) -> set[str]:
        """Find the nodes and whatever they cause."""
        return _closure(nodes, self.children)

    def steps(self, node: str) -> Iterator[State]:
        """Name the neighbours of a node, and whether the arrow to each points at it."""
        yield from ((child, True) for child in self.children[node])
        yield from ((parent, False) for parent in self.parents[node])


def cycle(edges: Collection[Edge]) -> tuple[str, ...]:
    """Find nodes that cause each other in a circle, the first again at the end; empty if none."""
    diagram = Diagram(tuple(dict.fromkeys(node for edge in edges for node in edge)), tuple(edges))
    left = set(diagram.nodes)
    while free := {node for node in left if not left & set(diagram.parents[node])}:
        left -= free
    if not left:
        return ()
    # Whatever is left has a cause among what is left, so that going back must come round.
    walk = [next(node for node in diagram.nodes if node in left)]
    while walk[-1] not in walk[:-1]:
        walk.append(next(node for node in diagram.parents[walk[-1]] if node in left))
    return tuple(reversed(walk[walk.index(walk[-1]) :]))


def open_path(
    diagram: Diagram,
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
    before: dict[State, State | None] = dict.fromkeys(firsts)
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


def open_colliders(
    diagram: Diagram, start: str, end: str, given: Collection[str]
) -> tuple[str, ...]:
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
    diagram: Diagram,
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


def _passes(state: State, step: State, given: Collection[str], active: Collection[str]) -> bool:
    """Tell whether a node reached in one direction lets a trail go on in another."""
    node, reached_by_head = state
    collider = reached_by_head and not step[1]
    return node in active if collider else node not in given


def _written(start: str, state: State, before: dict[State, State | None]) -> tuple[str, ...]:
    words: list[str] = []
    step: State | None = state
    while step is not None:
        words[:0] = ["->" if step[1] else "<-", step[0]]
        step = before[step]
    return (start, *words)


def _closure(nodes: Collection[str], neighbours: dict[str, tuple[str, ...]]) -> set[str]:
    found, queue = set(), list(nodes)
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            queue.extend(neighbours[node])
    return found
