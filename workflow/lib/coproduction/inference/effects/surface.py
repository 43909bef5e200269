"""Predicted outcomes over two variables of an interaction, and where there are people to tell."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from coproduction.inference.data.design import Design
from coproduction.inference.effects.effects import prediction
from coproduction.inference.effects.predictions import POINTS, interval
from coproduction.inference.model.regression import Fit
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.models.model import Curve

OUTER = (0.01, 0.99)
FEWEST_VALUES = 10
"""A variable with fewer values is drawn as curves only."""
REACH = 0.5
"""Respondents so many standard deviations away from a point, in each direction, are near it."""
FEWEST_NEAR = 5
"""A point with fewer respondents near it lies outside the data."""
COLUMNS = (
    *("model", "term", "value", "by", "by_value", "category", "estimate", "std_error", "df"),
    *("conf_low", "conf_high", "n_near", "limit", "n_value", "n_by_value"),
    *("n", "n_clusters", "covariance", "note"),
)


def has_surface(design: Design, curve: Curve) -> bool:
    """Tell whether a planned curve is about two numeric terms of at least ten values each."""
    names = [curve.variable, curve.by or ""]
    return names[0] != names[1] and all(
        (name,) in design.factors.values()
        and len(design.siblings(name)) == 1
        and design.matrix[name].nunique() >= FEWEST_VALUES
        for name in names
    )


def surface(fit: Fit, curve: Curve, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Predict the mean outcome of the analysed rows over a grid of two numeric terms.

    Either term runs from its 1st to its 99th percentile in 21 steps; at each point everyone is set
    to both values and the predictions are averaged. Intervals are those of
    `predictions.interval`; of an ordinal outcome the probability of its highest category is
    predicted. A fitted surface reaches where nobody is, so that each point has the number of
    analysed rows within half a standard deviation (N − 1) of both values: with fewer than `limit`
    of them it rests on the form of the model alone (common support; Hainmueller, Mummolo and Xu
    2019, *Political Analysis* 27, 163–192).

    Parameters
    ----------
    fit
        Fitted model.
    curve
        `variable` and `by`, for which `has_surface` holds.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        `model, term, value, by, by_value, category, estimate, std_error, df, conf_low, conf_high,
        n_near, limit, n_value, n_by_value, n, n_clusters, covariance`, 441 rows; `n_value` and
        `n_by_value` count the rows nearest to the value of either term alone.
    """
    term, by = curve.variable, curve.by or ""
    category = float(fit.design.outcome.max()) if fit.design.family.ordered else np.nan
    one, other = (fit.design.matrix[name].to_numpy() for name in (term, by))
    grid, other_grid = (_grid(values) for values in (one, other))
    near = _within(one, grid).T.astype(int) @ _within(other, other_grid).astype(int)
    counts, other_counts = _nearest(one, grid), _nearest(other, other_grid)
    rows = []
    for place, other_place in product(range(POINTS), range(POINTS)):
        at = {term: float(grid[place]), by: float(other_grid[other_place])}
        sizes = {"n_near": near[place, other_place], "n_value": counts[place]}
        sizes["n_by_value"] = other_counts[other_place]
        point = {"value": at[term], "by_value": at[by], **sizes}
        rows.append({**point, **interval(fit, prediction(fit, at), confidence)})
    return pd.DataFrame(rows).assign(
        **{"model": fit.design.model, "term": term, "by": by, "category": category},
        **{"limit": FEWEST_NEAR, "n": fit.n, "n_clusters": fit.n_clusters},
        covariance=fit.design.covariance,
    )[list(COLUMNS)]


def _grid(values: np.ndarray) -> np.ndarray:
    low, high = np.quantile(values, OUTER)
    return np.linspace(low, high, POINTS)


def _within(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Tell which rows are near each point of one axis (n × points)."""
    return np.abs(values[:, None] - grid) <= REACH * values.std(ddof=1)


def _nearest(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Count the rows nearest to each point of one axis; a tie counts for the lower one."""
    return np.bincount(np.abs(values[:, None] - grid).argmin(axis=1), minlength=len(grid))
