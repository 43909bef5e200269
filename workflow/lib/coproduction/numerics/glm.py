"""Generalised linear models by Newton–Raphson (McCullagh and Nelder 1989, section 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from coproduction.options import check_option

LinearFamily = Literal["binomial", "gaussian", "poisson", "gamma"]
ITERATIONS = 50
TOLERANCE = 1e-9
HALVINGS = 20
FARTHEST = 30.0


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
        k × k: expected information, for a dispersion of 1.
    scale
        Dispersion: residual variance RSS / (n − k) (linear), Pearson's χ² / (n − k) (gamma), else
        1.
    log_likelihood
        At the maximum; of the linear model with the variance RSS / n; NaN for gamma, whose
        dispersion is Pearson's.
    converged
        Whether the iterations came to rest.
    """

    params: np.ndarray
    mean: np.ndarray
    slope: np.ndarray
    variance: np.ndarray
    information: np.ndarray
    scale: float
    log_likelihood: float
    converged: bool


def fit_glm(
    outcome: np.ndarray,
    matrix: np.ndarray,
    family: LinearFamily,
    offset: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> LinearFit:
    """Maximise the likelihood of a binomial (logit), gaussian, poisson or gamma (log) model.

    Steps that lower the likelihood are halved. Convergence is quadratic, so that a last step below
    1e-9 relatively leaves an error near rounding.

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
    check_option("family", family, LinearFamily)
    shift = np.zeros(len(outcome)) if offset is None else offset
    params = _first(outcome, matrix, family, shift) if start is None else start
    eta = matrix @ params + shift
    value, converged = _climbed(outcome, eta, family), False
    for _ in range(ITERATIONS):
        with np.errstate(all="ignore"):
            step = _step(outcome, matrix, eta, family)
        if step is None:
            break
        for _ in range(HALVINGS):
            moved = matrix @ (params + step) + shift
            after = _climbed(outcome, moved, family)
            if after >= value - 1e-9 * abs(value):
                break
            step = step / 2
        params, eta, value = params + step, moved, after
        converged = bool(np.abs(step).max() < TOLERANCE * (1 + np.abs(params).max()))
        if converged:
            break
    return _finished(outcome, matrix, eta, family, params, converged)


def curve(family: str, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, its derivative by the linear predictor, and the variance function."""
    if family == "gaussian":
        return eta, np.ones_like(eta), np.ones_like(eta)
    if family == "binomial":
        mean = 1 / (1 + np.exp(-np.clip(eta, -FARTHEST, FARTHEST)))
        slope = mean * (1 - mean)
        return mean, slope, slope
    mean = np.exp(eta)
    return mean, mean, mean**2 if family == "gamma" else mean


def curvature(family: str, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and its derivatives by the linear predictor; holds for complex ones too."""
    if family == "gaussian":
        one = np.ones_like(eta)
        return eta, one, one * 0
    if family == "binomial":
        value = 1 / (1 + np.exp(-eta))
        first = value * (1 - value)
        return value, first, first * (1 - 2 * value)
    mean = np.exp(eta)
    return mean, mean, mean


def _first(y: np.ndarray, x: np.ndarray, family: str, shift: np.ndarray) -> np.ndarray:
    """Weighted least squares on the link of slightly shrunken outcomes."""
    eta = {
        "gaussian": lambda: y,
        "binomial": lambda: np.log((y + 0.5) / (1.5 - y)),
        "poisson": lambda: np.log(y + 0.1),
        "gamma": lambda: np.log(y),
    }[family]()
    mean, slope, variance = curve(family, eta)
    root = slope / np.sqrt(variance)
    working = (eta - shift + (y - mean) / slope) * root
    return np.linalg.lstsq(x * root[:, None], working, rcond=None)[0]


def _step(y: np.ndarray, x: np.ndarray, eta: np.ndarray, family: str) -> np.ndarray | None:
    mean, slope, variance = curve(family, eta)
    weight = slope / variance
    # The gamma likelihood is concave in the log link, so that Newton's own curvature serves.
    curvature = y / mean if family == "gamma" else slope * weight
    information = (x * curvature[:, None]).T @ x
    try:
        step = np.linalg.solve(information, x.T @ ((y - mean) * weight))
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def _climbed(y: np.ndarray, eta: np.ndarray, family: str) -> float:
    """Log-likelihood but for terms without parameters; −∞ where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        if family == "binomial":
            value = (y * eta - np.logaddexp(0, eta)).sum()
        elif family == "gaussian":
            value = -((y - eta) ** 2).sum() / 2
        elif family == "poisson":
            value = (y * eta - np.exp(eta)).sum()
        else:
            value = -(y * np.exp(-eta) + eta).sum()
    return float(value) if np.isfinite(value) else -np.inf


def _finished(
    y: np.ndarray, x: np.ndarray, eta: np.ndarray, family: str, params: np.ndarray, converged: bool
) -> LinearFit:
    with np.errstate(all="ignore"):
        mean, slope, variance = curve(family, eta)
        information = (x * (slope**2 / variance)[:, None]).T @ x
    scale = 1.0
    if family in ("gaussian", "gamma"):
        scale = float(((y - mean) ** 2 / variance).sum() / max(len(y) - len(params), 1))
    known = _log_likelihood(y, eta, family)
    return LinearFit(params, mean, slope, variance, information, scale, known, converged)


def _log_likelihood(y: np.ndarray, eta: np.ndarray, family: str) -> float:
    from scipy.special import gammaln

    if family == "gaussian":
        return float(-len(y) / 2 * (np.log(2 * np.pi * ((y - eta) ** 2).mean()) + 1))
    if family == "gamma":
        return np.nan
    constant = gammaln(y + 1).sum() if family == "poisson" else 0.0
    return _climbed(y, eta, family) - float(constant)
