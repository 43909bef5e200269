"""Specification curves: estimates of many models, and below them what each model is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from coproduction.report.figures.canvas import (
    BAND,
    INK,
    QUIET,
    TIP,
    bare,
    finished,
    stacked,
    styled,
    wrapped,
)
from coproduction.report.numbers import interval, number

Mark = Literal["resting", "further"]
SYMBOLS = {"resting": ("D", INK), "further": ("o", "white")}
CURVE, ROW = 2.4, 0.155
"""Inches: height of the estimates, and of a row of the matrix."""
LABEL = 46
"""Half-width characters after which a label goes on in the next line."""
SIZES = ((24, 5.0, 1), (60, 3.0, 5), (10**9, 1.6, 20))
"""Up to so many models have marks of this size, in points, and every so manieth number."""


@dataclass(frozen=True)
class Specification:
    """One model in the curve.

    Attributes
    ----------
    name
        What it is called.
    estimate, low, high
        Estimate and the ends of its interval.
    mark
        Whether the hypothesis rests on it.
    traits
        What it is: pairs of a heading and a trait under it.
    """

    name: str
    estimate: float
    low: float
    high: float
    mark: Mark
    traits: Sequence[tuple[str, str]]


@styled
def specification_curve(
    models: Sequence[Specification],
    traits: Sequence[tuple[str, str]],
    axis_label: str,
    stamp: str,
) -> Any:
    """Draw the estimates side by side, with a matrix of the models' traits below.

    Parameters
    ----------
    models
        In the order of their columns, which are numbered from 1.
    traits
        Rows of the matrix: pairs of a heading and a trait, those of a heading together.
    axis_label
        Words beside the estimates.
    stamp
        Words across the figure, empty for none.
    """
    from matplotlib.figure import Figure

    lines = [wrapped(trait, LABEL) for _, trait in traits]
    places, headings, bottom = stacked(lines, [heading for heading, _ in traits])
    heights = [CURVE, ROW * max(bottom, 2)]
    figure = Figure(figsize=(7.2, sum(heights) + 0.4), layout="constrained")
    curve, matrix = figure.subplots(2, 1, sharex=True, height_ratios=heights)
    _, size, step = next(each for each in SIZES if len(models) <= each[0])
    _estimates(curve, models, size)
    curve.set_ylabel(axis_label, fontsize=9)
    held = [
        (column, place)
        for place, trait in zip(places, traits, strict=True)
        for column, model in enumerate(models, 1)
        if trait in model.traits
    ]
    matrix.hlines(places, 0.3, len(models) + 0.7, color=BAND, lw=0.5, zorder=0)
    matrix.plot(
        [column for column, _ in held], [place for _, place in held], "o", color=INK, ms=0.8 * size
    )
    matrix.set_yticks([*places, *headings], [*lines, *headings.values()], fontsize=8)
    for tick in matrix.get_yticklabels()[: len(places)]:
        tick.set_color(QUIET)
    matrix.set_ylim(bottom - 0.4, -0.6)
    matrix.set_xticks(range(step, len(models) + 1, step))
    matrix.tick_params(axis="x", length=0, labelsize=8)
    bare(matrix, "top", "right", "left", "bottom")
    return finished(figure, stamp)


def _estimates(axes: Any, models: Sequence[Specification], size: float) -> None:
    columns = range(1, len(models) + 1)
    lows, highs = [model.low for model in models], [model.high for model in models]
    lines = [BAND if size < 3 and each.mark == "further" else INK for each in models]
    axes.vlines(columns, lows, highs, color=lines, lw=0.24 * size, zorder=2)
    for column, model in zip(columns, models, strict=True):
        symbol, fill = SYMBOLS[model.mark]
        resting = model.mark == "resting"
        style = {"color": INK, "mfc": fill, "mew": 0.2 * size, "zorder": 3}
        style["ms"] = max(size, 4) if resting else size
        dot = axes.plot(column, model.estimate, symbol, **style)[0]
        words = f"{number(model.estimate)} {interval(model.low, model.high)}"
        dot.set_gid(f"{TIP}{column}. {model.name} {words}")
    axes.axhline(0, color=QUIET, lw=0.9, ls="--", zorder=0)
    axes.set_xlim(0.3, len(models) + 0.7)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.tick_params(axis="y", labelsize=8)
    bare(axes, "top", "right", "bottom")
