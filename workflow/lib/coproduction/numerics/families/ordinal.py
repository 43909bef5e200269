"""Ordered categories with proportional odds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.numerics.families.family import (
    MEAN,
    THRESHOLD,
    Estimated,
    Family,
    Observations,
    Partials,
)
from coproduction.numerics.families.needs import few_categories
from coproduction.numerics.families.parameters import from_maximum, named
from coproduction.numerics.families.points import Categories
from coproduction.numerics.families.refusals import check_convergence, check_separation
from coproduction.numerics.ordinal_logit import fit_proportional_odds
from coproduction.numerics.separation import ordinal_cone


def _estimate(observed: Observations, part: str = MEAN) -> Estimated:
    levels, codes = np.unique(observed.outcome, return_inverse=True)
    matrix = observed.matrix.drop(columns="intercept")
    x, k = matrix.to_numpy(), matrix.shape[1]
    maximum = fit_proportional_odds(codes, x, observed.weights)
    cone, reach = ordinal_cone(codes, x), x @ maximum.params[:k]
    check_separation(observed, cone, maximum.converged, reach, matrix)
    check_convergence(observed, maximum.converged)
    names = [f"{code_text(low)}|{code_text(high)}" for low, high in pairwise(levels)]
    slopes = named(part, matrix.columns, maximum.params[:k])
    thresholds = named(THRESHOLD, names, maximum.params[k:])
    return from_maximum(pd.concat([slopes, thresholds]), maximum, observed.weights)


def _partials(
    linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
) -> Partials:
    """Probability of a category: Λ(τ_c − η) − Λ(τ_{c−1} − η)."""
    eta, place = linear[0], len(further) if category is None else category
    zero = np.zeros_like(eta)
    upper, lower = (zero + 1, zero, zero), (zero, zero, zero)
    if place < len(further):
        upper = _logistic(further[place] - eta)
    if place > 0:
        lower = _logistic(further[place - 1] - eta)
    return Partials(upper[0] - lower[0], [lower[1] - upper[1]], [[upper[2] - lower[2]]])


def _logistic(eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    value = 1 / (1 + np.exp(-eta))
    first = value * (1 - value)
    return value, first, first * (1 - 2 * value)


ORDINAL = Family(
    name="ordinal",
    meaning="ordered categories, proportional odds",
    link="logit",
    expected="probability",
    needs=(few_categories,),
    estimate=_estimate,
    partials=_partials,
    ordered=True,
    two_level="logit",
    points=Categories(_partials),
)
