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

    known, late = values.to_numpy(float), second.to_numpy(bool)
    levels, codes = np.unique(known, return_inverse=True)
    if len(levels) < 2 or min(late.sum(), (~late).sum()) < 2:
        return []
    if len(levels) > FEW_VALUES:
        p = ttest_ind(known[late], known[~late], equal_var=False).pvalue
        return [{"level": "", **_difference(known, late), "p_value": float(p)}]
    counts = np.array([np.bincount(codes[each], minlength=len(levels)) for each in (~late, late)])
    p = chi2_contingency(counts.T, correction=False).pvalue
    return [
        {
            "level": code_text(level),
            **_difference((codes == place) * 1.0, late),
            "p_value": float(p),
        }
        for place, level in enumerate(levels)
    ]


def _difference(values: np.ndarray, second: np.ndarray) -> dict[str, float]:
    one, zero = values[second], values[~second]
    spread = np.sqrt((one.var(ddof=1) + zero.var(ddof=1)) / 2)
    difference = (one.mean() - zero.mean()) / spread if spread else np.nan
    return {
        "n_0": len(zero),
        "n_1": len(one),
        "mean_0": float(zero.mean()),
        "mean_1": float(one.mean()),
        "standardised_difference": float(difference),
    }
