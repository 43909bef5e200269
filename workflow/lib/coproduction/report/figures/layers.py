"""Placing the nodes of a directed graph in layers, so that every arrow points to the right.

The classical method in three steps (Sugiyama, Tagawa and Toda 1981): layers by the longest path, an
order within layers by barycentres, places near the neighbours. The same graph is always placed the
same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

Edge = tuple[str, str]
Bend = tuple[str, str, int]
"""Where the line of an edge crosses a layer: cause, effect, layer."""
Point = str | Bend
SWEEPS = 24
NARROW = 0.22
"""Room that a passing line takes in a layer, where a node takes 1."""


@dataclass(frozen=True)
class Layout:
    """Where nodes stand and lines bend.

    Attributes
    ----------
    places
        Layer, from 0 on the left, and height of the middle of every node, counted from the top; the
        heights of nodes in one layer differ by at least the mean of their rooms.
    routes
        For each edge the places that its line passes, ends included.
    depth
        Height of the whole, half a node above the highest and below the lowest included.
    """

    places: Mapping[str, tuple[int, float]]
    routes: Mapping[Edge, Sequence[tuple[int, float]]]
    depth: float


def layout(
    nodes: Sequence[str],
    edges: Sequence[Edge],
    rooms: Mapping[str, float] | None = None,
    narrow: float = NARROW,
) -> Layout:
    """Place the nodes of a graph without cycles.

    Parameters
    ----------
    nodes, edges
        The graph.
    rooms
        Height that each node takes, 1 if not given.
    narrow
        Height that a passing line takes.
    """
    layer = _layers(nodes, edges)
    bends = {edge: _bends(edge, layer) for edge in edges}
    chains: dict[Edge, list[Point]] = {edge: [edge[0], *bends[edge], edge[1]] for edge in edges}
    rows: list[list[Point]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in nodes:
        rows[layer[node]].append(node)
    for each in bends.values():
        for bend in each:
            rows[bend[2]].append(bend)
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    rows = _ordered(rows, links)

    def room(point: Point) -> float:
        return (rooms or {}).get(point, 1.0) if isinstance(point, str) else narrow

    heights = _heights(rows, links, room)
    top = min(height - room(point) / 2 for point, height in heights.items())
    bottom = max(height + room(point) / 2 for point, height in heights.items())

    def place(point: Point) -> tuple[int, float]:
        return layer[point] if isinstance(point, str) else point[2], heights[point] - top

    return Layout(
        {node: place(node) for node in nodes},
        {edge: [place(point) for point in chain] for edge, chain in chains.items()},
        bottom - top,
    )


def _layers(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Put each node behind its last cause, and those without a cause right before an effect."""
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for cause, effect in edges:
            layer[effect] = max(layer[effect], layer[cause] + 1)
    effects = {effect for _, effect in edges}
    for node in nodes:
        behind = [layer[effect] for cause, effect in edges if cause == node]
        if node not in effects and behind:
            layer[node] = min(behind) - 1
    return layer


def _bends(edge: Edge, layer: Mapping[str, int]) -> list[Bend]:
    cause, effect = edge
    return [(cause, effect, between) for between in range(layer[cause] + 1, layer[effect])]


def _neighbours(links: Sequence[tuple[Point, Point]], side: int) -> dict[Point, list[Point]]:
    found: dict[Point, list[Point]] = {}
    for link in links:
        found.setdefault(link[side], []).append(link[1 - side])
    return found


def _ordered(rows: list[list[Point]], links: Sequence[tuple[Point, Point]]) -> list[list[Point]]:
    """Order layers by the mean places of neighbours, and keep the order with fewest crossings."""
    best, fewest = rows, _crossings(rows, links)
    sides = [_neighbours(links, 1), _neighbours(links, 0)]
    for sweep in range(SWEEPS):
        leftwards = sweep % 2
        known = sides[leftwards]
        rows = [list(row) for row in rows]
        places = {point: place for row in rows for place, point in enumerate(row)}
        for row in reversed(rows) if leftwards else rows:
            row.sort(key=lambda point: _mean([places[each] for each in known.get(point, [point])]))
            places |= {point: place for place, point in enumerate(row)}
        found = _crossings(rows, links)
        if found < fewest:
            best, fewest = rows, found
    return best


def _crossings(rows: Sequence[Sequence[Point]], links: Sequence[tuple[Point, Point]]) -> int:
    """Count the pairs of lines between two layers whose ends stand in opposite orders."""
    places = {point: (layer, at) for layer, row in enumerate(rows) for at, point in enumerate(row)}
    between: dict[int, list[tuple[int, int]]] = {}
    for one, other in links:
        layer, at = places[one]
        between.setdefault(layer, []).append((at, places[other][1]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for lines in between.values()
        for a, b in combinations(lines, 2)
    )


def _heights(
    rows: Sequence[Sequence[Point]],
    links: Sequence[tuple[Point, Point]],
    room: Callable[[Point], float],
) -> dict[Point, float]:
    """Move every point towards the mean of its neighbours, in the given order and with room."""
    before, behind = _neighbours(links, 1), _neighbours(links, 0)
    known = {
        point: [*before.get(point, ()), *behind.get(point, ())] for row in rows for point in row
    }
    heights = {point: float(place) for row in rows for place, point in enumerate(row)}
    for _ in range(SWEEPS):
        for row in rows:
            wanted = [_mean([heights[each] for each in known[p] or [p]]) for p in row]
            heights |= dict(zip(row, _spread(wanted, [room(p) for p in row]), strict=True))
    return heights


def _spread(wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Find the heights nearest to those wanted that leave each point its room, in order.

    Taking the room off turns this into isotonic regression, solved by pooling adjacent violators.
    """
    if not wanted:
        return []
    offsets = [0.0]
    for one, other in pairwise(rooms):
        offsets.append(offsets[-1] + (one + other) / 2)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, size = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            earlier, many = pools.pop()
            total, size = total + earlier, size + many
        pools.append((total, size))
    level = [total / size for total, size in pools for _ in range(size)]
    return [height + offset for height, offset in zip(level, offsets, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
