"""What single clusters do to a model: fits that leave out one cluster at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.inference.model.regression import Fit
from coproduction.inference.variance.sandwich import cluster_sums
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
    names, members = design.cluster_names, design.members
    params = np.full((len(names), x.shape[1]), np.nan)
    predicted = np.full(len(x), np.nan)
    start = fit.params.to_numpy()
    for place in range(len(names)):
        kept = members != place
        found = fit_glm(design.outcome[kept], x[kept], distribution, start=start)
        if found.converged:
            params[place] = found.params
            predicted[~kept] = curve(distribution, x[~kept] @ found.params)[0]
    return LeftOut(names, params, predicted)


def one_step(fit: Fit) -> LeftOut:
    """Approximate the fits without each cluster by one Newton step, for any family.

    β − B Σ s over the cluster's rows, with scores s and inverse information B: the infinitesimal
    jackknife.
    """
    sums = cluster_sums(fit.estimated.scores, fit.design.members)
    params = fit.params.to_numpy() - sums @ fit.estimated.bread
    return LeftOut(fit.design.cluster_names, params, np.full(fit.n, np.nan))


def without(fit: Fit, left_out: LeftOut, place: int) -> Fit:
    """Give the fit without one cluster, its rows and parameters; covariances stay the full ones."""
    design = fit.design
    kept = design.members != place
    reduced = replace(
        design,
        outcome=design.outcome[kept],
        matrix=design.matrix[kept],
        clusters=design.cluster_names[design.members[kept]],
    )
    params = pd.Series(left_out.params[place], index=fit.params.index)
    return replace(fit, design=reduced, params=params)
