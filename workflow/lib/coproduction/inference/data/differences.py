"""Two groups of respondents compared in shares and means, with standardised differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.plan.experiments import FEW_VALUES


def compared(values: pd.Series, second: pd.Series) -> list[dict[str, Any]]:
    """Compare a variable between two groups.

    A variable with at most 8 values is compared by the share of each value, others by the mean. The
    standardised difference divides by the root of the mean of both variances (Austin 2009,
    *Statistics in Medicine* 28, 3083–3107). p values, one per variable, are Pearson's χ² for shares
    and Welch's t for means.

    Parameters
    ----------
    values
        Numbers, none of them missing.
    second
        Whose values belong to the second group, as booleans.

    Returns
    -------
    list of dict
        `level, n_0, n_1, mean_0, mean_1, standardised_difference, p_value`, the level being empty
        for a mean; nothing of a variable with one value only, or known of fewer than two of a
        group.
    """
    from scipy.stats import chi2_contingency, ttest_ind

    levels = np.unique(values)
    if len(levels) < 2 or min(second.sum(), (~second).sum()) < 2:
        return []
    if len(levels) > FEW_VALUES:
        p = ttest_ind(values[second], values[~second], equal_var=False).pvalue
        return [{"level": "", **_difference(values, second), "p_value": float(p)}]
    p = chi2_contingency(pd.crosstab(values, second), correction=False).pvalue
    return [
        {
            "level": code_text(level),
            **_difference((values == level) * 1.0, second),
            "p_value": float(p),
        }
        for level in levels
    ]


def _difference(values: pd.Series, second: pd.Series) -> dict[str, float]:
    one, zero = values[second], values[~second]
    spread = np.sqrt((one.var(ddof=1) + zero.var(ddof=1)) / 2)
    difference = (one.mean() - zero.mean()) / spread if spread else np.nan
    return {
        "n_0": len(zero),
        "n_1": len(one),
        "mean_0": zero.mean(),
        "mean_1": one.mean(),
        "standardised_difference": float(difference),
    }
