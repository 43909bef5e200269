"""Effects on one scale, whatever the outcome: in standard deviations of the outcome.

A specification curve (Simonsohn, Simmons and Nelson 2020, *Nature Human Behaviour* 4, 1208–1214)
needs estimates that can stand beside each other. The scale is the outcome's own spread: the average
marginal effect on the expected outcome over the standard deviation (N − 1) of the outcome among the
rows that the model analyses, weighted where the model is. Of an ordinal outcome it is the effect on
the expected code of the category, of a two-part one that on the mean of both parts together. The
standard deviation is taken as known: standard errors are those of the effect over it.
"""

from __future__ import annotations

import numpy as np

from coproduction.inference.data.design import Design
from coproduction.inference.effects.effects import Effect, effect
from coproduction.inference.model.regression import Fit
from coproduction.numerics.averages import standard_deviation
from coproduction.plan.options import PER_CONSTRUCT


def standardised_effect(fit: Fit, term: str) -> Effect:
    """Average effect on the expected outcome in its standard deviations, with its gradient.

    Raises
    ------
    Refusal
        If the model has no such term.
    """
    value, gradient = _mean_effect(fit, term)
    spread = outcome_sd(fit.design)
    return value / spread, gradient / spread


def outcome_sd(design: Design) -> float:
    """Give the standard deviation (N − 1) of the outcome among the rows analysed, with weights."""
    return float(standard_deviation(design.outcome, design.weights))


def unit(fit: Fit, term: str) -> str:
    """Tell of a construct that its standard deviation is the unit."""
    calibration = fit.design.calibration
    return PER_CONSTRUCT if calibration and term in calibration.constructs else ""


def _mean_effect(fit: Fit, term: str) -> Effect:
    if not fit.design.family.ordered:
        return effect(fit, term)
    codes = np.unique(fit.design.outcome)
    found = [effect(fit, term, None, place) for place in range(len(codes))]
    value = sum(code * each for code, (each, _) in zip(codes, found, strict=True))
    gradient = sum(code * each for code, (_, each) in zip(codes, found, strict=True))
    return float(value), gradient
