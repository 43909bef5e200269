"""Reliability of every scale in one table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.measurement.alpha import cronbach_alpha

COLUMNS = (
    "construct",
    "n_items",
    "n",
    "alpha",
    "alpha_conf_low",
    "alpha_conf_high",
    "mean_interitem_correlation",
    "warning",
)


def reliability(constructs: Mapping[str, pd.DataFrame], confidence: float = 0.95) -> pd.DataFrame:
    """Compute the reliability of each scale.

    Parameters
    ----------
    constructs
        Reverse-keyed items of each construct; rows with a missing item are left out construct by
        construct.
    confidence
        Confidence level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per construct: `n_items`, complete rows `n`, raw `alpha` with Feldt's interval, the
        mean Pearson correlation between items, and a `warning` sentence where something is amiss.
    """
    rows = [_row(name, items, confidence) for name, items in constructs.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(construct: str, items: pd.DataFrame, confidence: float) -> tuple:
    result = cronbach_alpha(items, confidence)
    return (
        construct,
        result.n_items,
        result.n,
        result.alpha,
        result.conf_low,
        result.conf_high,
        _mean_correlation(items.dropna()),
        _warning(construct, items.dropna()),
    )


def _mean_correlation(complete: pd.DataFrame) -> float:
    varying = complete.loc[:, complete.nunique() > 1]
    if varying.shape[1] < 2 or len(varying) < 3:
        return float("nan")
    correlations = np.corrcoef(varying.to_numpy(float), rowvar=False)
    return float(correlations[np.triu_indices_from(correlations, 1)].mean())


def _warning(construct: str, complete: pd.DataFrame) -> str:
    if complete.shape[1] < 2:
        return f"`{construct}` has one item only; it has no internal consistency."
    if len(complete) < 3:
        return f"`{construct}` has {len(complete)} complete rows; alpha needs at least 3."
    constant = [name for name in complete if complete[name].nunique() == 1]
    if constant:
        return f"`{construct}`: everyone gave the same answer to {', '.join(constant)}."
    correlations = np.corrcoef(complete.to_numpy(float), rowvar=False)
    if (correlations[np.triu_indices_from(correlations, 1)] > 1 - 1e-12).any():
        return f"`{construct}`: two items are identical."
    return ""
