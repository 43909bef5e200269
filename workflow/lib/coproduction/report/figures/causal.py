"""The causal diagram that a plan assumes, drawn from causes on the left to effects on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coproduction.report.figures.canvas import BAND, INK, QUIET, canvas, finished, styled, wrapped
from coproduction.report.figures.layers import layout

WIDTH, SIDE = 7.2, 0.04
"""Inches: width of the figure, and margin beside the boxes."""
BOX, WIDEST = 0.72, 1.1
"""Share of a layer's width that a box takes, and the most inches that it takes."""
LINE, PAD, GAP, PORT = 0.14, 0.14, 0.12, 0.06
"""Inches: height of a line of text, of the space around it, between boxes, and between the ends of
arrows at a box."""
CROWDED, LETTER = 7, 0.5
"""More layers than this make letters smaller; width of a half-width character over its size."""
KEY, SAMPLE = 0.4, (0.3, 0.17)
"""Inches: height of the key, width and height of a frame in it."""
CAUSAL = ("exposure", "mediator", "outcome")
UNMEASURED, OTHER = "unmeasured", "other"
FRAMES: dict[str, dict[str, Any]] = {
    "exposure": {"linewidth": 2.2},
    "mediator": {"linewidth": 1.1, "round": 0.35},
    "outcome": {"linewidth": 2.2, "facecolor": BAND},
    "common_cause": {"linewidth": 0.8},
    UNMEASURED: {"linewidth": 1.1, "linestyle": "--", "round": 0.5},
    OTHER: {"linewidth": 0},
}
"""Frames told apart by shape and line, not by colour; how round corners are, over the height."""


@dataclass(frozen=True)
class Node:
    """A node as it is drawn: its name, and its part as in `FRAMES`."""

    name: str
    part: str


@styled
def causal_diagram(
    nodes: Mapping[str, Node],
    edges: Sequence[tuple[str, str]],
    key: Mapping[str, str],
    stamp: str,
) -> Any:
    """Draw nodes in frames by their part, and arrows between them.

    Parameters
    ----------
    nodes
        Nodes by id.
    edges
        Cause and effect, ids; without cycles.
    key
        Words of each part, for the key; those of parts that no node plays are left out.
    stamp
        Words across the figure, empty for none.
    """
    placed = layout(list(nodes), edges)
    layers = 1 + max(layer for layer, _ in placed.places.values())
    step = (WIDTH - 2 * SIDE) / layers
    box = min(BOX * step, WIDEST)
    size = 8 if layers <= CROWDED else 7
    names = {node: wrapped(n.name, int(72 * box / (LETTER * size))) for node, n in nodes.items()}
    lines = {
        node: max(sum(edge[end] == node for edge in edges) for end in (0, 1)) for node in nodes
    }
    tall = {
        node: PAD + max(LINE * (1 + name.count("\n")), PORT * lines[node])
        for node, name in names.items()
    }
    pitch = max(tall.values()) + GAP
    foot = pitch * placed.depth
    figure, axes = canvas(WIDTH, foot + KEY)

    def at(place: tuple[int, float]) -> tuple[float, float]:
        return SIDE + (place[0] + 0.5) * step, place[1] * pitch

    ways = {edge: [at(place) for place in way] for edge, way in placed.routes.items()}
    leave, arrive = _ports(ways, tall, 0), _ports(ways, tall, 1)
    for edge, (start, *bends, end) in ways.items():
        level = [(x + side * box / 2, y) for x, y in bends for side in (-1, 1)]
        line = [(start[0] + box / 2, leave[edge]), *level, (end[0] - box / 2, arrive[edge])]
        _arrow(axes, line, [nodes[node].part for node in edge])
    for node, each in nodes.items():
        x, y = at(placed.places[node])
        _frame(axes, (x, y), (box, tall[node]), each.part)
        _words(axes, (x, y), names[node], size)
    _key(axes, [part for part in FRAMES if any(n.part == part for n in nodes.values())], key, foot)
    axes.set(xlim=(0, WIDTH), ylim=(foot + KEY, 0))
    axes.set_axis_off()
    return finished(figure, stamp)


def _ports(
    ways: Mapping[tuple[str, str], Sequence[tuple[float, float]]],
    tall: Mapping[str, float],
    end: int,
) -> dict[tuple[str, str], float]:
    """Spread the lines at a box over its side, ordered by where they come from or go to."""
    beside: dict[str, list[tuple[float, tuple[str, str]]]] = {}
    for edge, way in ways.items():
        beside.setdefault(edge[end], []).append((way[-2 if end else 1][1], edge))
    found = {}
    for node, lines in beside.items():
        middle = ways[lines[0][1]][-1 if end else 0][1]
        for place, (_, edge) in enumerate(sorted(lines)):
            share = (place + 0.5) / len(lines) - 0.5
            found[edge] = middle + share * (tall[node] - PAD / 2)
    return found


def _frame(axes: Any, middle: tuple[float, float], size: tuple[float, float], part: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    look = {"facecolor": "white", "edgecolor": INK, "zorder": 3, **FRAMES[part]}
    rounded = look.pop("round", 0) * size[1]
    style = f"round,pad=0,rounding_size={rounded}" if rounded else "square,pad=0"
    corner = (middle[0] - size[0] / 2, middle[1] - size[1] / 2)
    axes.add_patch(FancyBboxPatch(corner, *size, boxstyle=style, **look))


def _words(
    axes: Any, place: tuple[float, float], text: str, size: float, ha: str = "center"
) -> None:
    axes.text(*place, text, ha=ha, va="center", color=INK, fontsize=size, zorder=4)


def _arrow(axes: Any, line: Sequence[tuple[float, float]], parts: Sequence[str]) -> None:
    """Draw a smooth line from box to box; those of the assumed effects are darker."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    vertices, codes = [line[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(line):
        half = (x0 + x1) / 2
        vertices += [(half, y0), (half, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    causal = all(part in CAUSAL for part in parts)
    color, width = (INK, 1.1) if causal else (QUIET, 0.6)
    patch = FancyArrowPatch(
        path=Path(vertices, codes),
        arrowstyle="-|>,head_length=0.35,head_width=0.15",
        color=color,
        linewidth=width,
        mutation_scale=10,
        zorder=2 if causal else 1,
        linestyle=(0, (3, 2)) if parts[0] == UNMEASURED else "-",
    )
    axes.add_patch(patch)


def _key(axes: Any, parts: Sequence[str], words: Mapping[str, str], foot: float) -> None:
    """Explain the frames below the diagram."""
    step = (WIDTH - 2 * SIDE) / len(parts)
    y = foot + KEY / 2
    for place, part in enumerate(parts):
        x = SIDE + place * step + 0.02
        if part != OTHER:
            _frame(axes, (x + SAMPLE[0] / 2, y), SAMPLE, part)
        _words(axes, (x + SAMPLE[0] + 0.06, y), wrapped(words[part], 14), 7, "left")
