"""Chains of imputation, drawn so that one sees whether they mix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from coproduction.report.figures.canvas import INK, bare, finished, panels, styled, wrapped

TITLE = 56
"""Half-width characters after which the title of a panel goes on in the next line."""


@styled
def chain_panels(
    parts: Sequence[tuple[str, pd.DataFrame]], axis_labels: tuple[str, str], stamp: str
) -> Any:
    """Draw the means of imputed answers over the iterations, a line for each imputation.

    Parameters
    ----------
    parts
        Title and rows of each panel: `imputation`, `iteration` and `mean`.
    axis_labels
        Words under and beside the axes.
    stamp
        Words across the figure, empty for none.
    """
    columns = min(len(parts), 2)
    figure, fields = panels(7.2, [2.0] * -(-len(parts) // columns), columns)
    for place, (title, rows) in enumerate(parts):
        panel = fields[place // columns][place % columns]
        panel.suptitle(wrapped(title, TITLE), x=0.02, ha="left", fontsize=9, color=INK)
        axes = panel.subplots()
        for _, chain in rows.groupby("imputation", sort=False):
            axes.plot(chain["iteration"], chain["mean"], color=INK, lw=0.7, alpha=0.5)
        axes.set_xlabel(axis_labels[0], fontsize=9)
        axes.set_ylabel(axis_labels[1], fontsize=9)
        axes.locator_params(axis="x", integer=True)
        bare(axes, "top", "right")
    return finished(figure, stamp)
