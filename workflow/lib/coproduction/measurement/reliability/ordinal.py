"""Reliability of ordinal items: ordinal alpha and categorical omega with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from coproduction.measurement.factor.one_factor import weighted_least_squares
from coproduction.measurement.ordinal.polychoric import Polychoric
from coproduction.measurement.reliability.alpha import alpha_of
from coproduction.measurement.reliability.omega import omega_categorical, omega_categorical_slopes
from coproduction.numerics.confidence import CONFIDENCE


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


def ordinal_reliability(estimate: Polychoric, confidence: float = CONFIDENCE) -> OrdinalReliability:
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
    correlations, by cluster where the estimate knows them; the weights of the loadings are held
    fixed.
    """
    first, second = np.triu_indices(len(estimate.items), 1)
    # Without the sampling covariance the weights are equal and there are no intervals.
    weights = np.ones(len(first))
    if estimate.covariance is not None and np.isfinite(estimate.covariance).all():
        weights = 1 / np.diag(estimate.covariance)[-len(first) :]
    loadings = weighted_least_squares(estimate.correlations, weights)
    residuals = (estimate.correlations - np.outer(loadings, loadings))[first, second]
    alpha = float(alpha_of(estimate.correlations))
    omega = omega_categorical(estimate.thresholds, estimate.correlations, weights)
    by_omega = omega_categorical_slopes(estimate.thresholds, estimate.correlations, weights)
    return OrdinalReliability(
        *_with_interval(alpha, _alpha_slopes(estimate), estimate, confidence),
        *_with_interval(omega, by_omega, estimate, confidence),
        loadings,
        float(np.abs(residuals).max()),
    )


def _alpha_slopes(estimate: Polychoric) -> np.ndarray:
    k = len(estimate.items)
    slope = 2 * k**2 / ((k - 1) * estimate.correlations.sum() ** 2)
    cuts = sum(map(len, estimate.thresholds))
    return np.concatenate([np.zeros(cuts), np.full(k * (k - 1) // 2, slope)])


def _with_interval(
    value: float, slope: np.ndarray, estimate: Polychoric, confidence: float
) -> tuple[float, float, float]:
    if estimate.covariance is None or not abs(value) < 1:
        return value, float("nan"), float("nan")
    error = np.sqrt(estimate.variance(slope))
    half = norm.ppf(0.5 + confidence / 2) * error / (1 - value**2)
    centre = np.arctanh(value)
    return value, float(np.tanh(centre - half)), float(np.tanh(centre + half))
