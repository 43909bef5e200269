"""Whether answers agree within communities and differ between them enough to be averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.rows import Rows, heeding

COLUMNS = (
    "construct",
    "n",
    "n_clusters",
    "mean_cluster_size",
    "variance_between",
    "variance_within",
    "icc_1",
    "icc_1_conf_low",
    "icc_1_conf_high",
    "icc_2",
    "statistic",
    "df",
    "df_error",
    "p_value",
    "rwg_mean",
    "rwg_median",
    "rwg_share",
    "decision",
    "warning",
)
AGREEMENT = 0.70


@dataclass(frozen=True)
class Intraclass:
    """One-way analysis of variance of a score over clusters.

    Attributes
    ----------
    n, n_clusters, size
        Rows, clusters, and Searle's effective cluster size n0 = (N − Σ n² / N) / (J − 1), which is
        the cluster size if all are equal.
    variance_between, variance_within
        ANOVA estimates of the variance components; the first may be negative.
    icc_1, conf_low, conf_high
        Share of variance between clusters, and reliability of one member's answer; exact interval
        for equal cluster sizes, close otherwise.
    icc_2
        Reliability of the mean of a cluster of average size.
    statistic, df, df_error, p_value
        F test of no difference between clusters.
    """

    n: int
    n_clusters: int
    size: float = float("nan")
    variance_between: float = float("nan")
    variance_within: float = float("nan")
    icc_1: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    icc_2: float = float("nan")
    statistic: float = float("nan")
    df: int = 0
    df_error: int = 0
    p_value: float = float("nan")


def intraclass(values: pd.Series, rows: Rows, confidence: float = CONFIDENCE) -> Intraclass:
    """Compute ICC(1) and ICC(2) from the one-way analysis of variance.

    Parameters
    ----------
    values
        Score of each row; missing rows are left out.
    rows
        What the rows stand for; those of no known cluster are left out.
    confidence
        Confidence level of the interval.

    Notes
    -----
    ICC(1) = (MSB − MSW) / (MSB + (n0 − 1) MSW), ICC(2) = (MSB − MSW) / MSB (Bartko 1976,
    *Psychological Bulletin* 83, 762–765; Bliese 2000). With unequal clusters n0 is Searle's, which
    keeps the variance component unbiased; some programs put the mean size in its place. Interval:
    Searle (1971) from the F distribution. NaN where there are fewer than two clusters, no cluster
    with two rows, or no variance.
    """
    from scipy.stats import f

    known = _known(values.dropna(), rows)
    scores, together = values[known.index].astype("float64"), known.together
    n, j = len(scores), len(together.names)
    if j < 2 or n <= j or scores.nunique() < 2:
        return Intraclass(n, j, df=max(j - 1, 0), df_error=max(n - j, 0))
    means = scores.groupby(together.codes).transform("mean")
    between = float(((means - scores.mean()) ** 2).sum() / (j - 1))
    within = float(((scores - means) ** 2).sum() / (n - j))
    sizes = together.sizes.astype("float64")
    size = float((n - (sizes**2).sum() / n) / (j - 1))
    ratio = between / within if within > 0 else np.inf
    tail = (1 - confidence) / 2
    low, high = (
        _reliability(ratio / f.ppf(share, j - 1, n - j), size) for share in (1 - tail, tail)
    )
    return Intraclass(
        n,
        j,
        size,
        (between - within) / size,
        within,
        (between - within) / (between + (size - 1) * within),
        low,
        high,
        (between - within) / between if between > 0 else np.nan,
        ratio,
        j - 1,
        n - j,
        float(f.sf(ratio, j - 1, n - j)),
    )


def _known(answers: pd.Series | pd.DataFrame, rows: Rows) -> Rows:
    """Rows of those who answered and whose cluster is known."""
    answered = heeding(rows, "cluster").at(answers.index)
    return answered[answered.together.known]


def _reliability(ratio: float, size: float) -> float:
    """Express a ratio of mean squares as reliability of one member's answer."""
    return (ratio - 1) / (ratio + size - 1) if np.isfinite(ratio) else 1.0


def within_group_agreement(items: pd.DataFrame, rows: Rows, variance: float) -> pd.DataFrame:
    """Compute r_wg(j) of each cluster: agreement on the items of one construct.

    Parameters
    ----------
    items
        Respondents × items, reverse-keyed; incomplete rows are left out. One item gives r_wg.
    rows
        What the rows stand for; those of no known cluster are left out.
    variance
        The yardstick: variance of uniform answers, (A² − 1) / 12 of A categories; NaN if unknown.

    Returns
    -------
    pandas.DataFrame
        One row per cluster with two or more complete rows: `cluster, n, agreement`.

    Notes
    -----
    James, Demaree and Wolf (1984), *Journal of Applied Psychology* 69, 85–98: with J items, mean
    variance s² (N − 1) and q = s² / σ²: J (1 − q) / (J (1 − q) + q). Where the variance exceeds the
    yardstick the agreement is set to 0, as is usual.
    """
    known = _known(items.dropna(), rows)
    together = known.together
    groups = items.loc[known.index].groupby(together.codes)
    ratio = groups.var(ddof=1).mean(axis=1) / variance
    j = items.shape[1]
    agreement = (j * (1 - ratio) / (j * (1 - ratio) + ratio)).mask(ratio >= 1, 0.0)
    table = {"cluster": together.names, "n": together.sizes, "agreement": agreement.to_numpy()}
    return pd.DataFrame(table)[together.sizes >= 2].reset_index(drop=True)


def aggregation(
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    variances: Mapping[str, float],
    rows: Rows,
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Judge whether constructs may be averaged over clusters.

    Parameters
    ----------
    scores
        Rows × construct scores, named as the scales.
    scales
        Keyed items of each construct that is to be averaged.
    variances
        Variance of uniform answers to the items of each construct, NaN where they have no limits.
    rows
        What the rows stand for; those of no known cluster are left out.
    confidence
        Confidence level of the interval of ICC(1).

    Returns
    -------
    pandas.DataFrame
        One row per construct. `rwg_mean` and `rwg_median` are over clusters, `rwg_share` is the
        share of clusters at 0.70 or more. `decision` is `aggregate` where the clusters differ
        (p < .05) and half of them agree at 0.70 or more, else `individual_only`.
    """
    found = []
    for name, items in scales.items():
        result = intraclass(scores[name], rows, confidence)
        agreement = within_group_agreement(items, rows, variances[name])["agreement"]
        found.append(_row(name, result, agreement))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _row(name: str, result: Intraclass, agreement: pd.Series) -> tuple:
    known = agreement.dropna()
    share = float((known >= AGREEMENT).mean()) if len(known) else np.nan
    return (
        name,
        result.n,
        result.n_clusters,
        result.n / result.n_clusters if result.n_clusters else np.nan,
        result.variance_between,
        result.variance_within,
        result.icc_1,
        result.conf_low,
        result.conf_high,
        result.icc_2,
        result.statistic,
        result.df,
        result.df_error,
        result.p_value,
        agreement.mean(),
        agreement.median(),
        share,
        "aggregate" if result.p_value < 0.05 and share >= 0.5 else "individual_only",
        _warning(name, result, share),
    )


def _warning(name: str, result: Intraclass, share: float) -> str:
    if np.isnan(result.icc_1):
        return str(Note("clusters_not_compared", {"name": name}))
    notes = [] if np.isfinite(share) else [Note("no_agreement", {"name": name})]
    if result.icc_2 < AGREEMENT:
        values = {"name": name, "value": result.icc_2, "least": AGREEMENT}
        notes.append(Note("unreliable_means", values))
    return written(notes)
