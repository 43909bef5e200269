"""Reliability of ordinal items: ordinal alpha and categorical omega with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from coproduction.measurement.alpha import alpha_of
from coproduction.measurement.omega import omega_categorical
from coproduction.measurement.one_factor import weighted_least_squares
from coproduction.measurement.polychoric import Polychoric

STEP = 1e-5


@dataclass(frozen=True)
class OrdinalReliability:
    """Reliability on the polychoric correlations of one scale.

    Attributes
    ----------
    alpha, alpha_conf_low, alpha_conf_high
        Ordinal alpha.
    omega, omega_conf_low, omega_conf_high
        Categorical omega.
    loadings
        Standardised loadings of the one-factor model, NaN where it has no solution.
    largest_residual
        Largest difference, in size, between a polychoric correlation and the one-factor model's.
    """

    alpha: float
    alpha_conf_low: float
    alpha_conf_high: float
    omega: float
    omega_conf_low: float
    omega_conf_high: float
    loadings: np.ndarray
    largest_residual: float


def ordinal_reliability(estimate: Polychoric, confidence: float = 0.95) -> OrdinalReliability:
    """Compute ordinal alpha and categorical omega.

    Parameters
    ----------
    estimate
        Polychoric correlations of one scale with their sampling covariance.
    confidence
        Confidence level of the intervals.

    Notes
    -----
    Intervals by the delta method on Fisher's z, from the sampling covariance of thresholds and
    correlations (that of the independent rows; clusters would widen them); the weights of the
    loadings are held fixed.
    """
    first, second = np.triu_indices(len(estimate.items), 1)
    # Without the sampling covariance the weights are equal and there are no intervals.
    weights = np.ones(len(first))
    if estimate.covariance is not None and np.isfinite(estimate.covariance).all():
        weights = 1 / np.diag(estimate.covariance)[-len(first) :]
    lengths = [len(cuts) for cuts in estimate.thresholds]
    point = np.concatenate([*estimate.thresholds, estimate.correlations[first, second]])

    def alpha(values: np.ndarray) -> float:
        return float(alpha_of(_matrix(values[-len(first) :], len(lengths))))

    def omega(values: np.ndarray) -> float:
        cuts = np.split(values[: -len(first)], np.cumsum(lengths)[:-1])
        return omega_categorical(cuts, _matrix(values[-len(first) :], len(lengths)), weights)

    loadings = weighted_least_squares(estimate.correlations, weights)
    residuals = (estimate.correlations - np.outer(loadings, loadings))[first, second]
    return OrdinalReliability(
        *_with_interval(alpha, point, estimate, confidence),
        *_with_interval(omega, point, estimate, confidence),
        loadings,
        float(np.abs(residuals).max()),
    )


def _matrix(pairs: np.ndarray, k: int) -> np.ndarray:
    matrix = np.eye(k)
    first, second = np.triu_indices(k, 1)
    matrix[first, second] = matrix[second, first] = pairs
    return matrix


def _with_interval(
    function: Callable[[np.ndarray], float],
    point: np.ndarray,
    estimate: Polychoric,
    confidence: float,
) -> tuple[float, float, float]:
    value = function(point)
    if estimate.covariance is None or not abs(value) < 1:
        return value, float("nan"), float("nan")
    slope = np.array([_slope(function, point, place) for place in range(len(point))])
    error = np.sqrt(slope @ estimate.covariance @ slope / estimate.n)
    half = norm.ppf(0.5 + confidence / 2) * error / (1 - value**2)
    centre = np.arctanh(value)
    return value, float(np.tanh(centre - half)), float(np.tanh(centre + half))


def _slope(function: Callable[[np.ndarray], float], point: np.ndarray, place: int) -> float:
    change = np.zeros(len(point))
    change[place] = STEP
    return (function(point + change) - function(point - change)) / (2 * STEP)
