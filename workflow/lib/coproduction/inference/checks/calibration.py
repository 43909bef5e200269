"""How well a logit's probabilities fit: discrimination, calibration, mean squared error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.numerics.averages import mean
from coproduction.numerics.families.binomial import LOGIT
from coproduction.numerics.glm import EDGE, fit_glm


@dataclass(frozen=True)
class Calibration:
    """Fit of predicted probabilities to 0/1 outcomes.

    Attributes
    ----------
    auc
        Probability that a random 1 is predicted higher than a random 0, ties counting half.
    brier
        Mean squared difference between outcome and probability (Brier 1950).
    intercept
        Logit of the outcome with the predicted logit as offset: 0 if the mean is right.
    slope
        Coefficient of the predicted logit: 1 if right, below 1 if predictions are too extreme (Cox
        1958).
    """

    auc: float
    brier: float
    intercept: float
    slope: float


def calibration(
    outcome: np.ndarray, probability: np.ndarray, weights: np.ndarray | None = None
) -> Calibration:
    """Compare predicted probabilities (n) with outcomes (n) of 0 and 1, both occurring.

    With weights (n) the numbers are estimates of those of the population.
    """
    bounded = np.clip(probability, EDGE, 1 - EDGE)
    logit = np.log(bounded / (1 - bounded))
    logistic = LOGIT()
    one = np.ones((len(outcome), 1))
    shifted = fit_glm(outcome, one, logistic, offset=logit, weights=weights)
    scaled = fit_glm(outcome, np.column_stack([one, logit]), logistic, weights=weights)
    return Calibration(
        auc(outcome, probability, weights),
        float(mean((outcome - probability) ** 2, weights)),
        float(shifted.params[0]),
        float(scaled.params[1]),
    )


def auc(outcome: np.ndarray, probability: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Area under the receiver operating characteristic, from mean ranks (Mann–Whitney)."""
    if weights is not None:
        return _weighted_auc(outcome, probability, weights)
    from scipy.stats import rankdata

    ranks = rankdata(probability)
    n_one = int(outcome.sum())
    n_zero = len(outcome) - n_one
    above = ranks[outcome == 1].sum() - n_one * (n_one + 1) / 2
    return float(above / (n_one * n_zero))


def _weighted_auc(outcome: np.ndarray, probability: np.ndarray, weights: np.ndarray) -> float:
    """Weight of the pairs of a 1 and a 0 that are in order, ties counting half, over all pairs."""
    _, place = np.unique(probability, return_inverse=True)
    ones = np.bincount(place, weights * outcome)
    zeros = np.bincount(place, weights * (1 - outcome))
    below = np.cumsum(zeros) - zeros / 2
    return float(ones @ below / (ones.sum() * zeros.sum()))
