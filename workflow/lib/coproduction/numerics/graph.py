"""Directed graphs: what leads to what, and whether anything leads back to itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Edge = tuple[str, str]
Step = tuple[str, bool]
"""A node and whether the arrow by which it was reached points at it."""


@dataclass(frozen=True)
class Graph:
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

    def steps(self, node: str) -> Iterator[Step]:
        """Name the neighbours of a node, and whether the arrow to each points at it."""
        yield from ((child, True) for child in self.children[node])
        yield from ((parent, False) for parent in self.parents[node])


def cycle(edges: Collection[Edge]) -> tuple[str, ...]:
    """Find nodes that cause each other in a circle, the first again at the end; empty if none."""
    graph = Graph(tuple(dict.fromkeys(node for edge in edges for node in edge)), tuple(edges))
    left = set(graph.nodes)
    while free := {node for node in left if not left & set(graph.parents[node])}:
        left -= free
    if not left:
        return ()
    # Whatever is left has a cause among what is left, so that going back must come round.
    walk = [next(node for node in graph.nodes if node in left)]
    while walk[-1] not in walk[:-1]:
        walk.append(next(node for node in graph.parents[walk[-1]] if node in left))
    return tuple(reversed(walk[walk.index(walk[-1]) :]))


def _closure(nodes: Collection[str], neighbours: Mapping[str, tuple[str, ...]]) -> set[str]:
    found, queue = set(), list(nodes)
    while queue:
        node = queue.pop()
        if node not in found:
            found.add(node)
            queue.extend(neighbours[node])
    return found
