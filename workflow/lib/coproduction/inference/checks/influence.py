"""What single clusters do to a model: fits that leave out one cluster at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.inference.model.regression import Fit
from coproduction.numerics.glm import curve, fit_glm


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
    """Refit a generalised linear model without each cluster, starting from the full fit."""
    design, x = fit.design, fit.design.matrix.to_numpy()
    distribution = design.family.generalised_linear()
    together = design.rows.together
    params = np.full((len(together.names), x.shape[1]), np.nan)
    predicted = np.full(len(x), np.nan)
    start, weights = fit.params.to_numpy(), design.weights
    for place in range(len(params)):
        kept = together.codes != place
        own = None if weights is None else weights[kept]
        found = fit_glm(design.outcome[kept], x[kept], distribution, start=start, weights=own)
        if found.converged:
            params[place] = found.params
            predicted[~kept] = curve(distribution, x[~kept] @ found.params)[0]
    return LeftOut(together.names, params, predicted)


def one_step(fit: Fit) -> LeftOut:
    """Approximate the fits without each cluster by one Newton step, for any family.

    β − B Σ s over the cluster's rows, with scores s and inverse information B: the infinitesimal
    jackknife.
    """
    together = fit.design.rows.together
    params = fit.params.to_numpy() - together.sums(fit.estimated.scores) @ fit.estimated.bread
    return LeftOut(together.names, params, np.full(fit.n, np.nan))


def without(fit: Fit, left_out: LeftOut, place: int) -> Fit:
    """Give the fit without one cluster, its rows and parameters; covariances stay the full ones."""
    design = fit.design
    kept = design.rows.together.codes != place
    reduced = replace(
        design,
        outcome=design.outcome[kept],
        matrix=design.matrix[kept],
        rows=design.rows[kept],
    )
    params = pd.Series(left_out.params[place], index=fit.params.index)
    return replace(fit, design=reduced, params=params)
