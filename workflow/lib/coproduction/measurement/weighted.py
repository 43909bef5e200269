"""Answers of the population beside those of the respondents, where weights tell of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coproduction.numerics.survey.estimates import means, shares
from coproduction.rows import Rows

WEIGHTED_SHARE = ("weighted_share", "weighted_conf_low", "weighted_conf_high")
WEIGHTED_MEAN = ("weighted_mean", "weighted_std_error")
UNWEIGHTED = (np.nan, np.nan, np.nan)


def weighted_shares(
    answers: pd.Series, sample: Rows | None
) -> Mapping[float, tuple[float, float, float]]:
    """Estimate the share of the population that each answer stands for, with its interval.

    Parameters
    ----------
    answers
        n: answers, NaN where there is none; shares are of those who have one.
    sample
        What the rows stand for; without it nothing is known.

    Raises
    ------
    Refusal
        As `shares`.
    """
    known = answers.notna().to_numpy()
    codes, values = pd.factorize(answers[known], sort=True)
    rows = _of_population(sample, known)
    if rows is None:
        return dict.fromkeys(values, UNWEIGHTED)
    found = shares(codes, len(values), rows)
    low, high = found.intervals(scale="logit")
    return {
        value: (found.values[place], low[place], high[place]) for place, value in enumerate(values)
    }


def _of_population(sample: Rows | None, known: np.ndarray) -> Rows | None:
    """Give the rows whose answers are known; None where they stand for nobody."""
    if sample is None or not known.any():
        return None
    rows = sample[known]
    return rows if rows.weight is None or rows.weight.any() else None


def weighted_means(
    described: pd.DataFrame,
    scores: pd.DataFrame,
    scales: Mapping[str, pd.DataFrame],
    sample: Rows | None,
) -> pd.DataFrame:
    """Put means of the population beside those of items, over those who answered.

    Parameters
    ----------
    described
        One row per item, see `item_statistics`, with `construct`.
    scores
        Analysis table.
    scales
        Answers to the items of each construct, keyed, on the index of the table.
    sample
        What the rows of the table stand for; without it nothing is known.

    Returns
    -------
    pandas.DataFrame
        The same with `weighted_mean, weighted_std_error`.
    """
    found = []
    for row in described.itertuples():
        answers = scales[str(row.construct)][str(row.item)].reindex(scores.index)
        known = answers.notna().to_numpy()
        told, rows = (np.nan, np.nan), _of_population(sample, known)
        if rows is not None:
            made = means(answers[known].to_numpy(float), rows)
            told = (float(made.values[0]), float(made.std_errors[0]))
        found.append(told)
    columns = pd.DataFrame(found, columns=list(WEIGHTED_MEAN), index=described.index, dtype=float)
    return described.join(columns)
