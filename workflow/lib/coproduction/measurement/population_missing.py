"""Fit of a model to incomplete answers as the complete answers would have shown it.

Missing answers hide misfit where few answered, so that fit indices of FIML depend on what is
missing. Zhang and Savalei (2023, *Psychological Methods* 28, 263–283) take the normal discrepancy
between the unrestricted moments, estimated from all answers, and those implied at the FIML
estimates, and correct it by its expectation under the model.
"""

from __future__ import annotations

import numpy as np

from coproduction.measurement import incomplete_normal as normal
from coproduction.measurement.fit_measures import Test
from coproduction.measurement.maximum_likelihood import Likelihood, inverse
from coproduction.measurement.robust import saturated_sandwich


def incomplete_population(
    likelihood: Likelihood, theta: np.ndarray, robust: bool
) -> tuple[Test, Test] | None:
    """Make the tests behind the fit indices of the population.

    With A and B the observed information and the scores' covariance of the unrestricted moments
    (B = A without `robust`), V their complete-data information, all at their own estimates, Δ the
    Jacobian of the model and M = I − Δ (ΔᵀAΔ)⁻¹ ΔᵀA, the expectation is the trace of MᵀVM A⁻¹BA⁻¹.

    Parameters
    ----------
    likelihood, theta
        Model, answers and estimates.
    robust
        Whether answers may depart from normality and depend on one another within clusters.

    Returns
    -------
    tuple or None
        Tests of the model and of the baseline of uncorrelated items; None without degrees of
        freedom.
    """
    p = len(likelihood.model.observed)
    rows, columns = np.tril_indices(p)
    shape = normal.saturated_jacobian(p, True)
    own = np.vstack([np.eye(p + len(rows))[:p], np.eye(p + len(rows))[p:][rows == columns]]).T
    parts, fitted, apart, alone = [], 0.0, 0.0, 0.0
    quadruples = zip(
        likelihood.samples,
        likelihood.saturated,
        likelihood.moments(theta),
        likelihood.jacobians(theta),
        strict=True,
    )
    sandwiches = saturated_sandwich(likelihood, robust)
    for (sample, saturated, implied, (by_mean, by_covariance)), (information, spread) in zip(
        quadruples, sandwiches, strict=True
    ):
        weight = normal.expected_information(sample.n, saturated[1], *shape)
        jacobian = np.hstack([by_mean, by_covariance[:, rows, columns]]).T
        parts.append((information, spread, weight, jacobian))
        fitted += sample.n * _discrepancy(saturated, implied)
        apart += sample.n * _discrepancy(saturated, _alone(sample.data))
        alone += _expectation([(information, spread, weight, own)])
    df = likelihood.n_moments - likelihood.model.n_free
    pairs = p * (p - 1) // 2 * len(parts)
    if not df:
        return None
    expected = _expectation(parts)
    return Test(fitted, df, expected / df), Test(apart, pairs, alone / pairs)


def _expectation(parts: list[tuple[np.ndarray, ...]]) -> float:
    """Trace of MᵀVM times the moments' covariance, M being common to the groups."""
    information = sum(j.T @ a @ j for a, _, _, j in parts)
    curved = sum(j.T @ v @ j for _, _, v, j in parts)
    moved = sum(j.T @ a @ s @ a @ j for a, s, _, j in parts)
    mixed = sum(j.T @ a @ s @ v @ j for a, s, v, j in parts)
    whole = sum((v * s).sum() for _, s, v, _ in parts)
    inner = inverse(information)
    return float(whole - 2 * np.trace(inner @ mixed) + np.trace(inner @ curved @ inner @ moved))


def _alone(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.nanmean(data, 0), np.diag(np.nanvar(data, 0))


def _discrepancy(
    observed: tuple[np.ndarray, np.ndarray], implied: tuple[np.ndarray, np.ndarray]
) -> float:
    gap = observed[0] - implied[0]
    _, logs = np.linalg.slogdet(np.stack([observed[1], implied[1]]))
    scaled = np.linalg.solve(implied[1], observed[1] + np.outer(gap, gap))
    return float(logs[1] - logs[0] + np.trace(scaled) - len(gap))
