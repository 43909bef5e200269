"""Figures of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.report.figures.canvas import (
    BAND,
    INK,
    QUIET,
    TIP,
    bare,
    canvas,
    finished,
    panels,
    stacked,
    styled,
    wrapped,
)
from coproduction.report.labels import Labels
from coproduction.report.numbers import count, display_width, interval, number

LINES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))
"""Kinds of line that stay apart in grey print."""
FEW, CROWDED = 10, 24
"""More rows than this stand closer together."""
LABEL, TITLE = 44, 56
"""Half-width characters after which a label, or a title of a panel, goes on in the next line."""
LEGEND = 32
"""A legend with more half-width characters than this has a line for each entry."""
CURVE = 2.6
"""Height of a panel with a curve in inches."""
REACH = 8
"""The axis of the verdicts ends at so many smallest effects of interest."""
INSIDE = 0.965
"""An estimate beyond that axis stands at this share of it, before the arrowhead."""


@styled
def flow_diagram(flow: pd.DataFrame, names: dict[str, str], stamp: str) -> Any:
    """Draw the flow from received to analysed, a box per stage with what was left out beside it."""
    removed = flow[(flow["step"] == "excluded") & (flow["n_removed"] > 0)]
    figure, axes = canvas(7.2, 0.6 + 0.5 * (len(removed) + 1))
    axes.set_axis_off()
    axes.set(xlim=(0, 10), ylim=(-(len(removed) + 1) - 0.5, 0.6))
    _box(axes, 2.6, 0, f"{names['received']}  n = {count(flow['n_remaining'].iloc[0])}", bold=True)
    for position, row in enumerate(removed.to_dict("records"), 1):
        axes.plot([2.6, 4.6], [-position, -position], color=QUIET, lw=0.8)
        _box(axes, 4.7, -position, f"{names[row['reason']]}  n = {count(row['n_removed'])}", "left")
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
    groups: Sequence[str] = (),
    axis_label: str = "",
) -> Any:
    """Draw estimates with intervals, one row each, first row on top.

    Parameters
    ----------
    labels, estimates, lows, highs
        One per row.
    stamp
        Words across the figure, empty for none.
    line
        Where a dashed reference line stands.
    groups
        Heading of each row; it stands above the first row that has it.
    axis_label
        Words under the axis.
    """
    lines = [wrapped(label, LABEL) for label in labels]
    places, headings, bottom = stacked(lines, groups)
    figure, axes = canvas(7.2, 0.8 + _spacing(len(labels)) * bottom)
    rows = zip(places, estimates, lows, highs, lines, strict=True)
    for place, estimate, low, high, label in rows:
        tip = f"{label} {number(estimate)} {interval(low, high)}".replace("\n", " ")
        axes.plot([low, high], [place] * 2, color=INK, lw=1.4, zorder=2)
        dot = axes.plot(estimate, place, "o", color=INK, ms=5, zorder=3)[0]
        dot.set_gid(f"{TIP}{tip}")
    if line is not None:
        axes.axvline(line, color=QUIET, lw=0.9, ls="--", zorder=0)
    size = 9 if len(labels) <= CROWDED else 8
    axes.set_yticks([*places, *headings], [*lines, *headings.values()], fontsize=size)
    for tick in axes.get_yticklabels()[: len(places)] if groups else ():
        tick.set_color(QUIET)
    axes.set_ylim(bottom - 0.5, -0.6)
    axes.set_xlabel(axis_label)
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)


def _spacing(rows: int) -> float:
    return 0.36 if rows <= FEW else 0.27 if rows <= CROWDED else 0.19


@styled
def curve_panels(curves: Sequence[tuple[str, pd.DataFrame]], labels: Labels, stamp: str) -> Any:
    """Draw predicted outcomes along terms with 95 % bands, two panels in a row.

    Parameters
    ----------
    curves
        Title and rows of each panel; a line stands for each held value.
    labels
        Names in the language of the report.
    stamp
        Words across the figure, empty for none.
    """
    columns = min(len(curves), 2)
    lines = -(-len(curves) // columns)
    height = CURVE if columns == 2 else 3.6
    figure, fields = panels(7.2, [height] * lines, columns)
    for place, (title, rows) in enumerate(curves):
        panel = fields[place // columns][place % columns]
        width = TITLE if columns == 2 else 2 * TITLE
        panel.suptitle(wrapped(title, width), x=0.02, ha="left", fontsize=9, color=INK)
        _curves(panel.subplots(), rows, labels)
    return finished(figure, stamp)


def _curves(axes: Any, rows: pd.DataFrame, labels: Labels) -> None:
    first = rows.iloc[0]
    for place, (value, part) in enumerate(rows.groupby("by_value", sort=False)):
        name = labels.held_at(first["by"], value, first["cell"])
        style = LINES[place % len(LINES)]
        axes.fill_between(
            part["value"], part["conf_low"], part["conf_high"], color=BAND, alpha=0.5, lw=0
        )
        axes.plot(part["value"], part["estimate"], color=INK, ls=style, lw=1.4, label=name)
    axes.set_xlabel(wrapped(labels.term(first["term"]), TITLE), fontsize=9)
    axes.set_ylabel(labels.text["axes"]["predicted"], fontsize=9)
    if first["by"]:
        _legend_above(axes, wrapped(labels.term(first["by"]), LABEL))
    bare(axes, "top", "right")


def _legend_above(axes: Any, title: str) -> None:
    """Put the legend above the field, where it hides no line; in one row if that is wide enough."""
    _, names = axes.get_legend_handles_labels()
    fits = display_width(" ".join(names)) <= LEGEND
    axes.legend(
        **{"title": title, "title_fontsize": 8, "fontsize": 8, "frameon": False},
        **{"ncols": len(names) if fits else 1, "alignment": "left", "borderaxespad": 0},
        **{"loc": "lower left", "bbox_to_anchor": (0, 1), "columnspacing": 1.2},
    )


@styled
def slope_panels(slopes: Sequence[tuple[str, pd.DataFrame]], labels: Labels, stamp: str) -> Any:
    """Draw the effect of a term across a moderator: by the planned model and freely in bins.

    Parameters
    ----------
    slopes
        Title and rows of `inference/moderation.csv` of each panel.
    labels
        Names in the language of the report.
    stamp
        Words across the figure, empty for none.
    """
    figure, fields = panels(7.2, [3.4] * len(slopes), 1)
    for (title, rows), (panel,) in zip(slopes, fields, strict=True):
        panel.suptitle(wrapped(title, 2 * TITLE), x=0.02, ha="left", fontsize=9, color=INK)
        _slopes(panel.subplots(), rows, labels)
    return finished(figure, stamp)


def _slopes(axes: Any, rows: pd.DataFrame, labels: Labels) -> None:
    model = rows[rows["kind"].isin(["slope", "slope_at_median"])]
    model = model.assign(at=model["level"].astype(float)).sort_values("at")
    bins = rows[rows["kind"] == "binned_slope"]
    names = labels.text["slope_lines"]
    axes.fill_between(model["at"], model["conf_low"], model["conf_high"], color=BAND, lw=0)
    axes.plot(model["at"], model["estimate"], color=INK, lw=1.4, label=names["model"])
    places = bins["level"].astype(float)
    reach = [bins["estimate"] - bins["conf_low"], bins["conf_high"] - bins["estimate"]]
    style = {"fmt": "o", "color": INK, "mfc": "white", "ms": 6, "lw": 1.2}
    axes.errorbar(places, bins["estimate"], reach, label=names["bins"], **style)
    floor = axes.get_xaxis_transform()
    for place, size in zip(places, bins["n_cell"], strict=True):
        axes.plot([place, place], [0, 0.03], color=INK, lw=1, transform=floor)
        words = f"n = {count(size)}"
        patch = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        style = {"ha": "center", "fontsize": 8, "color": QUIET, "bbox": patch, "zorder": 4}
        axes.text(place, 0.05, words, transform=floor, **style)
    axes.axhline(0, color=QUIET, lw=0.9, ls="--", zorder=0)
    axes.set_xlabel(labels.term(rows["by"].iloc[0]), fontsize=9)
    axes.set_ylabel(labels.text["axes"]["effect"], fontsize=9)
    axes.legend(frameon=False, fontsize=8)
    bare(axes, "top", "right")


@styled
def scree_plot(rows: pd.DataFrame, text: Mapping[str, Any], stamp: str) -> Any:
    """Draw eigenvalues in descending order beside those of shuffled answers."""
    figure, axes = canvas(7.2, 3.6)
    axes.plot(rows["number"], rows["estimate"], "o-", color=INK, lw=1.4, ms=5)
    axes.plot(rows["number"], rows["random"], "--", color=QUIET, lw=1.4)
    axes.axhline(1, color=BAND, lw=0.9, zorder=0)
    axes.set_xlabel(text["axes"]["component"])
    axes.set_ylabel(text["axes"]["eigenvalue"])
    axes.legend([text["axes"]["observed"], text["axes"]["shuffled"]], frameon=False, fontsize=9)
    axes.locator_params(axis="x", integer=True)
    bare(axes, "top", "right")
    return finished(figure, stamp)


@styled
def point_panels(parts: Sequence[tuple[str, pd.DataFrame]], labels: Labels, stamp: str) -> Any:
    """Draw communities as points, two panels in a row; the area of a point follows its size.

    Parameters
    ----------
    parts
        Title and rows of each panel: `value`, `estimate` and `n` of every community.
    labels
        Names in the language of the report.
    stamp
        Words across the figure, empty for none.
    """
    columns = min(len(parts), 2)
    lines = -(-len(parts) // columns)
    figure, fields = panels(7.2, [3.0] * lines, columns)
    for place, (title, rows) in enumerate(parts):
        panel = fields[place // columns][place % columns]
        panel.suptitle(wrapped(title, LABEL), x=0.02, ha="left", fontsize=9, color=INK)
        axes = panel.subplots()
        sizes = 60 * rows["n"] / rows["n"].max()
        axes.scatter(rows["value"], rows["estimate"], sizes, color=INK, alpha=0.45, lw=0)
        axes.set_xlabel(wrapped(labels.term(rows["by"].iloc[0]), TITLE), fontsize=9)
        axes.set_ylabel(wrapped(labels.term(rows["outcome"].iloc[0]), LEGEND), fontsize=9)
        bare(axes, "top", "right")
    return finished(figure, stamp)


def beyond_the_axis(verdicts: pd.DataFrame) -> bool:
    """Tell whether an estimate lies beyond the axis of the picture of the verdicts."""
    return bool((verdicts["estimate"].abs() > REACH * verdicts["smallest_effect"]).any())


@styled
def verdict_picture(verdicts: pd.DataFrame, labels: Labels, stamp: str) -> Any:
    """Draw every estimate with its interval as a multiple of its smallest effect of interest.

    The grey band reaches from minus one to plus one: what lies inside it is smaller than the plan
    calls worth knowing. The predicted direction points right, whatever its sign. Intervals that
    reach beyond the axis end in arrowheads; an estimate beyond it is a hollow dot at its end, with
    the multiples beside it.
    """
    spacing = _spacing(len(verdicts)) * (0.8 if len(verdicts) > CROWDED else 1)
    figure, axes = canvas(7.2, 0.8 + spacing * len(verdicts))
    size = 9 if len(verdicts) <= CROWDED else 8
    ends = verdicts[["conf_low", "conf_high"]].abs().max(axis=1) / verdicts["smallest_effect"]
    reach = min(max(1.5, 1.05 * ends.max()), REACH)
    axes.axvspan(-1, 1, color=BAND, lw=0, zorder=0)
    axes.axvline(0, color=QUIET, lw=0.9, ls="--", zorder=1)
    side = axes.get_yaxis_transform()
    for place, row in enumerate(verdicts.to_dict("records")):
        _judged(axes, place, row, reach)
        words = labels.verdict(row["verdict"], row.get("objections") or "", short=True)
        axes.text(1.02, place, words, transform=side, va="center", color=INK, fontsize=size)
    axes.set_yticks(range(len(verdicts)), verdicts["hypothesis"], fontsize=size)
    axes.set(xlim=(-reach, reach), ylim=(len(verdicts) - 0.5, -0.5))
    axes.set_xlabel(labels.text["axes"]["smallest_effects"])
    bare(axes, "top", "right", "left")
    return finished(figure, stamp)


def _judged(axes: Any, place: float, row: Mapping[str, Any], reach: float) -> None:
    """Draw one estimate with its interval on an axis that ends at plus and minus a reach."""
    unit = row["smallest_effect"] * (1 if row["direction"] == "positive" else -1)
    low, high = sorted((row["conf_low"] / unit, row["conf_high"] / unit))
    value = row["estimate"] / unit
    if low < reach and high > -reach:
        axes.plot([max(low, -reach), min(high, reach)], [place] * 2, color=INK, lw=1.4)
    for beyond, edge, mark in ((low < -reach, -reach, "<"), (high > reach, reach, ">")):
        if beyond:
            axes.plot(edge, place, mark, color=INK, ms=5, clip_on=False)
    inside = abs(value) <= reach
    side = 1 if value > 0 else -1
    spot = value if inside else side * INSIDE * reach
    fill = INK if inside else "white"
    dot = axes.plot(spot, place, "o", color=INK, mfc=fill, ms=5, clip_on=False)[0]
    shown = f"{number(row['estimate'])} {interval(row['conf_low'], row['conf_high'])}"
    dot.set_gid(f"{TIP}{row['hypothesis']} {shown}")
    if not inside:
        multiples = f"{number(value, 1)} {interval(low, high, 1)}"
        # Above the line, unless there is none to hide.
        lifted = (3, "bottom") if low < reach and high > -reach else (0, "center_baseline")
        style = {"ha": "right" if side > 0 else "left", "fontsize": 7, "color": INK}
        offset = {"xytext": (-7 * side, lifted[0]), "textcoords": "offset points"}
        axes.annotate(multiples, (spot, place), va=lifted[1], **offset, **style)


def _box(
    axes: Any, x: float, y: float, text: str, align: str = "center", bold: bool = False
) -> None:
    frame = {
        "boxstyle": "round,pad=0.45",
        "facecolor": "white",
        "edgecolor": INK if bold else QUIET,
        "linewidth": 1.3 if bold else 0.8,
    }
    axes.text(x, y, text, ha=align, va="center", bbox=frame, color=INK)
