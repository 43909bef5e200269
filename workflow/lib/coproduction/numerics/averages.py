"""Means and standard deviations of rows that may stand for different numbers of people.

Without weights they are those of the array or column itself, to the last bit.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Values: TypeAlias = np.ndarray | pd.Series


def mean(values: Values, weights: np.ndarray | None = None) -> Any:
    """Average n values, or each of q columns: Σ w y / Σ w.

    Parameters
    ----------
    values
        n, or n × q; real or complex.
    weights
        n; None where all rows count alike.
    """
    if weights is None:
        return values.mean(axis=0)
    return weights @ values / weights.sum()


def standard_deviation(values: Values, weights: np.ndarray | None = None) -> Any:
    """Spread n values, or each of q columns, about their mean: the standard deviation.

    √(n / (n − 1) · Σ w (y − ȳ)² / Σ w): with N − 1 where all rows count alike, and else what R's
    `survey::svyvar` estimates of a simple design. Multiples of the weights give the same.

    Parameters
    ----------
    values, weights
        As in `mean`.
    """
    if weights is None:
        return values.std(axis=0, ddof=1)
    n = len(values)
    return np.sqrt(mean((values - mean(values, weights)) ** 2, weights) * (n / (n - 1)))


def standardised(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Centre n values and divide them by their standard deviation."""
    return (values - mean(values, weights)) / standard_deviation(values, weights)


def times(values: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """Multiply n values, or the rows of n × q values, by their weights, where there are any."""
    if weights is None:
        return values
    return values * (weights if values.ndim == 1 else weights[:, None])
