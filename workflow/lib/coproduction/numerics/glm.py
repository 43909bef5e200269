"""Generalised linear models by Newton–Raphson (McCullagh and Nelder 1989, section 2.5).

Distributions, links, deviances and starting values are those of statsmodels. The search is not: it
is several times as fast, and ends near rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coproduction.numerics.averages import times

if TYPE_CHECKING:
    from statsmodels.genmod.families import Family as Distribution

ITERATIONS = 50
TOLERANCE = 1e-9
HALVINGS = 20
EDGE = np.exp(-30.0)
"""No probability is nearer to 0 or 1, so that a search that runs away does not come to rest."""
CANONICAL = (("Binomial", "Logit"), ("Gaussian", "Identity"), ("Poisson", "Log"))


@dataclass(frozen=True)
class LinearFit:
    """A generalised linear model of n rows and k terms, at its maximum.

    Attributes
    ----------
    params
        k: coefficients.
    mean
        n: fitted means.
    slope
        n: derivative of the mean by the linear predictor.
    variance
        n: variance function at the mean.
    information
        k × k: expected information, for a dispersion of 1; with the rows' weights, if there are
        any.
    converged
        Whether the iterations came to rest.
    """

    params: np.ndarray
    mean: np.ndarray
    slope: np.ndarray
    variance: np.ndarray
    information: np.ndarray
    converged: bool


def fit_glm(
    outcome: np.ndarray,
    matrix: np.ndarray,
    distribution: Distribution,
    offset: np.ndarray | None = None,
    start: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> LinearFit:
    """Maximise the likelihood, or quasi-likelihood, of a generalised linear model.

    Steps that raise the deviance are halved. They are Newton's, with the expected information where
    the observed one is not positive definite, so that convergence is quadratic: a last step below
    1e-9 relatively leaves an error near rounding.

    Parameters
    ----------
    outcome
        n.
    matrix
        n × k, intercept included.
    distribution
        Distribution of statsmodels with its link.
    offset
        n: added to the linear predictor.
    start
        k: where to start.
    weights
        n: factors on the rows' parts of the likelihood; None where all are one.
    """
    shift = np.zeros(len(outcome)) if offset is None else offset
    params = _first(outcome, matrix, distribution, shift, weights) if start is None else start
    eta = matrix @ params + shift
    value, converged = _deviance(outcome, eta, distribution, weights), False
    slack = 1e-9 * value
    for _ in range(ITERATIONS):
        step = _step(outcome, matrix, eta, distribution, weights)
        if step is None:
            break
        for halving in range(HALVINGS):
            trial = params + step / 2**halving
            moved = matrix @ trial + shift
            after = _deviance(outcome, moved, distribution, weights)
            if after <= value + slack:
                break
        change = np.abs(trial - params).max()
        params, eta, value = trial, moved, after
        converged = bool(change < TOLERANCE * (1 + np.abs(params).max()))
        if converged:
            break
    with np.errstate(all="ignore"):
        mean, slope, variance = curve(distribution, eta)
        working = times(slope**2 / variance, weights)
        information = (matrix * working[:, None]).T @ matrix
    return LinearFit(params, mean, slope, variance, information, converged)


def curve(distribution: Distribution, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, its derivative by the linear predictor, and the variance function."""
    mean = distribution.link.inverse(eta)
    if type(distribution).__name__ == "Binomial":
        mean = np.clip(mean, EDGE, 1 - EDGE)
    variance = distribution.variance(mean)
    # With its canonical link a mean has its variance as derivative.
    slope = variance if _is_canonical(distribution) else distribution.link.inverse_deriv(eta)
    return mean, slope, variance


def _is_canonical(distribution: Distribution) -> bool:
    return (type(distribution).__name__, type(distribution.link).__name__) in CANONICAL


def _first(
    y: np.ndarray,
    x: np.ndarray,
    distribution: Distribution,
    shift: np.ndarray,
    weights: np.ndarray | None,
) -> np.ndarray:
    """Weighted least squares on the link of slightly shrunken outcomes."""
    eta = distribution.link(distribution.starting_mu(y))
    mean, slope, variance = curve(distribution, eta)
    root = times(slope / np.sqrt(variance), None if weights is None else np.sqrt(weights))
    working = (eta - shift + (y - mean) / slope) * root
    return np.linalg.lstsq(x * root[:, None], working, rcond=None)[0]


def _step(
    y: np.ndarray,
    x: np.ndarray,
    eta: np.ndarray,
    distribution: Distribution,
    weights: np.ndarray | None,
) -> np.ndarray | None:
    with np.errstate(all="ignore"):
        mean, slope, variance = curve(distribution, eta)
        weight = slope / variance
        working = times(weight, weights)
        information = (x * (slope * working)[:, None]).T @ x
        if not _is_canonical(distribution):
            # d/dη of the score (y − μ) μ′ / V is this difference less μ′² / V.
            bend = distribution.link.inverse_deriv2(eta) / variance
            bend = bend - weight**2 * distribution.variance.deriv(mean)
            bend = times(bend, weights)
            observed = information - (x * ((y - mean) * bend)[:, None]).T @ x
            information = observed if _is_positive(observed) else information
        try:
            step = np.linalg.solve(information, x.T @ ((y - mean) * working))
        except np.linalg.LinAlgError:
            return None
    return step if np.isfinite(step).all() else None


def _is_positive(matrix: np.ndarray) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


def _deviance(
    y: np.ndarray, eta: np.ndarray, distribution: Distribution, weights: np.ndarray | None
) -> float:
    """Deviance; infinite where it overflows."""
    given = {} if weights is None else {"var_weights": weights}
    with np.errstate(all="ignore"):
        value = float(distribution.deviance(y, distribution.link.inverse(eta), **given))
    return value if np.isfinite(value) else np.inf
