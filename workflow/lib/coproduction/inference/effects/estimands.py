"""Estimands as a plan declares them, computed from a fitted model and tabulated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.effects.effects import (
    Effect,
    cross_effect,
    difference,
    effect,
    smallest_cell,
)
from coproduction.inference.model.regression import Fit, estimate
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import MEAN
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.options import (
    AVERAGE_MARGINAL_EFFECT,
    COEFFICIENT,
    CROSS_PARTIAL,
    DIFFERENCE,
    PER_CONSTRUCT,
    PER_SCORE,
    Per,
)


def effects(fit: Fit, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Tabulate the effects of a model: of its focal terms and of its products.

    Of an ordinal outcome there is a row for each category, of a construct one for its own standard
    deviation as unit and one for that of its score.

    Returns
    -------
    pandas.DataFrame
        `model, estimand, term, per, reference, at, category, estimate, std_error, statistic, df,
        p_value, conf_low, conf_high, n, n_cell, n_clusters, weights, covariance, note`.
    """
    usual = [
        Estimand(kind=AVERAGE_MARGINAL_EFFECT, variable=term, part=MEAN)
        for term in fit.design.focal
    ]
    usual += [
        Estimand(kind=CROSS_PARTIAL, variables=factors, part=MEAN)
        for factors in fit.design.factors.values()
        if len(factors) == 2
    ]
    asked = [
        replace(estimand, category=category, per=per)
        for estimand in usual
        for category in _categories(fit)
        for per in _units(fit, estimand)
    ]
    return pd.DataFrame([row(fit, each, confidence) for each in asked])


def row(fit: Fit, estimand: Estimand, confidence: float = CONFIDENCE) -> dict[str, object]:
    """Compute one estimand of a fitted model.

    Raises
    ------
    Refusal
        If the model has no such term.
    """
    value, gradient = value_of(fit, estimand)
    compared = map(fit.design.compared_with, estimand.names)
    return {
        "model": fit.design.model,
        "estimand": estimand.kind,
        "term": estimand.term,
        "per": estimand.per or "",
        "reference": ", ".join(dict.fromkeys(filter(None, compared))),
        "at": estimand.held,
        "category": np.nan if estimand.category is None else estimand.category,
        **estimate(fit, value, gradient, confidence, estimand.names),
        "n": fit.n,
        "n_cell": smallest_cell(fit, [*estimand.names, *estimand.at]),
        "n_clusters": fit.n_clusters,
        "weights": fit.design.weighted,
        "covariance": fit.design.covariance,
    }


def value_of(fit: Fit, estimand: Estimand) -> Effect:
    """Value of an estimand and its gradient by the parameters.

    Per standard deviation of a score it is as much of that per standard deviation of the construct
    as the two correlate; the correlation is taken as known.

    Raises
    ------
    Refusal
        If the model has no such term or category, or the value is zero whatever the data.
    """
    if estimand.kind != DIFFERENCE:
        return _scaled(_value_of(fit, estimand), fit, estimand, estimand.names)
    one, other = estimand.variables
    if one == other:
        raise Refusal("difference_from_itself", model=fit.design.model, term=one)
    ends = [replace(estimand, kind=AVERAGE_MARGINAL_EFFECT, variable=term) for term in (one, other)]
    return difference(
        *(_scaled(_value_of(fit, each), fit, each, [each.variable or ""]) for each in ends)
    )


def _units(fit: Fit, estimand: Estimand) -> tuple[Per | None, ...]:
    """Units in which an estimand is told."""
    calibration = fit.design.calibration
    if calibration is None or not set(estimand.names) & set(calibration.constructs):
        return (None,)
    return PER_CONSTRUCT, PER_SCORE


def _scaled(found: Effect, fit: Fit, estimand: Estimand, names: Iterable[str]) -> Effect:
    """Turn a value per standard deviation of constructs into one per that of their scores."""
    calibration = fit.design.calibration
    if estimand.per != PER_SCORE or calibration is None:
        return found
    known = calibration.constructs
    ruler = np.prod([calibration.ruler(known[name]) for name in names if name in known])
    return found[0] * float(ruler), found[1] * ruler


def _value_of(fit: Fit, estimand: Estimand) -> Effect:
    if estimand.kind == COEFFICIENT:
        return _coefficient(fit, estimand)
    if estimand.part != MEAN:
        names = {"term": estimand.term, "part": estimand.part}
        raise Refusal("effect_of_all_parts", model=fit.design.model, **names)
    category = _position(fit, estimand.category)
    if estimand.kind == AVERAGE_MARGINAL_EFFECT:
        return effect(fit, estimand.term, estimand.at, category)
    one, other = estimand.variables
    return cross_effect(fit, one, other, category)


def _coefficient(fit: Fit, estimand: Estimand) -> Effect:
    part, term = estimand.part, estimand.term
    names = {(part, each) for each in (term, ":".join(reversed(term.split(":"))))}
    for position, name in enumerate(fit.params.index):
        if name in names:
            return float(fit.params.iloc[position]), np.eye(len(fit.params))[position]
    raise Refusal("model_has_no_coefficient", model=fit.design.model, term=term, part=part)


def _categories(fit: Fit) -> list[float | None]:
    if not fit.design.family.ordered:
        return [None]
    return [float(value) for value in np.unique(fit.design.outcome)]


def _position(fit: Fit, category: float | None) -> int | None:
    """Position of an ordinal category, None if none is named.

    Raises
    ------
    Refusal
        If nobody analysed has the category.
    """
    if not fit.design.family.ordered or category is None:
        return None
    values = np.unique(fit.design.outcome)
    if category not in values:
        names = {"model": fit.design.model, "name": fit.design.outcome_name}
        raise Refusal("nobody_has_category", **names, value=float(category))
    return int(np.searchsorted(values, category))
