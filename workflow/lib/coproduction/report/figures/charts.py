"""Bar charts of answers for readers who are no statisticians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduction.report.figures.canvas import INK, QUIET, bare, finished, panels, styled, wrapped
from coproduction.report.numbers import percent

WIDTH, ROW, HEAD = 7.2, 0.27, 0.75
"""Inches: width of the page, height of a bar with its space, height of a chart's title."""
TITLE, LABEL = 48, 24
"""Half-width characters after which a title or label goes on in the next line."""


@dataclass(frozen=True)
class Chart:
    """The answers to one question.

    Attributes
    ----------
    title
        The question and how many answered it.
    answers
        Label and share of each answer, from 0 to 1.
    """

    title: str
    answers: Sequence[tuple[str, float]]


@styled
def bar_charts(charts: Sequence[Chart], stamp: str) -> Any:
    """Draw charts in two columns, row by row; every bar carries its percentage."""
    rows = [charts[place : place + 2] for place in range(0, len(charts), 2)]
    longest = [max(len(chart.answers) for chart in row) for row in rows]
    figure, fields = panels(WIDTH, [HEAD + ROW * bars for bars in longest], 2)
    for row, line, bars in zip(rows, fields, longest, strict=True):
        for chart, panel in zip(row, line, strict=False):
            _bars(panel, chart, bars)
    return finished(figure, stamp)


def _bars(panel: Any, chart: Chart, room: int) -> None:
    """Draw one chart with room for a number of bars, so that bars side by side are alike."""
    labels, shares = zip(*chart.answers, strict=True)
    places = range(len(shares))
    axes = panel.subplots()
    axes.barh(places, shares, height=0.7, color=QUIET)
    for place, share in zip(places, shares, strict=True):
        axes.text(share + 0.02, place, percent(share, 0), va="center", color=INK, fontsize=9)
    axes.set_yticks(places, [wrapped(label, LABEL) for label in labels], fontsize=9)
    axes.set(xlim=(0, 1.15), ylim=(room - 0.4, -0.6))
    axes.set_xticks([])
    panel.suptitle(wrapped(chart.title, TITLE), x=0.02, ha="left", fontsize=10, color=INK)
    bare(axes, "top", "right", "bottom", "left")
