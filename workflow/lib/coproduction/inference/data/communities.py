"""Communities: their sheets joined to respondents, and one row per community."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.codes import code_texts
from coproduction.errors import StudyError
from coproduction.numerics.averages import mean
from coproduction.plan.data.communities import Communities, Summary


def join_sheets(
    table: pd.DataFrame, sheets: pd.DataFrame | None, rule: Communities | None
) -> pd.DataFrame:
    """Add the columns of a community's sheet to each of its respondents.

    Parameters
    ----------
    table
        One row per respondent.
    sheets
        One row per community, or None.
    rule
        The plan's block of communities, if it has one.

    Raises
    ------
    StudyError
        If the plan joins sheets and the study has none, a community has two, or no respondent's
        community has one.
    """
    if rule is None:
        return table
    if sheets is None:
        raise StudyError("The plan joins sheets of communities, but the study has no such data.")
    cluster, key = rule.cluster, rule.key
    codes = code_texts(sheets[key])
    twice = codes[codes.duplicated()].dropna().nunique()
    if twice:
        raise StudyError(
            f"A code of `{key}` stands twice in the sheets of the communities ({twice} codes do)."
        )
    check_match(table[cluster], sheets[key])
    added = sheets.drop(columns=key).set_index(codes)[codes.notna().to_numpy()]
    found = added.reindex(code_texts(table[cluster])).set_axis(table.index)
    return pd.concat([table, found], axis=1)


def check_match(clusters: pd.Series, keys: pd.Series) -> None:
    """Refuse respondents of whom none lives in a community that has a sheet.

    Raises
    ------
    StudyError
        With the number of codes on either side.
    """
    ours, theirs = (code_texts(codes).dropna() for codes in (clusters, keys))
    if clusters.empty or ours.isin(theirs).any():
        return
    raise StudyError(
        f"No respondent's community has a sheet: of {len(clusters)} respondents {len(ours)} have a "
        f"code in `{clusters.name}` ({ours.nunique()} communities), of {len(keys)} sheets "
        f"{len(theirs)} have one in `{keys.name}`, and none is the same; write them alike."
    )


def community_table(
    table: pd.DataFrame, rule: Communities, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Make one row per community: what its respondents share, and the planned summaries.

    A community with fewer respondents than `minimum_respondents` has no summaries.

    Parameters
    ----------
    table
        One row per respondent.
    rule
        The plan's block of communities.
    weights
        Weights of the respondents (n,), with which summaries are those of the community's
        population; None where all count alike.

    Returns
    -------
    pandas.DataFrame
        The community's code, every number that is the same for all its respondents, `respondents`,
        and a column per summary.
    """
    places, codes = pd.factorize(table[rule.cluster], sort=True)
    order = np.argsort(places, kind="stable")
    order = order[places[order] >= 0]
    firsts = np.searchsorted(places[order], np.arange(len(codes)))
    sizes = np.diff(np.append(firsts, len(order)))
    found = _shared(table, rule.cluster, order, firsts, sizes)
    found = pd.DataFrame(found, index=codes).assign(respondents=sizes.astype(float))
    members = np.split(order, firsts[1:])
    for summary in rule.summaries:
        values = _summaries(table, summary, members, weights)
        found[summary.id] = np.where(sizes >= rule.minimum_respondents, values, np.nan)
    return found.rename_axis(rule.cluster).reset_index()


def _shared(
    table: pd.DataFrame, cluster: str, order: np.ndarray, firsts: np.ndarray, sizes: np.ndarray
) -> dict[str, np.ndarray]:
    """Find the numbers that all respondents of every community have in common."""
    found = {}
    for name in table.select_dtypes("number").columns.drop(cluster, errors="ignore"):
        values = table[name].to_numpy(float, na_value=np.nan)[order]
        first = values[firsts]
        same = np.repeat(first, sizes)
        if ((values == same) | (np.isnan(values) & np.isnan(same))).all():
            found[name] = first
    return found


def _summaries(
    table: pd.DataFrame,
    summary: Summary,
    members: list[np.ndarray],
    weights: np.ndarray | None = None,
) -> list[float]:
    """Summarise the respondents of each community, by their places in the table."""
    by = summary.by if summary.by is not None else summary.variable
    values, ranked = (
        table[name].to_numpy(float, na_value=np.nan) for name in (summary.variable, by)
    )
    known = ~(np.isnan(values) | np.isnan(ranked))
    if weights is not None:
        known &= weights > 0
    own = [rows[known[rows]] for rows in members]
    shares = [None if weights is None else weights[rows] for rows in own]
    pairs = list(zip(own, shares, strict=True))
    if summary.statistic == "concentration":
        return [concentration(values[rows], ranked[rows], share) for rows, share in pairs]
    if summary.statistic == "gini":
        return [gini(values[rows], share) for rows, share in pairs]
    return [float(mean(values[rows], share)) if len(rows) else np.nan for rows, share in pairs]


def gini(values: Sequence[float], weights: np.ndarray | None = None) -> float:
    """Gini coefficient of amounts, with the correction n / (n − 1) for small n (Deltas 2003).

    0 if all have the same, 1 if one has everything; NaN for fewer than two values or a sum of zero.
    With positive weights it is half the mean difference of two people who are drawn by them, over
    the mean, times n / (n − 1) with n the effective number (Σw)² / Σw² (Kish 1965).
    """
    if weights is not None:
        return _weighted_gini(np.asarray(values, float), weights)
    ordered = np.sort(np.asarray(values, float))
    n, total = len(ordered), np.sum(ordered)
    if n < 2 or total <= 0:
        return np.nan
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ ordered / (total * (n - 1)))


def _weighted_gini(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    amounts, shares = values[order], weights[order] / weights.sum()
    middle = shares @ amounts
    if len(values) < 2 or middle <= 0:
        return np.nan
    below = np.cumsum(shares) - shares
    above = 1 - below - shares
    return float((shares * (below - above)) @ amounts / (middle * (1 - shares @ shares)))


def concentration(
    values: Sequence[float], by: Sequence[float], weights: np.ndarray | None = None
) -> float:
    """Concentration of a 0/1 outcome along a rank (Erreygers 2009, *J. Health Econ.* 28).

    8 cov(y, r), r being the fractional rank with ties at their mean: 0 if the outcome does not
    depend on rank, positive if it is concentrated among those who rank high, within ± 1. NaN for
    fewer than two rows or if all have the same rank. With positive weights ranks, means and the
    covariance are those of the population that the rows stand for.
    """
    levels, place = np.unique(np.asarray(by, float), return_inverse=True)
    counts = np.bincount(place, weights, minlength=len(levels))
    if len(levels) < 2:
        return np.nan
    fraction = (np.cumsum(counts) - counts / 2)[place] / counts.sum()
    outcome = np.asarray(values, float)
    middles = mean(outcome, weights), mean(fraction, weights)
    return float(8 * mean((outcome - middles[0]) * (fraction - middles[1]), weights))
