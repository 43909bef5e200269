"""What each item of a scale does: location, floor and ceiling, nonresponse, fit with the rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.measurement.reliability.alpha import alpha_of
from coproduction.notes import Note

COLUMNS = (
    "item",
    "n",
    "mean",
    "sd",
    "floor",
    "ceiling",
    "dont_know_rate",
    "missing_rate",
    "item_rest_correlation",
    "alpha_if_dropped",
    "warning",
)


def item_statistics(
    items: pd.DataFrame,
    limits: Mapping[str, tuple[float, float] | None],
    nonresponse: pd.DataFrame,
) -> pd.DataFrame:
    """Describe the items of one construct.

    Parameters
    ----------
    items
        Respondents × items, reverse-keyed, NaN where missing.
    limits
        Lowest and highest possible answer of each item, None where it has none.
    nonresponse
        Same shape: empty where answered, else `dont_know`, `refused`, `not_asked`, `not_reached` or
        `no_answer`.

    Returns
    -------
    pandas.DataFrame
        One row per item. `mean`, `sd` (N − 1), `floor` and `ceiling` (shares at the lowest and
        highest answer, after keying) are over those who answered; `dont_know_rate` and
        `missing_rate` (any missing answer) over those who were asked and reached it.
        `item_rest_correlation` is Pearson's with the sum of the other items, `alpha_if_dropped`
        Cronbach's alpha of the others, both over the rows complete on the construct.
    """
    complete = items.dropna()
    rows = [_row(name, items, complete, limits[name], nonresponse[name]) for name in items]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(
    name: str,
    items: pd.DataFrame,
    complete: pd.DataFrame,
    limits: tuple[float, float] | None,
    nonresponse: pd.Series,
) -> tuple:
    answers = items[name].dropna()
    asked = nonresponse[~nonresponse.isin(["not_asked", "not_reached"])]
    rest = complete.drop(columns=name)
    return (
        name,
        len(answers),
        answers.mean(),
        answers.std(ddof=1),
        *_ends(answers, limits),
        (asked == "dont_know").mean() if len(asked) else np.nan,
        (asked != "").mean() if len(asked) else np.nan,
        _correlation(complete[name], rest.sum(axis=1)) if rest.shape[1] else np.nan,
        _alpha(rest),
        _warning(name, answers),
    )


def _ends(answers: pd.Series, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Shares of the answers at the lowest and at the highest possible one."""
    if limits is None or answers.empty:
        return np.nan, np.nan
    return (answers == limits[0]).mean(), (answers == limits[1]).mean()


def _alpha(complete: pd.DataFrame) -> float:
    if len(complete) < 3 or complete.shape[1] < 2:
        return float("nan")
    return float(alpha_of(np.cov(complete.to_numpy("float64"), rowvar=False)))


def _correlation(one: pd.Series, other: pd.Series) -> float:
    if len(one) < 3 or one.nunique() < 2 or other.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(one.to_numpy(float), other.to_numpy(float))[0, 1])


def _warning(name: str, answers: pd.Series) -> str:
    if answers.empty:
        return str(Note("nobody_answered", {"name": name}))
    if answers.nunique() == 1:
        return str(Note("same_answer", {"name": name}))
    return ""
