"""Predicted outcomes along a term, and slopes within bins of a moderator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.design import Design
from coproduction.inference.effects import check_terms, effect, prediction
from coproduction.inference.regression import Fit, estimate, fit

POINTS = 21
OUTER = (0.05, 0.95)
COLUMNS = (
    *("model", "term", "value", "by", "by_value", "category", "estimate", "std_error", "df"),
    *("conf_low", "conf_high", "n", "n_clusters", "covariance"),
)


def curves(fit: Fit, curve: Mapping[str, Any], confidence: float = 0.95) -> pd.DataFrame:
    """Predict the mean outcome of the analysed rows along one term.

    A numeric term runs from its 5th to its 95th percentile in 21 steps. Intervals are computed on
    the logit scale for probabilities and the log scale for counts and amounts, and transformed
    back, so that they stay where outcomes can be.

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
        `model, term, value, by, by_value, category, estimate, std_error, df, conf_low, conf_high,
        n, n_clusters, covariance`.
    """
    term, by = curve["variable"], curve.get("by", "")
    check_terms(fit.design, [term])
    rows = []
    for level, held in _levels(fit.design, by) if by else [("", {})]:
        for value in _grid(fit.design, term):
            for category in _categories(fit):
                found = prediction(fit, {**held, term: value}, category[0])
                row = {"term": term, "value": value, "by": by, "by_value": level}
                rows.append({**row, "category": category[1], **_interval(fit, found, confidence)})
    table = pd.DataFrame(rows).assign(model=fit.design.model, n=fit.n, n_clusters=fit.n_clusters)
    return table.assign(covariance=fit.design.covariance)[list(COLUMNS)]


def _grid(design: Design, term: str) -> np.ndarray:
    if design.is_binary(term):
        return np.array([0.0, 1.0])
    return np.linspace(*np.quantile(design.matrix[term], OUTER), POINTS)


def _levels(design: Design, by: str) -> list[tuple[str, dict[str, float]]]:
    if by in design.indicators:
        none = dict.fromkeys(design.indicators[by], 0.0)
        others = [(name, {name: 1.0}) for name in design.indicators[by]]
        return [("reference", none), *others]
    check_terms(design, [by])
    if design.is_binary(by):
        return [("0", {by: 0.0}), ("1", {by: 1.0})]
    values = design.matrix[by]
    middle, spread = values.mean(), values.std(ddof=1)
    return [(f"{value:.6g}", {by: value}) for value in (middle - spread, middle, middle + spread)]


def _categories(fit: Fit) -> list[tuple[int | None, float]]:
    if fit.design.family != "ordinal":
        return [(None, np.nan)]
    return [(place, float(code)) for place, code in enumerate(np.unique(fit.design.outcome))]


def _interval(fit: Fit, found: tuple[float, np.ndarray], confidence: float) -> dict[str, float]:
    value, gradient = found
    row = estimate(fit, value, gradient, confidence)
    kept = {name: row[name] for name in ("estimate", "std_error", "df")}
    half = (row["conf_high"] - row["conf_low"]) / 2
    if fit.design.family == "gaussian":
        return {**kept, "conf_low": value - half, "conf_high": value + half}
    if fit.design.family in ("binomial", "ordinal"):
        centre, scaled = np.log(value / (1 - value)), half / (value * (1 - value))
        ends = [1 / (1 + np.exp(-(centre + sign * scaled))) for sign in (-1, 1)]
    else:
        ends = [value * np.exp(sign * half / value) for sign in (-1, 1)]
    return {**kept, "conf_low": ends[0], "conf_high": ends[1]}


def binned_slopes(
    fitted: Fit, one: str, other: str, bins: int = 3, confidence: float = 0.95
) -> pd.DataFrame:
    """Slope of one term at the middle of bins of another, freed from the linear interaction.

    The binning estimator of Hainmueller, Mummolo and Xu (2019, *Political Analysis* 27, 163–192):
    within each bin (of equal numbers) the moderator, the term and their product have coefficients
    of their own; the slope is taken with everyone at the bin's median. If the interaction is
    linear, the slopes lie near those of the planned model at the same values, which stand beside
    them.

    Returns
    -------
    pandas.DataFrame
        Rows of the effects table, estimands `binned_slope` and `average_marginal_effect`;
        `n_cell` is the number of rows in the bin.

    Raises
    ------
    StudyError
        If the moderator has too few values for the bins.
    """
    values = fitted.design.matrix[other].to_numpy()
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))
    if len(edges) < bins + 1:
        raise StudyError(
            f"Model `{fitted.design.model}`: `{other}` has too few values to be binned."
        )
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    medians = [float(np.median(values[places == place])) for place in range(bins)]
    binned = fit(_binned(fitted.design, one, other, places, medians))
    rows = []
    for place, median in enumerate(medians):
        held = {f"bin[{each}]": float(each == place) for each in range(1, bins)}
        # The category last set wins over its siblings, so the own bin comes last.
        held = dict(sorted(held.items(), key=lambda item: item[1]))
        held |= {f"centred[{each}]": 0.0 for each in range(bins)}
        shared = {"model": fitted.design.model, "term": one, "at": f"{other} = {median:g}"}
        for name, model, at in (
            ("binned_slope", binned, held),
            ("average_marginal_effect", fitted, {other: median}),
        ):
            found = effect(model, one, at)
            rows.append(
                {**shared, "estimand": name, "category": np.nan, "n": fitted.n}
                | estimate(model, *found, confidence)
                | {"n_cell": int((places == place).sum()), "n_clusters": fitted.n_clusters}
                | {"covariance": fitted.design.covariance}
            )
    return pd.DataFrame(rows)


def _binned(
    design: Design, one: str, other: str, places: np.ndarray, medians: list[float]
) -> Design:
    """Replace a moderator and its product with a term by parts of their own in every bin."""
    kept = [name for name, factors in design.factors.items() if other not in factors]
    columns = {name: design.matrix[name].to_numpy() for name in kept}
    factors = {name: design.factors[name] for name in kept}
    values = design.matrix[other].to_numpy()
    for place, median in enumerate(medians):
        inside = (places == place).astype(float)
        added = {f"centred[{place}]": (values - median) * inside}
        if place:
            added[f"bin[{place}]"] = inside
        for name, column in added.items():
            columns[name], factors[name] = column, (name,)
            columns[f"{one}:{name}"] = columns[one] * column
            factors[f"{one}:{name}"] = (one, name)
    names = tuple(f"bin[{place}]" for place in range(1, len(medians)))
    return replace(
        design,
        matrix=pd.DataFrame(columns, index=design.matrix.index),
        factors=factors,
        indicators={**design.indicators, "bin": names},
        focal=(),
    )
