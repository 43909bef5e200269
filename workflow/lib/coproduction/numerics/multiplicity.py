"""Correction of p values for the number of tests in a family."""

from __future__ import annotations

from typing import Literal

import numpy as np

from coproduction.options import check_option

Method = Literal["holm", "bh", "none"]


def adjusted(p_values: np.ndarray, method: Method) -> np.ndarray:
    """Adjust p values; missing ones stay missing and do not count.

    Parameters
    ----------
    p_values
        One per hypothesis of the family.
    method
        `holm` (Holm 1979, family-wise error), `bh` (Benjamini and Hochberg 1995, false discovery
        rate) or `none`.

    Returns
    -------
    numpy.ndarray
        Adjusted p values in the same order, at most 1.
    """
    check_option("method", method, Method)
    p_values = np.asarray(p_values, dtype=float)
    result = p_values.copy()
    known = np.flatnonzero(~np.isnan(p_values))
    m = len(known)
    if method == "none" or m == 0:
        return result
    order = known[np.argsort(p_values[known], kind="stable")]
    ranked = p_values[order]
    if method == "holm":
        steps = np.maximum.accumulate(ranked * (m - np.arange(m)))
    else:
        steps = np.minimum.accumulate((ranked * m / np.arange(1, m + 1))[::-1])[::-1]
    result[order] = np.minimum(steps, 1.0)
    return result
