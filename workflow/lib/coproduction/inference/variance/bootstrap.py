"""Wild cluster bootstrap with the null imposed, a check on tests with few clusters.

For the linear model the restricted wild cluster bootstrap (Cameron, Gelbach and Miller 2008,
*Review of Economics and Statistics* 90, 414–427; computed by clusters as in Roodman, MacKinnon,
Nielsen and Webb 2019, *Stata Journal* 19, 4–60); for other generalised linear models its score
counterpart (Kline and Santos 2012, *Journal of Econometric Methods* 1, 23–41), in which the
restricted scores take the place of the restricted residuals and no model is fitted again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.errors import Refusal
from coproduction.inference.model.regression import Fit
from coproduction.inference.options import Weights
from coproduction.numerics.averages import times
from coproduction.numerics.glm import fit_glm
from coproduction.options import check_option

FEW_CLUSTERS = 12


@dataclass(frozen=True)
class Bootstrap:
    """Result of a bootstrap test.

    Attributes
    ----------
    method
        `wild_cluster_bootstrap` (linear model) or `score_bootstrap`.
    weights
        `rademacher`, or `webb` with at most 12 clusters.
    statistic
        t statistic of the data, CR1.
    p_value
        (1 + number of draws at least as extreme) / (1 + draws).
    draws
        Number of draws.
    """

    method: str
    weights: str
    statistic: float
    p_value: float
    draws: int


def bootstrap(
    fit: Fit, value: float, gradient: np.ndarray, draws: int, rng: np.random.Generator
) -> Bootstrap:
    """Test that an estimand is zero.

    An estimand that is no coefficient is replaced by its tangent at the estimates, value +
    gradient′(β − β̂); the null is that the tangent is zero.

    Parameters
    ----------
    fit
        A generalised linear model with clusters.
    value, gradient
        Estimate and its gradient (k) by the coefficients.
    draws
        Number of draws.
    rng
        Source of the weights.

    Raises
    ------
    Refusal
        If the model is of another family or has no clusters.
    """
    if fit.estimated.linear is None or fit.design.rows.cluster is None:
        raise Refusal("bootstrap_not_possible", model=fit.design.model)
    n_clusters = len(fit.design.rows.together.names)
    weights: Weights = "webb" if n_clusters <= FEW_CLUSTERS else "rademacher"
    drawn = draw_weights(weights, draws, n_clusters, rng)
    own, drawn_statistics = statistics(fit, value, gradient, drawn)
    extreme = np.abs(drawn_statistics) >= np.abs(own) * (1 - 1e-12)
    linear = fit.design.family.constant_effects
    method = "wild_cluster_bootstrap" if linear else "score_bootstrap"
    return Bootstrap(method, weights, own, float((1 + extreme.sum()) / (1 + draws)), draws)


def draw_weights(
    kind: Weights, draws: int, n_clusters: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw weights (draws × J): Rademacher's ±1, or the six points of Webb (2023)."""
    check_option("kind", kind, Weights)
    values = np.array([-1.0, 1.0])
    if kind == "webb":
        values = np.sqrt(np.array([1.5, 1.0, 0.5]))
        values = np.concatenate([-values, values[::-1]])
    return rng.choice(values, (draws, n_clusters))


def statistics(
    fit: Fit, value: float, gradient: np.ndarray, weights: np.ndarray
) -> tuple[float, np.ndarray]:
    """Compute the t statistic of the data and those of the weighted restricted scores.

    Parameters
    ----------
    weights
        draws × J, clusters in sorted order.

    Returns
    -------
    tuple
        The statistic with all weights 1, which is that of the data, and one per draw.
    """
    moved, errors = under_null(fit, value, gradient, weights)
    ratio = moved / errors
    return float(ratio[0]), ratio[1:]


def under_null(
    fit: Fit, value: float, gradient: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compute an estimand, as one step from where it is zero, and its CR1 standard error.

    Parameters
    ----------
    fit, value, gradient
        As in `bootstrap`.
    weights
        draws × J, clusters in sorted order.

    Returns
    -------
    tuple
        Estimates and standard errors (1 + draws each): of the data, then of each draw.
    """
    x, distribution = fit.design.matrix.to_numpy(), fit.design.family.generalised_linear()
    shift = gradient * (gradient @ fit.params.to_numpy() - value) / (gradient @ gradient)
    free = np.linalg.svd(gradient[None, :])[2][1:].T
    own_weights = fit.design.weights
    restricted = fit_glm(
        fit.design.outcome, x @ free, distribution, offset=x @ shift, weights=own_weights
    )
    weight = times(restricted.slope / restricted.variance, own_weights)
    together = fit.design.rows.together
    scores = together.sums(x * ((fit.design.outcome - restricted.mean) * weight)[:, None])
    information = x * (restricted.slope * weight)[:, None]
    bread = information.T @ x
    direction = np.linalg.solve(bread, gradient)
    own = scores @ direction
    pull = together.sums(information * (x @ direction)[:, None])
    pull = np.linalg.solve(bread, pull.T).T
    all_weights = np.vstack([np.ones(len(scores)), weights])
    moved = all_weights @ own
    parts = all_weights * own - (all_weights @ scores) @ pull.T
    n_clusters = len(scores)
    errors = np.sqrt((parts**2).sum(axis=1) * n_clusters / (n_clusters - 1))
    return moved, errors
