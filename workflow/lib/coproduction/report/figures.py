"""Figures of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coproduction.report.blocks import Drawing
from coproduction.report.canvas import BAND, INK, QUIET, bare, canvas, finished, styled
from coproduction.report.labels import Labels
from coproduction.report.numbers import count

LINES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))
"""Kinds of line that stay apart in grey print."""
CROWDED = 16
"""More rows than this stand closer together."""


@styled
def flow_diagram(flow: pd.DataFrame, names: dict[str, str], stamp: str) -> Drawing:
    """Draw the flow from received to analysed, a box per stage with what was left out beside it."""
    removed = flow[(flow["step"] == "excluded") & (flow["n_removed"] > 0)]
    height = 0.9 + 0.62 * (len(removed) + 1)
    figure, axes = canvas(7.2, height)
    axes.set_axis_off()
    axes.set(xlim=(0, 10), ylim=(-(len(removed) + 1) - 0.5, 0.6))
    _box(axes, 2.6, 0, f"{names['received']}  n = {count(flow['n_remaining'].iloc[0])}", bold=True)
    for position, row in enumerate(removed.to_dict("records"), 1):
        axes.plot([2.6, 5.2], [-position, -position], color=QUIET, lw=0.8)
        _box(axes, 7.4, -position, f"{names[row['reason']]}  n = {count(row['n_removed'])}")
    last = -(len(removed) + 1)
    axes.annotate(
        "", (2.6, last + 0.3), (2.6, -0.3), arrowprops={"arrowstyle": "->", "color": QUIET, "lw": 1}
    )
    _box(
        axes,
        2.6,
        last,
        f"{names['analysed']}  n = {count(flow['n_remaining'].iloc[-1])}",
        bold=True,
    )
    return finished(figure, stamp)


@styled
def intervals(
    labels: Sequence[str],
    estimates: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    *,
    stamp: str,
    line: float | None = None,
    bands: Sequence[float] | None = None,
    axis_label: str = "",
) -> Drawing:
    """Draw estimates with intervals, one row each, first row on top.

    Parameters
    ----------
    labels, estimates, lows, highs
        One per row.
    stamp
        Words across the figure, empty for none.
    line
        Where a dashed reference line stands.
    bands
        For each row, half the width of a grey band around zero.
    axis_label
        Words under the axis.
    """
    row_height = 0.42 if len(labels) <= CROWDED else 0.24
    figure, axes = canvas(7.2, 0.9 + row_height * len(labels))
    places = range(len(labels))
    for place, band in zip(places, bands or (), strict=False):
        axes.barh(place, 2 * band, left=-band, height=0.62, color=BAND, lw=0, zorder=0)
    axes.hlines(places, lows, highs, color=INK, lw=1.4)
    axes.plot(estimates, places, "o", color=INK, ms=6)
    if line is not None:
        axes.axvline(line, color=QUIET, lw=0.9, ls="--", zorder=0)
    axes.set_yticks(list(places), labels)
    axes.invert_yaxis()
    axes.set_xlabel(axis_label)
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)


@styled
def curve_plot(rows: pd.DataFrame, labels: Labels, stamp: str) -> Drawing:
    """Draw predicted outcomes along a term with 95 % bands, a line for each held value."""
    figure, axes = canvas(7.2, 3.8)
    first = rows.iloc[0]
    for place, (value, part) in enumerate(rows.groupby("by_value", sort=False)):
        name = labels.level(first["by"], str(value))
        style = LINES[place % len(LINES)]
        axes.fill_between(
            part["value"], part["conf_low"], part["conf_high"], color=BAND, alpha=0.5, lw=0
        )
        axes.plot(part["value"], part["estimate"], color=INK, ls=style, lw=1.4, label=name)
    axes.set_xlabel(labels.term(first["term"]))
    axes.set_ylabel(labels.text["axes"]["predicted"])
    if first["by"]:
        axes.legend(title=labels.term(first["by"]), frameon=False, fontsize=9)
    bare(axes, "top", "right")
    return finished(figure, stamp)


@styled
def verdict_picture(verdicts: pd.DataFrame, labels: Labels, stamp: str) -> Drawing:
    """Draw every estimate with its interval as a multiple of its smallest effect of interest.

    The grey band reaches from minus one to plus one: what lies inside it is smaller than the plan
    calls worth knowing. Predicted positive associations point right, predicted negative ones left.
    """
    figure, axes = canvas(7.2, 1.1 + 0.42 * len(verdicts))
    axes.axvspan(-1, 1, color=BAND, lw=0, zorder=0)
    axes.axvline(0, color=QUIET, lw=0.9, ls="--", zorder=1)
    for place, row in enumerate(verdicts.to_dict("records")):
        unit = row["smallest_effect"]
        axes.plot([row["conf_low"] / unit, row["conf_high"] / unit], [place] * 2, color=INK, lw=1.4)
        axes.plot(row["estimate"] / unit, place, "o", color=INK, ms=6)
        side = axes.get_yaxis_transform()
        words = labels.verdict(row["verdict"])
        axes.text(1.02, place, words, transform=side, va="center", color=INK, fontsize=9)
    axes.set_yticks(range(len(verdicts)), verdicts["hypothesis"])
    axes.set_ylim(len(verdicts) - 0.5, -0.5)
    axes.set_xlabel(labels.text["axes"]["smallest_effects"])
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)


def _box(axes: Any, x: float, y: float, text: str, bold: bool = False) -> None:
    frame = {
        "boxstyle": "round,pad=0.45",
        "facecolor": "white",
        "edgecolor": INK if bold else QUIET,
        "linewidth": 1.3 if bold else 0.8,
    }
    axes.text(x, y, text, ha="center", va="center", bbox=frame, color=INK)
