"""How often each verdict came, a bar a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coproduction.report.figures.canvas import INK, TIP, bare, canvas, finished, styled, wrapped
from coproduction.report.numbers import percent

LABEL, LEGEND, COLUMNS = 34, 40, 2
"""Half-width characters of a line of a label and of the legend; columns of the legend."""
ROW, FOOT, LINE = 0.3, 0.75, 0.24
"""Inches: a bar with its space, the axis, a line of the legend."""
NARROW = 0.08
"""A share below this has no room for its number."""
FILLS: Sequence[tuple[str, str]] = (
    ("#1a1a1a", ""),
    ("#6b6b6b", ""),
    ("#ffffff", "..."),
    ("#ffffff", "xxxx"),
    ("#ffffff", "////"),
    ("#dcdcdc", ""),
    ("#ffffff", ""),
)
"""Grey and hatching of each verdict, in the order of the decision rule; apart in grey print."""


@styled
def verdict_shares(
    scenarios: Sequence[str], shares: Mapping[str, Sequence[float]], stamp: str
) -> Any:
    """Draw a stacked bar of verdicts for each scenario, first on top.

    Parameters
    ----------
    scenarios
        Their names.
    shares
        By the words of each verdict, in the order of the decision rule, its share in each scenario.
    stamp
        Words across the figure.
    """
    shown = {
        verdict: (values, *fill)
        for (verdict, values), fill in zip(shares.items(), FILLS, strict=True)
        if any(values)
    }
    places = list(range(len(scenarios)))
    legend = LINE * -(-len(shown) // COLUMNS)
    figure, axes = canvas(7.2, FOOT + legend + ROW * len(scenarios))
    starts = [0.0] * len(scenarios)
    for verdict, (values, colour, hatch) in shown.items():
        bars = axes.barh(
            places, values, 0.7, starts, color=colour, hatch=hatch, edgecolor=INK, lw=0.5
        )
        bars.set_label(wrapped(verdict, LEGEND))
        for place, (bar, start, value) in enumerate(zip(bars, starts, values, strict=True)):
            bar.set_gid(f"{TIP}{scenarios[place]}: {verdict} {percent(value, 0)}")
            if value >= NARROW:
                ink = "#ffffff" if colour in ("#1a1a1a", "#6b6b6b") else INK
                box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8}
                text = percent(value, 0)
                axes.text(
                    start + value / 2,
                    place,
                    text,
                    ha="center",
                    va="center",
                    color=ink,
                    fontsize=8,
                    bbox=box,
                )
        starts = [start + value for start, value in zip(starts, values, strict=True)]
    axes.set_yticks(places, [wrapped(each, LABEL) for each in scenarios], fontsize=9)
    axes.set(xlim=(0, 1), ylim=(len(scenarios) - 0.4, -0.6))
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [percent(each, 0) for each in ticks])
    figure.legend(loc="outside lower left", ncols=COLUMNS, frameon=False, fontsize=8)
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)
