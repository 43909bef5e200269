"""How much shared method, rather than substance, may stand behind correlations of scores."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from coproduction.measurement.factor.one_factor import weighted_least_squares
from coproduction.notes import Note

COLUMNS = (
    "check",
    "construct_1",
    "construct_2",
    "estimate",
    "adjusted",
    "statistic",
    "df",
    "p_value",
    "n",
    "warning",
)


@dataclass(frozen=True)
class PartialCorrelation:
    """A correlation before and after the part shared with a marker is taken out.

    Attributes
    ----------
    correlation, adjusted
        Pearson's correlation and its value after the adjustment.
    statistic, df, p_value
        t test of the adjusted correlation.
    """

    correlation: float
    adjusted: float
    statistic: float
    df: float
    p_value: float


def partial_out_marker(correlation: float, marker: float, n: int) -> PartialCorrelation:
    """Take the marker's correlation out of a correlation.

    Parameters
    ----------
    correlation
        Correlation of two substantive scores.
    marker
        Correlation that is due to method alone, as judged by the marker.
    n
        Rows behind the correlation.

    Notes
    -----
    (r − r_M) / (1 − r_M), t with n − 3 degrees of freedom (Lindell and Whitney 2001, *Journal of
    Applied Psychology* 86, 114–121, equations 4 and 5).
    """
    from scipy.stats import t

    adjusted = (correlation - marker) / (1 - marker)
    if n <= 3 or not abs(adjusted) < 1:
        return PartialCorrelation(correlation, adjusted, np.nan, n - 3, np.nan)
    statistic = adjusted / np.sqrt((1 - adjusted**2) / (n - 3))
    p_value = 2 * float(t.sf(abs(statistic), n - 3))
    return PartialCorrelation(correlation, adjusted, float(statistic), n - 3, p_value)


def method_correlation(scores: pd.DataFrame, marker: pd.Series) -> float:
    """Estimate the correlation due to method: the marker's smallest with any substantive score.

    The size, not the sign, decides which is smallest; a negative one counts as 0, for a method
    shared by all items cannot lower correlations.
    """
    values = scores.corrwith(marker).dropna()
    if values.empty:
        return float("nan")
    return max(float(values.iloc[int(np.argmin(values.abs()))]), 0.0)


def single_factor_share(items: pd.DataFrame) -> float:
    """Compute the share of item variance behind one factor (minimum residuals, Pearson)."""
    correlations = items.corr(min_periods=3).to_numpy("float64")
    correlations = correlations[np.ix_(*[np.isfinite(correlations).sum(0) > 1] * 2)]
    if len(correlations) < 3 or not np.isfinite(correlations).all():
        return float("nan")
    pairs = len(correlations) * (len(correlations) - 1) // 2
    loadings = weighted_least_squares(correlations, np.ones(pairs))
    return float((loadings**2).mean())


def common_method(
    items: pd.DataFrame, scores: pd.DataFrame, marker: pd.Series | None
) -> pd.DataFrame:
    """Run both checks on shared method variance.

    Parameters
    ----------
    items
        All items of the scales, in their raw direction: agreement is what they may share.
    scores
        Rows × construct scores.
    marker
        Score of items that have nothing to do with any construct; None if there are none.

    Returns
    -------
    pandas.DataFrame
        One row `single_factor` (share of item variance behind one factor), one row
        `marker_correlation` (the correlation ascribed to method) and one row `marker` per pair of
        constructs: correlation, the same after partialling, its test.
    """
    share = single_factor_share(items)
    rows = [_single("single_factor", share, len(items), _weak(share))]
    if marker is not None:
        method = method_correlation(scores, marker)
        rows.append(_single("marker_correlation", method, int(marker.notna().sum()), ""))
        rows += [_pair(one, two, scores, method) for one, two in combinations(scores, 2)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _single(check: str, estimate: float, n: int, warning: str) -> tuple:
    return (check, "", "", estimate, np.nan, np.nan, np.nan, np.nan, n, warning)


def _weak(share: float) -> str:
    if np.isnan(share):
        return str(Note("no_single_factor_test"))
    return str(Note("single_factor_weak_evidence"))


def _pair(one: str, two: str, scores: pd.DataFrame, method: float) -> tuple:
    both = scores[[one, two]].dropna()
    varies = len(both) > 2 and (both.nunique() > 1).all()
    correlation = np.corrcoef(both.to_numpy("float64").T)[0, 1] if varies else np.nan
    result = partial_out_marker(correlation, method, len(both))
    return (
        "marker",
        one,
        two,
        result.correlation,
        result.adjusted,
        result.statistic,
        result.df,
        result.p_value,
        len(both),
        "",
    )
