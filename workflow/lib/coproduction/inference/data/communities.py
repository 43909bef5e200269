"""Communities: their sheets joined to respondents, and one row per community."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.codes import code_texts
from coproduction.errors import StudyError
from coproduction.plan.communities import Communities, Summary


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


def community_table(table: pd.DataFrame, rule: Communities) -> pd.DataFrame:
    """Make one row per community: what its respondents share, and the planned summaries.

    A community with fewer respondents than `minimum_respondents` has no summaries.

    Returns
    -------
    pandas.DataFrame
        The community's code, every number that is the same for all its respondents, `respondents`,
        and a column per summary.
    """
    groups = table.groupby(rule.cluster, sort=True)
    numbers = table.select_dtypes("number").drop(columns=rule.cluster, errors="ignore")
    values = groups[list(numbers.columns)]
    shared = values.nunique(dropna=False).max() <= 1
    found = values.first()[list(shared.index[shared])]
    sizes = groups.size()
    found = found.assign(respondents=sizes.astype(float))
    large = sizes >= rule.minimum_respondents
    for summary in rule.summaries:
        column = pd.Series({key: _summary(rows, summary) for key, rows in groups})
        found[summary.id] = column.where(large).astype(float)
    return found.rename_axis(rule.cluster).reset_index()


def _summary(rows: pd.DataFrame, summary: Summary) -> float:
    if summary.statistic == "concentration":
        known = rows[[summary.variable, summary.by]].astype(float).dropna()
        return concentration(known[summary.variable], known[summary.by])
    values = rows[summary.variable].astype(float).dropna()
    if summary.statistic == "gini":
        return gini(values)
    return float(values.mean()) if len(values) else np.nan


def gini(values: Sequence[float]) -> float:
    """Gini coefficient of amounts, with the correction n / (n − 1) for small n (Deltas 2003).

    0 if all have the same, 1 if one has everything; NaN for fewer than two values or a sum of zero.
    """
    ordered = np.sort(np.asarray(values, float))
    n, total = len(ordered), np.sum(ordered)
    if n < 2 or total <= 0:
        return np.nan
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float(ranks @ ordered / (total * (n - 1)))


def concentration(values: Sequence[float], by: Sequence[float]) -> float:
    """Concentration of a 0/1 outcome along a rank (Erreygers 2009, *J. Health Econ.* 28).

    8 cov(y, r), r being the fractional rank with ties at their mean: 0 if the outcome does not
    depend on rank, positive if it is concentrated among those who rank high, within ± 1. NaN for
    fewer than two rows or if all have the same rank.
    """
    ranked = pd.Series(np.asarray(by, float))
    if ranked.nunique() < 2:
        return np.nan
    fraction = (ranked.rank() - 0.5) / len(ranked)
    outcome = np.asarray(values, float)
    return float(8 * np.mean((outcome - outcome.mean()) * (fraction - fraction.mean())))
