"""Estimands as a plan declares them, computed from a fitted model and tabulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.effects import (
    Effect,
    cross_effect,
    difference,
    effect,
    smallest_cell,
)
from coproduction.inference.regression import Fit, estimate

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
    return ", ".join(f"{name} = {value:g}" for name, value in estimand.get("at", {}).items())


def average_marginal_effect(fit: Fit, term: str, confidence: float = 0.95) -> dict[str, object]:
    """Average marginal effect of one term, as a row of the effects table."""
    return row(fit, {"kind": AVERAGE_MARGINAL_EFFECT, "variable": term}, confidence)


def cross_partial(fit: Fit, one: str, other: str, confidence: float = 0.95) -> dict[str, object]:
    """Mean cross-partial of two terms, as a row of the effects table."""
    return row(fit, {"kind": CROSS_PARTIAL, "variables": [one, other]}, confidence)


def effects(fit: Fit, confidence: float = 0.95, requested: Sequence[Estimand] = ()) -> pd.DataFrame:
    """Tabulate the effects of a model: of its focal terms, of its products, and those asked for.

    Of an ordinal outcome there is a row for each category.

    Returns
    -------
    pandas.DataFrame
        `model, estimand, term, at, category, estimate, std_error, statistic, df, p_value, conf_low,
        conf_high, n, n_cell, n_clusters, covariance`.
    """
    usual: list[Estimand] = [
        {"kind": AVERAGE_MARGINAL_EFFECT, "variable": term} for term in fit.design.focal
    ]
    usual += [
        {"kind": CROSS_PARTIAL, "variables": list(factors)}
        for factors in fit.design.factors.values()
        if len(factors) == 2
    ]
    categories = _categories(fit)
    rows: dict[tuple, dict[str, object]] = {}
    for estimand in usual:
        for category in categories:
            each = {**estimand, "category": category} if category is not None else estimand
            rows[key_of(each)] = row(fit, each, confidence)
    for estimand in requested:
        if key_of(estimand) not in rows and estimand["kind"] != COEFFICIENT:
            rows[key_of(estimand)] = row(fit, estimand, confidence)
    return pd.DataFrame(list(rows.values()))


def key_of(estimand: Estimand) -> tuple:
    """Key under which two spellings of the same estimand meet."""
    terms = term_of(estimand)
    if estimand["kind"] == CROSS_PARTIAL:
        terms = ":".join(sorted(estimand["variables"]))
    return estimand["kind"], terms, at_of(estimand), estimand.get("category")


def row(fit: Fit, estimand: Estimand, confidence: float) -> dict[str, object]:
    """Compute one estimand of a fitted model.

    Raises
    ------
    StudyError
        If the model has no such term.
    """
    value, gradient = value_of(fit, estimand)
    names = estimand.get("variables") or [estimand["variable"]]
    return {
        "model": fit.design.model,
        "estimand": estimand["kind"],
        "term": term_of(estimand),
        "at": at_of(estimand),
        "category": estimand.get("category", np.nan),
        **estimate(fit, value, gradient, confidence),
        "n": fit.n,
        "n_cell": smallest_cell(fit, [*names, *estimand.get("at", {})]),
        "n_clusters": fit.n_clusters,
        "covariance": fit.design.covariance,
    }


def value_of(fit: Fit, estimand: Estimand) -> Effect:
    """Value of an estimand and its gradient by the parameters."""
    category = _position(fit, estimand.get("category"))
    if estimand["kind"] == CROSS_PARTIAL:
        return cross_effect(fit, *estimand["variables"], category)
    at = estimand.get("at")
    if estimand["kind"] == DIFFERENCE:
        one, other = estimand["variables"]
        return difference(effect(fit, one, at, category), effect(fit, other, at, category))
    return effect(fit, estimand["variable"], at, category)


def _categories(fit: Fit) -> list[float | None]:
    if fit.design.family != "ordinal":
        return [None]
    return [float(value) for value in np.unique(fit.design.outcome)]


def _position(fit: Fit, category: float | None) -> int | None:
    """Position of an ordinal category; the highest if none is named."""
    if fit.design.family != "ordinal":
        return None
    values = np.unique(fit.design.outcome)
    return len(values) - 1 if category is None else int(np.searchsorted(values, category))
