"""Generalised linear models, estimated by `statsmodels`."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np


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
    scale
        Dispersion: residual variance (linear), Pearson's (gamma), else 1.
    log_likelihood
        At the maximum.
    converged
        Whether the iterations came to rest.
    """

    params: np.ndarray
    mean: np.ndarray
    slope: np.ndarray
    variance: np.ndarray
    scale: float
    log_likelihood: float
    converged: bool


def fit_glm(
    outcome: np.ndarray,
    matrix: np.ndarray,
    family: str,
    offset: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> LinearFit:
    """Maximise the likelihood of a binomial (logit), gaussian, poisson or gamma (log) model.

    Iteratively reweighted least squares until coefficients move by less than 1e-13 relatively.

    Parameters
    ----------
    outcome
        n.
    matrix
        n × k, intercept included.
    family
        `binomial`, `gaussian`, `poisson` or `gamma`.
    offset
        n: added to the linear predictor.
    start
        k: where to start.
    """
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    distribution = {
        "binomial": families.Binomial,
        "gaussian": families.Gaussian,
        "poisson": families.Poisson,
        "gamma": lambda: families.Gamma(families.links.Log()),
    }[family]()
    with warnings.catch_warnings():
        for noise in (PerfectSeparationWarning, ConvergenceWarning, RuntimeWarning):
            warnings.simplefilter("ignore", noise)
        model = GLM(outcome, matrix, family=distribution, offset=offset)
        result = model.fit(start_params=start, maxiter=100, tol=1e-10, rtol=1e-13)
        mean = np.asarray(result.mu)
        return LinearFit(
            np.asarray(result.params),
            mean,
            _slope(family, mean),
            np.asarray(distribution.variance(mean)),
            float(result.scale),
            _log_likelihood(family, result),
            bool(result.converged),
        )


def _slope(family: str, mean: np.ndarray) -> np.ndarray:
    if family == "binomial":
        return mean * (1 - mean)
    return np.ones_like(mean) if family == "gaussian" else mean


def _log_likelihood(family: str, result) -> float:
    """Log-likelihood at the maximum; for the linear model the variance is its own, RSS/n."""
    if family != "gaussian":
        return float(result.llf)
    n = len(result.mu)
    return float(-n / 2 * (np.log(2 * np.pi * (result.resid_response**2).mean()) + 1))
