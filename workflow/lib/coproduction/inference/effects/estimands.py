"""Estimands as a plan declares them, computed from a fitted model and tabulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.inference.effects.effects import (
    Effect,
    cross_effect,
    difference,
    effect,
    smallest_cell,
)
from coproduction.inference.model.regression import Fit, estimate
from coproduction.inference.options import EstimandKind, Part
from coproduction.numerics.families.family import MEAN
from coproduction.options import check_option

AVERAGE_MARGINAL_EFFECT = "average_marginal_effect"
CROSS_PARTIAL = "cross_partial"
DIFFERENCE = "difference"
COEFFICIENT = "coefficient"
Estimand = Mapping[str, Any]


def term_of(estimand: Estimand) -> str:
    """Name the term or terms of an estimand: `a`, `a:b` of a cross-partial, `a - b`."""
    if "variables" not in estimand:
        return estimand["variable"]
    separator = " - " if estimand["kind"] == DIFFERENCE else ":"
    return separator.join(estimand["variables"])


def at_of(estimand: Estimand) -> str:
    """Write the values that everyone is set to, such as `a = 1, b = -0.5`."""
    return ", ".join(
        f"{name} = {code_text(value)}" for name, value in estimand.get("at", {}).items()
    )


def effects(fit: Fit, confidence: float = 0.95) -> pd.DataFrame:
    """Tabulate the effects of a model: of its focal terms and of its products.

    Of an ordinal outcome there is a row for each category.

    Returns
    -------
    pandas.DataFrame
        `model, estimand, term, reference, at, category, estimate, std_error, statistic, df,
        p_value, conf_low, conf_high, n, n_cell, n_clusters, covariance, note`.
    """
    usual: list[Estimand] = [
        {"kind": AVERAGE_MARGINAL_EFFECT, "variable": term} for term in fit.design.focal
    ]
    usual += [
        {"kind": CROSS_PARTIAL, "variables": list(factors)}
        for factors in fit.design.factors.values()
        if len(factors) == 2
    ]
    rows = []
    for estimand in usual:
        for category in _categories(fit):
            each = {**estimand, "category": category} if category is not None else estimand
            rows.append(row(fit, each, confidence))
    return pd.DataFrame(rows)


def row(fit: Fit, estimand: Estimand, confidence: float = 0.95) -> dict[str, object]:
    """Compute one estimand of a fitted model.

    Raises
    ------
    Refusal
        If the model has no such term.
    """
    value, gradient = value_of(fit, estimand)
    names = estimand.get("variables") or estimand["variable"].split(":")
    return {
        "model": fit.design.model,
        "estimand": estimand["kind"],
        "term": term_of(estimand),
        "reference": ", ".join(dict.fromkeys(filter(None, map(fit.design.compared_with, names)))),
        "at": at_of(estimand),
        "category": estimand.get("category", np.nan),
        **estimate(fit, value, gradient, confidence, names),
        "n": fit.n,
        "n_cell": smallest_cell(fit, [*names, *estimand.get("at", {})]),
        "n_clusters": fit.n_clusters,
        "covariance": fit.design.covariance,
    }


def value_of(fit: Fit, estimand: Estimand) -> Effect:
    """Value of an estimand and its gradient by the parameters.

    Raises
    ------
    StudyError
        If there is no such kind of estimand or part of a model.
    Refusal
        If the model has no such term or category, or the value is zero whatever the data.
    """
    check_option("kind", estimand["kind"], EstimandKind)
    check_option("part", estimand.get("part", MEAN), Part)
    if estimand["kind"] == COEFFICIENT:
        return _coefficient(fit, estimand)
    if "part" in estimand:
        names = {"term": term_of(estimand), "part": estimand["part"]}
        raise Refusal("effect_of_all_parts", model=fit.design.model, **names)
    category = _position(fit, estimand.get("category"))
    if estimand["kind"] == CROSS_PARTIAL:
        one, other = estimand["variables"]
        return cross_effect(fit, one, other, category)
    at = estimand.get("at")
    if estimand["kind"] == DIFFERENCE:
        one, other = estimand["variables"]
        if one == other:
            raise Refusal("difference_from_itself", model=fit.design.model, term=one)
        return difference(effect(fit, one, at, category), effect(fit, other, at, category))
    return effect(fit, estimand["variable"], at, category)


def _coefficient(fit: Fit, estimand: Estimand) -> Effect:
    part, term = estimand.get("part", MEAN), estimand["variable"]
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
