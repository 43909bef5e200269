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
from coproduction.report.numbers import number

COLUMNS, ROW, LEAST = 3, 0.3, 0.9
"""Diagrams side by side; inches of height that an item takes, and that a diagram has at least."""
NAME = 10
"""Half-width characters after which the name of a factor goes on in the next line."""
LINE, MARGIN = 0.19, 0.8
"""Inches of height that an item takes among the thresholds, and that the axis takes."""
Factor = tuple[str, Sequence[tuple[str, float]]]


@styled
def factor_diagrams(factors: Sequence[Factor], stamp: str) -> Any:
    """Draw each factor as an ellipse with arrows to its items, boxes, and their loadings.

    Parameters
    ----------
    factors
        Name of each factor, with its items and their standardised loadings.
    stamp
        Words across the figure, empty for none.
    """
    rows = [factors[place : place + COLUMNS] for place in range(0, len(factors), COLUMNS)]
    heights = [max(LEAST, ROW * max(len(items) for _, items in row)) for row in rows]
    figure, fields = panels(7.2, heights, COLUMNS)
    for row, line, height in zip(rows, fields, heights, strict=True):
        for factor, panel in zip(row, line, strict=False):
            _diagram(panel.subplots(), factor, height / ROW)
    return finished(figure, stamp)


def _diagram(axes: Any, factor: Factor, room: float) -> None:
    """Draw one factor in a field with room for a number of items, its items in the middle."""
    name, items = factor
    style = {"ha": "center", "va": "center", "color": INK, "fontsize": 8}
    frame = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9}
    middle = (room - 1) / 2
    for place, (item, loading) in enumerate(items):
        height = middle + place - (len(items) - 1) / 2
        arrow = {"arrowstyle": "->", "color": INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 8}
        axes.annotate("", (0.86, height), (0.24, middle), arrowprops=arrow)
        share = 0.62
        level = middle + share * (height - middle)
        words = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        axes.text(0.24 + share * 0.62, level, number(loading, 2), bbox=words, **style)
        axes.text(0.9, height, item, bbox={"boxstyle": "square,pad=0.3", **frame}, **style)
    ellipse = {"boxstyle": "ellipse,pad=0.35", **frame, "linewidth": 1.2}
    axes.text(0.23, middle, wrapped(name, NAME), bbox=ellipse, **style)
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
