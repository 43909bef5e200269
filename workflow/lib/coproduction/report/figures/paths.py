"""Path diagrams: constructs and observed variables, regressions and covariances among them.

Causes stand on the left. Every line enters a variable at a place of its own on its side, and its
estimate stands on it right before; these places lie so far apart that no two estimates meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coproduction.report.figures.canvas import (
    INK,
    QUIET,
    TIP,
    canvas,
    finished,
    styled,
    wrapped,
)
from coproduction.report.figures.layers import Layout, layout
from coproduction.report.numbers import display_width, number

WIDTH, SIDE, LEAST, WIDEST = 7.2, 0.05, 0.72, 1.2
"""Inches: width of the figure, its margin, and the least and most width of a variable."""
SIZE, LETTER, LINE = 7, 0.5, 0.125
"""Letters in points, width of a half-width one over that, and inches that a line of text takes."""
PORT, LANE, SPACE, BULGE = 0.16, 0.14, 0.14, 0.22
"""Inches: between the ends of lines at a variable, room of a line that passes a layer, space
between variables, and how far the line of a covariance bends out."""
HEAD, CURVING = 0.15, 0.25
"""Inches: room for the head of an arrow, and least room between layers for lines to bend."""
ROUND, USABLE = 1.35, 0.8
"""Height of an ellipse over that of a box which holds as many lines, and share of the height of
any variable where lines end."""
CROWDED = 4
"""More layers than this put standard errors beneath the estimates."""
EDGE = 0.02
"""Inches that a line goes straight on before it bends."""
END = ",head_length=0.35,head_width=0.15"
Point = tuple[float, float]


@dataclass(frozen=True)
class Variable:
    """A variable as it is drawn.

    Attributes
    ----------
    name
        What it is called.
    latent
        Whether it is a construct, an ellipse; a box otherwise.
    beneath
        What stands beneath the name, such as the share that is explained; empty for nothing.
    """

    name: str
    latent: bool
    beneath: str = ""


@dataclass(frozen=True)
class Line:
    """A regression, cause first, or the covariance of two variables.

    Attributes
    ----------
    ends
        Ids of the variables.
    estimate, std_error
        Standardised.
    clear
        Whether its interval leaves zero out.
    """

    ends: tuple[str, str]
    estimate: float
    std_error: float
    clear: bool

    @property
    def label(self) -> str:
        """Estimate and standard error in brackets; where there is none the estimate alone."""
        known = self.std_error == self.std_error
        error = f" ({number(self.std_error, 2)})" if known else ""
        return f"{number(self.estimate, 2)}{error}"

    def written(self, crowded: bool) -> str:
        """Its label as it stands in the figure."""
        return self.label.replace(" ", "\n") if crowded else self.label


@styled
def path_diagram(
    variables: Mapping[str, Variable],
    regressions: Sequence[Line],
    covariances: Sequence[Line],
    stamp: str,
) -> Any:
    """Draw a path model from causes on the left to effects on the right.

    Lines are the thicker the larger the estimate, and grey where its interval holds zero.

    Parameters
    ----------
    variables
        Variables by id.
    regressions
        Without cycles; each variable has one.
    covariances
        Of the disturbances of explained variables.
    stamp
        Words across the figure, empty for none.
    """
    drawn = _Diagram.of(variables, regressions, covariances)
    figure, axes = canvas(drawn.width, drawn.height)
    for line, points, both in drawn.lines():
        _line(axes, line, points, both, variables)
    for line, place in drawn.labels():
        background = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
        color = INK if line.clear else QUIET
        style = {
            "fontsize": SIZE,
            "color": color,
            "zorder": 5,
            "bbox": background,
            "linespacing": 1.05,
        }
        axes.text(*place, line.written(drawn.crowded), ha="center", va="center", **style)
    for name, each in variables.items():
        _variable(axes, each, drawn.middles[name], (drawn.box, drawn.tall[name]))
    axes.set(xlim=(0, drawn.width), ylim=(drawn.height, 0))
    axes.set_axis_off()
    return finished(figure, stamp)


@dataclass(frozen=True)
class _Diagram:
    """Where everything stands, in inches from the top left.

    Attributes
    ----------
    placed
        Layers, heights and routes.
    across
        For each layer where the strip of its estimates starts, its variables start, they end, and
        the strip of the estimates of its covariances ends.
    tall, box, crowded
        Height of each variable, width of all, and whether estimates take two lines.
    within
        Covariances of two variables in one layer.
    entering, leaving
        Height of each line at the left and the right side of its variables.
    """

    variables: Mapping[str, Variable]
    placed: Layout
    across: Sequence[tuple[float, float, float, float]]
    tall: Mapping[str, float]
    box: float
    crowded: bool
    regressions: Sequence[Line]
    between: Sequence[Line]
    within: Sequence[Line]
    entering: Mapping[tuple[Line, str], float]
    leaving: Mapping[tuple[Line, str], float]

    @classmethod
    def of(
        cls,
        variables: Mapping[str, Variable],
        regressions: Sequence[Line],
        covariances: Sequence[Line],
    ) -> _Diagram:
        arrows = [each.ends for each in regressions]
        names = list(variables)
        layer = {name: at for name, (at, _) in layout(names, arrows).places.items()}
        within = [each for each in covariances if layer[each.ends[0]] == layer[each.ends[1]]]
        between = [_forward(each, layer) for each in covariances if each not in within]
        joined = dict.fromkeys([*arrows, *(each.ends for each in between)])
        lines, layers = [*regressions, *between], 1 + max(layer.values())
        crowded = layers > CROWDED
        port = PORT + LINE * crowded
        strip = max(_wide(each.written(crowded)) for each in lines) + HEAD
        bent = {layer[each.ends[0]] for each in within}
        beside = max((_wide(each.written(crowded)) for each in within), default=0) + HEAD
        across, box = _across(layers, strip, dict.fromkeys(bent, beside))
        tall = {
            name: max(_high(each, box), _ports(name, lines, within, port) / USABLE)
            for name, each in variables.items()
        }
        rooms = {name: height + SPACE for name, height in tall.items()}
        placed = layout(names, list(joined), rooms, LANE)
        entering = _heights(placed, tall, [(each, each.ends, 1) for each in lines])
        ends = [(each, each.ends, 0) for each in lines]
        ends += [(each, way, 0) for each in within for way in (each.ends, each.ends[::-1])]
        leaving = _heights(placed, tall, ends)
        return cls(
            *(variables, placed, across, tall, box, crowded),
            *(regressions, between, within, entering, leaving),
        )

    @property
    def width(self) -> float:
        return self.across[-1][3] + SIDE + (BULGE if self.within else 0)

    @property
    def height(self) -> float:
        return self.placed.depth

    @property
    def middles(self) -> dict[str, Point]:
        return {
            name: ((self.across[layer][1] + self.across[layer][2]) / 2, height)
            for name, (layer, height) in self.placed.places.items()
        }

    def lines(self) -> Iterator[tuple[Line, Sequence[Point], bool]]:
        """Give every line with the points that it bends between, and whether it has two heads."""
        for each in (*self.regressions, *self.between):
            yield each, self._way(each), each in self.between
        for each in self.within:
            yield each, self._loop(each), True

    def labels(self) -> Iterator[tuple[Line, Point]]:
        """Give the middle of every estimate: before the end of a line, or beside its start."""
        for each in (*self.regressions, *self.between):
            start, edge, _, _ = self._columns(each.ends[1])
            yield each, ((start + edge - HEAD) / 2, self.entering[each, each.ends[1]])
        for each in self.within:
            _, _, edge, end = self._columns(each.ends[0])
            yield each, ((edge + HEAD + end) / 2, self.leaving[each, each.ends[0]])

    def _columns(self, name: str) -> tuple[float, float, float, float]:
        return self.across[self.placed.places[name][0]]

    def _way(self, line: Line) -> list[Point]:
        first, last = line.ends
        start, end = self.leaving[line, first], self.entering[line, last]
        points = [(self._side(first, start, 1), start), (self._columns(first)[3] + EDGE, start)]
        for layer, height in self.placed.routes[line.ends][1:-1]:
            points += [(self.across[layer][0], height), (self.across[layer][3], height)]
        return [*points, (self._columns(last)[0], end), (self._side(last, end, -1), end)]

    def _loop(self, line: Line) -> list[Point]:
        edge = self._columns(line.ends[0])[3]
        heights = [self.leaving[line, name] for name in line.ends]
        ends = [(self._side(name, y, 1), y) for name, y in zip(line.ends, heights, strict=True)]
        return [ends[0], (edge, heights[0]), (edge, heights[1]), ends[1]]

    def _side(self, name: str, height: float, side: int) -> float:
        """Where the outline of a variable is at a height, on its left or right side."""
        x, y = self.middles[name]
        share = 1.0
        if self.variables[name].latent:
            share = (1 - min(abs(height - y) / (self.tall[name] / 2), 1) ** 2) ** 0.5
        return x + side * share * self.box / 2


def _forward(line: Line, layer: Mapping[str, int]) -> Line:
    """Turn a covariance so that it goes from the left to the right."""
    first, last = sorted(line.ends, key=lambda name: layer[name])
    return Line((first, last), line.estimate, line.std_error, line.clear)


def _ports(name: str, lines: Sequence[Line], within: Sequence[Line], port: float) -> float:
    """Give the height that the lines at either side of a variable need."""
    left = sum(each.ends[1] == name for each in lines)
    right = sum(each.ends[0] == name for each in lines)
    beside = sum(name in each.ends for each in within)
    return max(port * left, (port if beside else PORT) * (right + beside))


def _wide(text: str) -> float:
    return max(map(display_width, text.split("\n"))) * LETTER * SIZE / 72 + 0.04


def _named(each: Variable, box: float) -> str:
    """Break a name into as few lines as it takes, and these into lines of about one length."""
    room = int(72 * box * (0.8 if each.latent else 0.94) / (LETTER * SIZE))
    name = wrapped(each.name, room)
    narrower = (wrapped(each.name, width) for width in range(room // 2, room))
    return next((text for text in narrower if text.count("\n") <= name.count("\n")), name)


def _high(each: Variable, box: float) -> float:
    rows = 1 + _named(each, box).count("\n") + bool(each.beneath)
    return (rows * LINE + LINE) * (ROUND if each.latent else 1)


def _across(
    layers: int, strip: float, beside: Mapping[int, float]
) -> tuple[list[tuple[float, float, float, float]], float]:
    """Divide the width into layers, each with room for estimates, and room between them."""
    gaps = max(layers - 1, 1)
    taken = 2 * SIDE + (layers - 1) * strip + sum(beside.values()) + (BULGE if beside else 0)
    box = min(max((WIDTH - taken - gaps * CURVING) / layers, LEAST), WIDEST)
    gap = max((WIDTH - taken - layers * box) / gaps, CURVING)
    found, x = [], SIDE
    for place in range(layers):
        edge = x + (strip if place else 0)
        end = edge + box + beside.get(place, 0)
        found.append((x, edge, edge + box, end))
        x = end + gap
    return found, box


def _heights(
    placed: Layout,
    tall: Mapping[str, float],
    ends: Sequence[tuple[Line, tuple[str, str], int]],
) -> dict[tuple[Line, str], float]:
    """Spread lines over one side of each variable in the order of where they go or come from."""
    beside: dict[str, list[tuple[tuple[int, float], Line]]] = {}
    for line, way, end in ends:
        route = placed.routes.get(way)
        own, other = placed.places[way[end]], placed.places[way[1 - end]]
        next_one = route[-2 if end else 1] if route else other
        apart = 0 if own[0] != other[0] else 1 if other[1] > own[1] else -1
        beside.setdefault(way[end], []).append(((apart, next_one[1]), line))
    found = {}
    for name, lines in beside.items():
        middle = placed.places[name][1]
        step = USABLE * tall[name] / max(len(lines), 2)
        for place, (_, line) in enumerate(sorted(lines, key=lambda each: each[0])):
            found[line, name] = middle + (place - (len(lines) - 1) / 2) * step
    return found


def _line(
    axes: Any,
    line: Line,
    points: Sequence[Point],
    both: bool,
    variables: Mapping[str, Variable],
) -> None:
    """Draw a line that is level at its points and bends between them."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        bend = (x0 + x1) / 2 if x0 != x1 else x0 + BULGE
        vertices += [(bend, y0), (bend, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    one, other = (variables[name].name for name in line.ends)
    patch = FancyArrowPatch(
        path=Path(vertices, codes),
        arrowstyle=("<|-|>" if both else "-|>") + END,
        color=INK if line.clear else QUIET,
        linewidth=0.7 + 2 * min(abs(line.estimate), 1) if line.clear else 0.6,
        mutation_scale=9,
        zorder=2 if line.clear else 1,
    )
    patch.set_gid(f"{TIP}{one} {'↔' if both else '→'} {other}: {line.label}".replace('"', "”"))
    axes.add_patch(patch)


def _variable(axes: Any, each: Variable, middle: Point, size: tuple[float, float]) -> None:
    from matplotlib.patches import Ellipse, Rectangle

    look: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 1.0, "zorder": 3}
    if each.latent:
        axes.add_patch(Ellipse(middle, *size, **look))
    else:
        corner = (middle[0] - size[0] / 2, middle[1] - size[1] / 2)
        axes.add_patch(Rectangle(corner, *size, **look))
    text = "\n".join(filter(None, [_named(each, size[0]), each.beneath]))
    style = {"ha": "center", "va": "center", "color": INK, "fontsize": SIZE, "zorder": 4}
    axes.text(*middle, text, linespacing=1.15, **style)
