"""Quantiles and tails of Student's t, central or not, infinite degrees of freedom included."""

from __future__ import annotations

import numpy as np


def quantile(probability: float, df: float) -> float:
    """Give the quantile; NaN for degrees of freedom that are not positive."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(probability) if np.isinf(df) else stdtrit(df, probability))


def two_sided(statistic: float, df: float) -> float:
    """Give the probability of a statistic at least as far from zero."""
    from scipy.special import ndtr, stdtr

    tail = ndtr(-abs(statistic)) if np.isinf(df) else stdtr(df, -abs(statistic))
    return float(2 * tail)


def above(value: float, df: float, noncentrality: float) -> float:
    """Give the probability that the noncentral t exceeds a value."""
    # The function of scipy.special is undefined here and there between 38 and 60.
    from scipy.special import ndtr
    from scipy.stats import nct

    if np.isinf(df):
        return float(ndtr(noncentrality - value))
    return float(nct.sf(value, df, noncentrality))
