"""Families of outcomes: their linear predictors, links and expected outcomes.

A family has one linear predictor (`mean`), or two: `any` for the logit of a positive outcome and
`positive` for the size of a positive one. Thresholds and dispersion are its further parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coproduction.inference.options import Family
from coproduction.options import check_option

LINKS = {
    "binomial": "logit",
    "gaussian": "identity",
    "poisson": "log",
    "pseudo_poisson": "log",
    "negative_binomial": "log",
    "ordinal": "logit",
    "hurdle_negative_binomial": "log",
    "two_part_gamma": "log",
    "two_part_poisson": "log",
}
GENERALISED_LINEAR = ("binomial", "gaussian", "poisson", "pseudo_poisson")
TWO_PART = ("hurdle_negative_binomial", "two_part_gamma", "two_part_poisson")
COUNTS = ("poisson", "negative_binomial", "hurdle_negative_binomial")
MEAN, ANY, POSITIVE = "mean", "any", "positive"
THRESHOLD, DISPERSION, RANDOM = "threshold", "dispersion", "random"


def linear_parts(family: Family) -> tuple[str, ...]:
    """Names of the linear predictors of a family."""
    check_option("family", family, Family)
    return (ANY, POSITIVE) if family in TWO_PART else (MEAN,)


@dataclass(frozen=True)
class Partials:
    """The expected outcome of n rows and its derivatives by the linear predictors.

    Attributes
    ----------
    value
        n: expected outcome, or probability of a category.
    first
        One array (n,) per linear predictor.
    second
        Square arrangement of arrays (n,): second derivatives.
    """

    value: np.ndarray
    first: list[np.ndarray]
    second: list[list[np.ndarray]]


def partials(
    family: Family, linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
) -> Partials:
    """Give the expected outcome and its derivatives; every formula holds for complex arguments too.

    Parameters
    ----------
    family
        Family of the outcome.
    linear
        Linear predictors (n,), in the order of `linear_parts`.
    further
        Thresholds, or the logarithm of the dispersion, or nothing.
    category
        For an ordinal outcome the position of the category whose probability is meant, the highest
        if none is named.
    """
    check_option("family", family, Family)
    if family in TWO_PART:
        return _product(_logistic(linear[0]), _positive(family, linear[1], further))
    if family == "ordinal":
        place = len(further) if category is None else category
        value, first, second = _category(linear[0], further, place)
    elif family == "binomial":
        value, first, second = _logistic(linear[0])
    elif family == "gaussian":
        one = np.ones_like(linear[0])
        value, first, second = linear[0], one, one * 0
    else:
        value = first = second = np.exp(linear[0])
    return Partials(value, [first], [[second]])


Triple = tuple[np.ndarray, np.ndarray, np.ndarray]


def _logistic(eta: np.ndarray) -> Triple:
    value = 1 / (1 + np.exp(-eta))
    first = value * (1 - value)
    return value, first, first * (1 - 2 * value)


def _category(eta: np.ndarray, thresholds: np.ndarray, category: int) -> Triple:
    """Probability of a category: Λ(τ_c − η) − Λ(τ_{c−1} − η)."""
    zero = np.zeros_like(eta)
    upper, lower = (zero + 1, zero, zero), (zero, zero, zero)
    if category < len(thresholds):
        upper = _logistic(thresholds[category] - eta)
    if category > 0:
        lower = _logistic(thresholds[category - 1] - eta)
    return upper[0] - lower[0], lower[1] - upper[1], upper[2] - lower[2]


def _positive(family: str, eta: np.ndarray, further: np.ndarray) -> Triple:
    """Mean of a positive outcome; of a truncated negative binomial μ / (1 − (1 + αμ)^(−1/α))."""
    mean = np.exp(eta)
    if family != "hurdle_negative_binomial":
        return mean, mean, mean
    alpha = np.exp(further[0])
    grown = 1 + alpha * mean
    above = 1 - grown ** (-1 / alpha)
    slope = mean * grown ** (-1 / alpha - 1)
    curve = slope * (1 - (1 + alpha) * mean / grown)
    value = mean / above
    first = value * (1 - slope / above)
    second = first * (1 - slope / above) + value * ((slope / above) ** 2 - curve / above)
    return value, first, second


def _product(chance: Triple, size: Triple) -> Partials:
    crossed = chance[1] * size[1]
    return Partials(
        chance[0] * size[0],
        [chance[1] * size[0], chance[0] * size[1]],
        [[chance[2] * size[0], crossed], [crossed, chance[0] * size[2]]],
    )
