"""Quantiles of a population, with the intervals of Woodruff (1952, *JASA* 47, 635–646)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.student import quantile as student_quantile
from coproduction.numerics.survey.estimates import columns_of, means, weight_of
from coproduction.options import check_between
from coproduction.rows import Rows

SAME = 1e-12
"""Sums of weights so near a probability are equal to it but for rounding."""


@dataclass(frozen=True)
class QuantileEstimate:
    """A quantile of a population.

    Attributes
    ----------
    value
        The smallest value up to which the probability lies.
    std_error
        Length of the interval over twice the quantile of Student's t.
    conf_low, conf_high
        The values up to which the ends of the interval of the share lie; NaN beyond all values.
    df
        Degrees of freedom of that interval.
    """

    value: float
    std_error: float
    conf_low: float
    conf_high: float
    df: int


def population_quantile(
    values: np.ndarray, probability: float, rows: Rows, confidence: float = CONFIDENCE
) -> QuantileEstimate:
    """Estimate a quantile of the population.

    The interval of the share up to the estimate is carried over to the values.

    Parameters
    ----------
    values
        n: no value is missing.
    probability
        Between 0 and 1.
    rows
        What the rows stand for.
    confidence
        Confidence level.

    Raises
    ------
    Refusal, StudyError
        As `means`.
    """
    check_between("probability", probability, 0, 1)
    column: np.ndarray = columns_of(values, rows)[:, 0]
    weight = weight_of(rows)
    value = _inverse(column, weight, probability)
    found = means(column <= value, rows)
    low, high = (float(each[0]) for each in found.intervals(confidence))
    below, above = (
        _inverse(column, weight, end) if 0 <= end <= 1 else np.nan for end in (low, high)
    )
    times = student_quantile((1 + confidence) / 2, found.df if found.df > 0 else np.nan)
    return QuantileEstimate(value, (above - below) / (2 * times), below, above, found.df)


def _inverse(values: np.ndarray, weight: np.ndarray, probability: float) -> float:
    """Give the smallest value with a weight up to which the probability lies."""
    order = np.argsort(values[weight > 0], kind="stable")
    ordered = values[weight > 0][order]
    up_to = np.cumsum(weight[weight > 0][order])
    place = int(np.searchsorted(up_to / up_to[-1], probability * (1 - SAME)))
    return float(ordered[min(place, len(ordered) - 1)])
