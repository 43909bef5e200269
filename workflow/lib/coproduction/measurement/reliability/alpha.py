"""Cronbach's alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.numerics.confidence import CONFIDENCE


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of one scale.

    Attributes
    ----------
    alpha
        Raw alpha of the complete rows.
    conf_low, conf_high
        Feldt's interval.
    n
        Number of complete rows.
    n_items
        Number of items.
    """

    alpha: float
    conf_low: float
    conf_high: float
    n: int
    n_items: int


def cronbach_alpha(items: pd.DataFrame, confidence: float = CONFIDENCE) -> Alpha:
    """Compute Cronbach's alpha with Feldt's exact interval.

    Parameters
    ----------
    items
        Respondents × items of one construct, already reverse-keyed; rows with a missing item are
        left out.
    confidence
        Confidence level of the interval.

    Returns
    -------
    Alpha
        NaN where fewer than two items vary together or fewer than three rows are complete.

    Notes
    -----
    Alpha: Cronbach (1951), *Psychometrika* 16, 297–334. Interval: with n complete rows and k items,
    1 − (1 − α) F(1 ± c)/2, df = n − 1 and (n − 1)(k − 1) (Feldt, Woodruff and Salih 1987, *Applied
    Psychological Measurement* 11, 93–103).
    """
    complete = items.dropna().astype("float64")
    n, n_items = complete.shape
    if n_items < 2 or n < 3 or (complete.var(ddof=1) == 0).all():
        return Alpha(float("nan"), float("nan"), float("nan"), n, n_items)
    covariances = complete.cov().to_numpy()
    total = covariances.sum(axis=0).sum()
    alpha = float(n_items / (n_items - 1) * (1 - np.trace(covariances) / total))
    low, high = _feldt(alpha, n, n_items, confidence)
    return Alpha(alpha, low, high, n, n_items)


def alpha_of(matrix: np.ndarray) -> np.ndarray:
    """Compute raw alpha from covariances, standardised or ordinal alpha from correlations.

    Parameters
    ----------
    matrix
        … × items × items; a stack gives one alpha each. Pearson correlations give the standardised,
        polychoric ones the ordinal alpha.

    Returns
    -------
    numpy.ndarray
        k / (k − 1) · (1 − trace / sum); NaN with fewer than two items or no variance.

    Notes
    -----
    Ordinal alpha: Zumbo, Gadermann and Zeisser (2007), *Journal of Modern Applied Statistical
    Methods* 6, 21–29. It is the alpha of the responses that are thought to lie behind the answers,
    not of the sum score that is used.
    """
    k = matrix.shape[-1]
    total = matrix.sum(axis=(-2, -1))
    if k < 2:
        return np.full(matrix.shape[:-2], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = k / (k - 1) * (1 - np.trace(matrix, axis1=-2, axis2=-1) / total)
    return np.where(total > 0, alpha, np.nan)


def _feldt(alpha: float, n: int, n_items: int, confidence: float) -> tuple[float, float]:
    from scipy.stats import f

    tail = (1 - confidence) / 2
    df1, df2 = n - 1, (n - 1) * (n_items - 1)
    return (
        float(1 - (1 - alpha) * f.ppf(1 - tail, df1, df2)),
        float(1 - (1 - alpha) * f.ppf(tail, df1, df2)),
    )
