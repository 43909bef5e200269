"""Diagrams of a measurement model: the items of each factor, and where their answers part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coproduction.report.figures.canvas import (
    INK,
    QUIET,
    bare,
    canvas,
    finished,
    panels,
    styled,
    wrapped,
)
from coproduction.report.numbers import display_width, number

COLUMNS, ROW, LEAST = 3, 0.3, 0.9
"""Diagrams side by side; inches of height that an item takes, and that a diagram has at least."""
COMPACT, TIGHT, MOST = 4, 0.23, 10
"""Diagrams side by side and inches of an item where room is short; items that one diagram holds at
most, those of a factor that has more standing in several."""
NAME = 10
"""Half-width characters after which the name of a factor goes on in the next line."""
CODE = 8
"""Half-width characters of the longest name that is taken for an item's id."""
LINE, MARGIN = 0.19, 0.8
"""Inches of height that an item takes among the thresholds, and that the axis takes."""
Factor = tuple[str, Sequence[tuple[str, float]]]


@styled
def factor_diagrams(factors: Sequence[Factor], stamp: str, *, compact: bool = False) -> Any:
    """Draw each factor as an ellipse with arrows to its items, boxes, and their loadings.

    Parameters
    ----------
    factors
        Name of each factor, with its items and their standardised loadings.
    stamp
        Words across the figure, empty for none.
    compact
        Whether it takes as little room as can be read.
    """
    columns, step = (COMPACT, TIGHT) if compact else (COLUMNS, ROW)
    parts = [
        (name, [(wrapped(item, NAME), value) for item, value in items[place : place + MOST]])
        for name, items in factors
        for place in range(0, len(items), MOST)
    ]
    rows = [parts[place : place + columns] for place in range(0, len(parts), columns)]
    heights = [
        max(LEAST, step * max(len(items) * _lines(items) for _, items in row)) for row in rows
    ]
    figure, fields = panels(7.2, heights, columns)
    for row, line, height in zip(rows, fields, heights, strict=True):
        for factor, panel in zip(row, line, strict=False):
            _diagram(panel.subplots(), factor, height / step, 7 if compact else 8)
    return finished(figure, stamp)


def _lines(items: Sequence[tuple[str, float]]) -> int:
    """Count the lines of the longest name."""
    return max(1 + item.count("\n") for item, _ in items)


def _diagram(axes: Any, factor: Factor, room: float, size: float) -> None:
    """Draw one factor in a field with room for a number of items, its items in the middle."""
    name, items = factor
    style = {"ha": "center", "va": "center", "color": INK, "fontsize": size}
    frame = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9}
    middle, step = (room - 1) / 2, _lines(items)
    # Only what stands below a second-order factor has a name as wide as a factor's.
    named = any(display_width(item) > CODE for item, _ in items)
    start, end, share = (0.18, 0.68, 0.6) if named else (0.24, 0.86, 0.62)
    for place, (item, loading) in enumerate(items):
        height = middle + step * (place - (len(items) - 1) / 2)
        arrow = {"arrowstyle": "->", "color": INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 8}
        axes.annotate("", (end, height), (start, middle), arrowprops=arrow)
        level = middle + share * (height - middle)
        words = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        axes.text(start + share * (end - start), level, number(loading, 2), bbox=words, **style)
        axes.text(
            0.8 if named else 0.9,
            height,
            item,
            bbox={"boxstyle": "square,pad=0.3", **frame},
            **style,
        )
    ellipse = {"boxstyle": "ellipse,pad=0.35", **frame, "linewidth": 1.2}
    axes.text(start - 0.01, middle, wrapped(name, NAME), bbox=ellipse, **style)
    axes.set(xlim=(0, 1), ylim=(room - 0.5, -0.5))
    axes.set_axis_off()


@styled
def threshold_lines(items: Sequence[tuple[str, Sequence[float]]], axis: str, stamp: str) -> Any:
    """Draw a line for each item, cut where one answer gives way to the next.

    Parameters
    ----------
    items
        Label of each item and its thresholds in ascending order.
    axis
        Words under the axis.
    stamp
        Words across the figure, empty for none.
    """
    figure, axes = canvas(7.2, MARGIN + LINE * len(items))
    for place, (_, thresholds) in enumerate(items):
        axes.plot([min(thresholds), max(thresholds)], [place] * 2, color=QUIET, lw=0.8)
        axes.plot(thresholds, [place] * len(thresholds), "|", color=INK, ms=8, mew=1.4)
    axes.axvline(0, color=QUIET, lw=0.9, ls="--", zorder=0)
    axes.set_yticks(range(len(items)), [label for label, _ in items], fontsize=8)
    axes.set_ylim(len(items) - 0.4, -0.6)
    axes.set_xlabel(axis)
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)
