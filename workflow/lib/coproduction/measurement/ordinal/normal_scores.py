"""Normal scores of ordered answers."""

from __future__ import annotations

import numpy as np

from coproduction.measurement.ordinal.normal import normal_pdf
from coproduction.measurement.ordinal.thresholds import thresholds_of


def normal_scores(answers: np.ndarray) -> np.ndarray:
    """Put the mean of a standard normal variable between two thresholds in the place of an answer.

    The thresholds cut the variable as the item is answered, so that answers are as far apart as
    what stands behind them, and covariances of items of unlike difficulty suffer less than those of
    codes (normal scores of ordinal variables, Jöreskog and Sörbom 1996, *PRELIS 2: User's Reference
    Guide*).

    Parameters
    ----------
    answers
        n × p codes, complete; only their order counts.

    Returns
    -------
    numpy.ndarray
        n × p scores; the mean of each column is zero.
    """
    scores = np.empty(answers.shape)
    for place, column in enumerate(answers.T):
        _, codes, counts = np.unique(column, return_inverse=True, return_counts=True)
        heights = normal_pdf(thresholds_of(counts[None])[0])
        scores[:, place] = (-np.diff(heights) * len(column) / counts)[codes]
    return scores
