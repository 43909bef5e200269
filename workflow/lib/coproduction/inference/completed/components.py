"""Variance components of imputed tables, pooled where they are about normal.

Standard deviations are pooled on their logarithm, the ICC on its logit, the median odds ratio on
the logarithm of its logarithm, and correlations on Fisher's z (Marshall, Altman, Holder and Royston
2009, *BMC Medical Research Methodology* 9, 57). Of a random intercept beside a logit the first
three are the same but for a constant factor, so that their intervals are one; none leaves what is
possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Scale:
    """A scale on which a component is pooled: to it, its slope there, and back."""

    to: Function
    slope: Function
    back: Function


LOG = Scale(np.log, lambda x: 1 / x, np.exp)
LOGIT = Scale(
    lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x)), lambda x: 1 / (1 + np.exp(-x))
)
LOG_LOG = Scale(
    lambda x: np.log(np.log(x)), lambda x: 1 / (x * np.log(x)), lambda x: np.exp(np.exp(x))
)
FISHER = Scale(np.arctanh, lambda x: 1 / (1 - x**2), np.tanh)
SCALES = {
    "standard_deviation": LOG,
    "residual_standard_deviation": LOG,
    "icc": LOGIT,
    "median_odds_ratio": LOG_LOG,
    "correlation": FISHER,
}
ENDS = ("estimate", "conf_low", "conf_high")


def on_their_scales(tables: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Put estimates and errors on the scale of their component, with infinite degrees of freedom.

    A component that some table estimates at its edge, where it has no error, has none.
    """
    return [_mapped(table).assign(df=np.inf) for table in tables]


def back(pooled: pd.DataFrame) -> pd.DataFrame:
    """Bring pooled estimates, errors and intervals back."""
    table = pooled.copy()
    for component, scale in SCALES.items():
        own = table["component"].eq(component) & table["estimate"].notna()
        for name in ENDS:
            table.loc[own, name] = scale.back(table.loc[own, name].to_numpy(float))
        slope = scale.slope(table.loc[own, "estimate"].to_numpy(float))
        table.loc[own, "std_error"] = table.loc[own, "std_error"].to_numpy(float) / slope
    return table


def _mapped(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for component, scale in SCALES.items():
        own = table["component"].eq(component)
        values = table.loc[own, "estimate"].to_numpy(float)
        with np.errstate(all="ignore"):
            table.loc[own, "std_error"] = table.loc[own, "std_error"] * scale.slope(values)
            mapped = scale.to(values)
        table.loc[own, "estimate"] = np.where(np.isfinite(mapped), mapped, np.nan)
    return table
