"""Predicted outcomes over two variables, as contours with the respondents' numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coproduction.report.figures.canvas import (
    BAND,
    INK,
    QUIET,
    bare,
    finished,
    panels,
    styled,
    wrapped,
)
from coproduction.report.labels import Labels

HEIGHT = 4.1
"""Height of a panel in inches."""
SHADES = ["#ffffff", "#9a9a9a"]
"""From the lowest to the highest outcome; lines and labels stay readable on all of them."""
BANDS = 10
"""About so many bands lie between contours."""
TITLE, LABEL = 50, 44
"""Half-width characters after which a title, or the label of an axis, goes on in the next line."""
MARGIN = 0.16
"""Height of the counts beside a surface, as a share of it."""


@styled
def surface_panels(surfaces: Sequence[tuple[str, pd.DataFrame]], labels: Labels, stamp: str) -> Any:
    """Draw predicted outcomes over two variables, two panels in a row.

    Contours carry their value. Where too few respondents are near, the field is hatched and
    nothing is drawn. Bars along both axes show how the respondents spread over either variable.

    Parameters
    ----------
    surfaces
        Title and rows of `inference/surface.csv` of each panel.
    labels
        Names in the language of the report.
    stamp
        Words across the figure, empty for none.
    """
    columns = min(len(surfaces), 2)
    lines = -(-len(surfaces) // columns)
    figure, fields = panels(7.2, [HEIGHT] * lines, columns)
    for place, (title, rows) in enumerate(surfaces):
        panel = fields[place // columns][place % columns]
        panel.suptitle(wrapped(title, TITLE), x=0.02, ha="left", fontsize=9, color=INK)
        _surface(panel, rows, labels)
    return finished(figure, stamp)


def _surface(panel: Any, rows: pd.DataFrame, labels: Labels) -> None:
    ratios = [MARGIN, 1 - MARGIN]
    (above, corner), (axes, beside) = panel.subplots(
        2, 2, sharex="col", sharey="row", height_ratios=ratios, width_ratios=ratios[::-1]
    )
    corner.set_axis_off()
    _contours(axes, rows)
    first = rows.drop_duplicates("value")
    above.bar(first["value"], first["n_value"], _step(first["value"]), color=QUIET)
    first = rows.drop_duplicates("by_value")
    beside.barh(first["by_value"], first["n_by_value"], _step(first["by_value"]), color=QUIET)
    for margin in (above, beside):
        margin.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
        bare(margin, "top", "right", "left", "bottom")
    above.set_yticks([])
    beside.set_xticks([])
    names = [wrapped(labels.term(rows[name].iloc[0]), LABEL) for name in ("term", "by")]
    axes.set_xlabel(names[0], fontsize=9)
    axes.set_ylabel(names[1], fontsize=9)
    axes.tick_params(axis="y", labelsize=8, length=3)
    axes.tick_params(axis="x", labelsize=8)


def _contours(axes: Any, rows: pd.DataFrame) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import MaxNLocator

    inside = rows["n_near"] >= rows["limit"]
    kept = rows.assign(estimate=rows["estimate"].where(inside))
    grid = kept.pivot(index="by_value", columns="value", values="estimate")
    ground = {"transform": axes.transAxes, "facecolor": "white", "edgecolor": BAND, "lw": 0}
    axes.add_patch(Rectangle((0, 0), 1, 1, hatch="////", zorder=0, **ground))
    axes.set(xlim=(grid.columns[0], grid.columns[-1]), ylim=(grid.index[0], grid.index[-1]))
    if not inside.any():
        return
    low, high = rows.loc[inside, "estimate"].min(), rows.loc[inside, "estimate"].max()
    heights = MaxNLocator(BANDS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    shades = LinearSegmentedColormap.from_list("greys", SHADES)
    axes.contourf(grid.columns, grid.index, grid, heights, cmap=shades, zorder=1)
    lines = axes.contour(grid.columns, grid.index, grid, heights, colors=INK, linewidths=0.9)
    axes.clabel(lines, fontsize=8, inline=True)


def _step(values: pd.Series) -> float:
    """Distance of two neighbours on an axis."""
    return float(values.iloc[1] - values.iloc[0])
