"""Answers that hardly vary along the questionnaire."""

from __future__ import annotations

import numpy as np

from coproduction.cleaning.quality.blocks import by_rows


def long_string(values: np.ndarray) -> np.ndarray:
    """Longest run of equal answers in each row (rows × items, NaN missing); high is worse.

    Missing answers end a run. Items stand in the order of the questionnaire; where a section shows
    them in random order, the run is one of neighbours on paper. Source: Johnson (2005, *Journal of
    Research in Personality* 39); Curran (2016, *Journal of Experimental Social Psychology* 66).
    """
    longest = np.zeros(len(values))
    run = np.zeros(len(values))
    previous = np.full(len(values), np.nan)
    for column in values.T:
        answered = ~np.isnan(column)
        run = np.where(answered & (column == previous), run + 1, answered.astype(float))
        longest = np.maximum(longest, run)
        previous = column
    return longest


def individual_variability(values: np.ndarray) -> np.ndarray:
    """Compute the standard deviation (N − 1) of each row's valid answers; low is worse.

    Low values come from straight lines (Dunn et al. 2018, *Journal of Business and Psychology*
    33), high ones from random answers (Marjanovic et al. 2015, *Personality and Individual
    Differences* 84). NaN with fewer than two answers.
    """
    return by_rows(_deviation, values)


def _deviation(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    filled = np.where(known, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=1) / n
        deviations = np.where(known, values - mean[:, None], 0.0)
        result = np.sqrt((deviations**2).sum(axis=1) / (n - 1))
    return np.where(n >= 2, result, np.nan)
