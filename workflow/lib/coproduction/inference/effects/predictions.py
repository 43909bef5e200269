"""Predicted outcomes along a term."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import category_of, code_text
from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.inference.effects.effects import Effect, check_terms, prediction
from coproduction.inference.model.regression import Fit, estimate
from coproduction.numerics.averages import mean, standard_deviation
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import Family
from coproduction.plan.models.model import Curve

POINTS = 21
OUTER = (0.05, 0.95)
COLUMNS = (
    *("model", "term", "value", "by", "by_value", "cell", "category", "estimate", "std_error"),
    *("df", "conf_low", "conf_high", "n", "n_clusters", "covariance", "note"),
)


def curves(fit: Fit, curve: Curve, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Predict the mean outcome of the analysed rows along one term.

    A numeric term runs from its 5th to its 95th percentile in 21 steps. Intervals are those of
    `interval`.

    Parameters
    ----------
    fit
        Fitted model.
    curve
        `variable`, and `by`: a second term or categorical variable; a numeric one is held a
        standard deviation (N − 1) below its mean, at it, and above.

    Returns
    -------
    pandas.DataFrame
        `model, term, value, by, by_value, cell, category, estimate, std_error, df, conf_low,
        conf_high, n, n_clusters, covariance`; `cell` says what `by_value` is, see `cell_of`.
    """
    term, by = curve.variable, curve.by or ""
    check_terms(fit.design, [term])
    told = (term, by, *fit.design.indicators.get(by, ()))
    rows = []
    for level, held in levels(fit.design, by) if by else [("", {})]:
        for value in _grid(fit.design, term):
            for category in _categories(fit):
                found = prediction(fit, {**held, term: value}, category[0])
                row = {"term": term, "value": value, "by": by, "by_value": level}
                rows.append(
                    {**row, "category": category[1], **interval(fit, found, confidence, told)}
                )
    cell = cell_of(fit.design, by) if by else ""
    table = pd.DataFrame(rows).assign(model=fit.design.model, n=fit.n, n_clusters=fit.n_clusters)
    table = table.assign(cell=cell)
    return table.assign(covariance=fit.design.covariance)[list(COLUMNS)]


def refusal(fit: Fit, curve: Curve) -> str:
    """Say why a planned curve cannot be drawn; empty if it can."""
    try:
        check_terms(fit.design, [curve.variable])
        if curve.by is not None:
            levels(fit.design, curve.by)
    except Refusal as error:
        return str(error.note)
    return ""


def _grid(design: Design, term: str) -> np.ndarray:
    if values := design.low_and_high(term):
        return np.array(values)
    low, high = np.quantile(design.matrix[term], OUTER)
    return np.linspace(low, high, POINTS)


def levels(design: Design, by: str) -> list[tuple[str, dict[str, float]]]:
    """Name the cells of a variable and give the values that put everyone into each.

    The categories by their codes, the reference first; two values a unit apart; or a standard
    deviation (N − 1) below the mean, the mean, and above, both of the population where rows have
    weights.
    """
    if by in design.indicators:
        none = dict.fromkeys(design.indicators[by], 0.0)
        others = [(category_of(name), {name: 1.0}) for name in design.indicators[by]]
        return [(design.references[by], none), *others]
    check_terms(design, [by])
    if both := design.low_and_high(by):
        return [(code_text(value), {by: value}) for value in both]
    values, weights = design.matrix[by], design.weights
    middle, spread = mean(values, weights), standard_deviation(values, weights)
    held = (middle - spread, middle, middle + spread)
    # Adding zero takes the sign from a mean of -0.
    return [(f"{round(value, 6) + 0.0:g}", {by: float(value)}) for value in held]


def cell_of(design: Design, by: str) -> str:
    """Tell what `levels` names: a `category` by its code, or a `value` of a numeric variable."""
    return "category" if by in design.indicators or design.low_and_high(by) else "value"


def places(design: Design, by: str) -> list[str]:
    """Tell of each cell that `levels` names what it is: a category, or which value of a number."""
    if cell_of(design, by) == "category":
        return ["category"] * len(levels(design, by))
    return ["below_mean", "mean", "above_mean"]


def _categories(fit: Fit) -> list[tuple[int | None, float]]:
    if not fit.design.family.ordered:
        return [(None, np.nan)]
    return [(place, float(code)) for place, code in enumerate(np.unique(fit.design.outcome))]


def interval(
    fit: Fit, found: Effect, confidence: float, terms: Collection[str] = ()
) -> dict[str, Any]:
    """Complete a prediction; its interval stays where outcomes can be.

    It is computed on the logit scale for probabilities, on the log scale for what is positive, and
    transformed back.

    Returns
    -------
    dict
        `estimate, std_error, df, conf_low, conf_high`.
    """
    value, gradient = found
    row = estimate(fit, value, gradient, confidence, terms)
    kept = {name: row[name] for name in ("estimate", "std_error", "df", "note")}
    half = (row["conf_high"] - row["conf_low"]) / 2
    low, high = bounded(value, half, fit.design.family)
    return {**kept, "conf_low": low, "conf_high": high}


def bounded(value: Any, half: Any, family: Family) -> tuple[Any, Any]:
    """Give the ends of intervals of predictions, by half their width on the outcome's scale."""
    if family.expected == "number":
        return value - half, value + half
    if family.expected == "probability":
        centre, scaled = np.log(value / (1 - value)), half / (value * (1 - value))
        low, high = (1 / (1 + np.exp(-(centre + sign * scaled))) for sign in (-1, 1))
        return low, high
    return value * np.exp(-half / value), value * np.exp(half / value)
