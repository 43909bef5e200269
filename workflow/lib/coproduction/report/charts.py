"""Bar charts of answers for readers who are no statisticians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduction.report.blocks import Drawing
from coproduction.report.canvas import INK, QUIET, bare, finished, panels, styled
from coproduction.report.numbers import display_width, percent

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
def bar_charts(charts: Sequence[Chart], stamp: str) -> Drawing:
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


def wrapped(text: str, width: int) -> str:
    """Break a text into lines of at most a number of half-width characters.

    Latin words stay whole; Chinese text breaks anywhere but before a closing mark.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and display_width(line + piece.rstrip()) > width and piece not in "，。；：？！）”":
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, line.rstrip()])


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after spaces and around wide characters."""
    pieces, word = [], ""
    for character in text:
        if display_width(character) == 2:
            pieces += [word, character] if word else [character]
            word = ""
        elif character == " ":
            pieces.append(word + character)
            word = ""
        else:
            word += character
    return [*pieces, word] if word else pieces
