"""What single clusters do to a model: fits that leave out one cluster at a time.

Up to 200 clusters the model is refitted without each. Of more, which would take time with the
square of the rows, a step from the full fit tells which clusters move an estimate most, and the
model is refitted without these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.inference.model.regression import Fit
from coproduction.numerics.averages import times
from coproduction.numerics.glm import curve, fit_glm

MOST_REFITTED = 200
UNDETERMINED = 1e12
EITHER_END = 5
"""Clusters that are refitted at either end where there are more."""


@dataclass(frozen=True)
class LeftOut:
    """Fits of one model without each of J clusters.

    Attributes
    ----------
    clusters
        J: the cluster left out, in sorted order.
    params
        J × k; NaN where the rest does not determine the model.
    predicted
        n: mean predicted for each row by the fit without its cluster.
    """

    clusters: np.ndarray
    params: np.ndarray
    predicted: np.ndarray


def leave_one_out(fit: Fit) -> LeftOut:
    """Fit a generalised linear model without each cluster, starting from the full fit.

    With more than 200 clusters each fit is one step of Newton's from the full one, with the scores
    and the information of the rows that are left (Pregibon 1981, *Annals of Statistics* 9,
    705–724), which is exact for linear models.
    """
    design, x = fit.design, fit.design.matrix.to_numpy()
    distribution = design.family.generalised_linear()
    together = design.rows.together
    stepping = len(together.names) > MOST_REFITTED
    params = _stepped(fit) if stepping else np.full((len(together.names), x.shape[1]), np.nan)
    predicted = np.full(len(x), np.nan)
    for place, rows in enumerate(_rows_of_clusters(fit)):
        if not stepping:
            params[place] = _refitted(fit, place)
        predicted[rows] = curve(distribution, x[rows] @ params[place])[0]
    return LeftOut(together.names, params, predicted)


def most_influential(fit: Fit, left_out: LeftOut, gradient: np.ndarray) -> dict[int, np.ndarray]:
    """Find the clusters without which an estimate may be smallest or largest, with the fits.

    Parameters
    ----------
    fit, left_out
        The model, and its fits without each cluster.
    gradient
        k: derivative of the estimate by the parameters.

    Returns
    -------
    dict
        Parameters by the position of the cluster: of all clusters up to 200, of more those of the
        five at either end, refitted where the model is a generalised linear one.
    """
    known = np.flatnonzero(np.isfinite(left_out.params).all(axis=1))
    if len(left_out.clusters) <= MOST_REFITTED:
        return {int(place): left_out.params[place] for place in known}
    order = known[np.argsort(left_out.params[known] @ gradient, kind="stable")]
    chosen = sorted({int(place) for place in (*order[:EITHER_END], *order[-EITHER_END:])})
    if fit.estimated.linear is None:
        return {place: left_out.params[place] for place in chosen}
    found = {place: _refitted(fit, place) for place in chosen}
    return {place: params for place, params in found.items() if np.isfinite(params).all()}


def _refitted(fit: Fit, place: int) -> np.ndarray:
    """Refit without a cluster; NaN where the rest does not determine the model."""
    design, weights = fit.design, fit.design.weights
    kept = design.rows.together.codes != place
    found = fit_glm(
        design.outcome[kept],
        design.matrix.to_numpy()[kept],
        design.family.generalised_linear(),
        start=fit.params.to_numpy(),
        weights=None if weights is None else weights[kept],
    )
    return found.params if found.converged else np.full(len(found.params), np.nan)


def _stepped(fit: Fit) -> np.ndarray:
    """Take a step from the full fit without each cluster (J × k)."""
    linear, x, weights = fit.estimated.linear, fit.design.matrix.to_numpy(), fit.design.weights
    if linear is None:
        raise TypeError("Only a generalised linear model has these steps.")
    score = times((fit.design.outcome - linear.mean) * linear.slope / linear.variance, weights)
    working = times(linear.slope**2 / linear.variance, weights)
    unit = np.sqrt(np.diag(linear.information))
    found = []
    for rows in _rows_of_clusters(fit):
        own = x[rows] / unit
        rest = linear.information / np.outer(unit, unit) - (own * working[rows, None]).T @ own
        if np.linalg.cond(rest) > UNDETERMINED:
            found.append(np.full(x.shape[1], np.nan))
        else:
            found.append(linear.params - np.linalg.solve(rest, own.T @ score[rows]) / unit)
    return np.array(found)


def _rows_of_clusters(fit: Fit) -> list[np.ndarray]:
    together = fit.design.rows.together
    order = np.argsort(together.codes, kind="stable")
    return np.split(order, np.cumsum(together.sizes)[:-1])


def one_step(fit: Fit) -> LeftOut:
    """Approximate the fits without each cluster by one Newton step, for any family.

    β − B Σ s over the cluster's rows, with scores s and inverse information B: the infinitesimal
    jackknife.
    """
    together = fit.design.rows.together
    params = fit.params.to_numpy() - together.sums(fit.estimated.scores) @ fit.estimated.bread
    return LeftOut(together.names, params, np.full(fit.n, np.nan))


def without(fit: Fit, params: np.ndarray, place: int) -> Fit:
    """Give the fit without one cluster, its rows and parameters; covariances stay the full ones."""
    design = fit.design
    kept = design.rows.together.codes != place
    reduced = replace(
        design,
        outcome=design.outcome[kept],
        matrix=design.matrix[kept],
        rows=design.rows[kept],
    )
    return replace(fit, design=reduced, params=pd.Series(params, index=fit.params.index))
