"""Fit of a model to incomplete answers as the complete answers would have shown it.

Missing answers hide misfit where few answered, so that fit indices of FIML depend on what is
missing. Zhang and Savalei (2023, *Psychological Methods* 28, 263–283) take the normal discrepancy
between the unrestricted moments, estimated from all answers, and those implied at the FIML
estimates, and correct it by its expectation under the model.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from coproduction.measurement.factor import incomplete_normal as normal
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.robust import saturated_sandwich


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
    weights, jacobians, fitted, apart = [], [], 0.0, 0.0
    quadruples = zip(
        likelihood.samples,
        likelihood.saturated,
        likelihood.moments(theta),
        likelihood.jacobians(theta),
        strict=True,
    )
    for sample, saturated, implied, (by_mean, by_covariance) in quadruples:
        weights.append(normal.expected_information(sample.n, saturated[1], *shape))
        jacobians.append(np.hstack([by_mean, by_covariance[:, rows, columns]]).T)
        fitted += sample.n * _discrepancy(saturated, implied)
        apart += sample.n * _discrepancy(saturated, _alone(sample.data))
    df = likelihood.n_moments - likelihood.model.n_free
    pairs = p * (p - 1) // 2 * len(weights)
    if not df:
        return None
    informations, spread = saturated_sandwich(likelihood, robust)
    expected = _expectation(informations, spread, weights, jacobians)
    size = len(own)
    alone = sum(
        _expectation([a], spread[start : start + size, start : start + size], [v], [own])
        for a, v, start in zip(informations, weights, range(0, len(spread), size), strict=True)
    )
    return Test(fitted, df, expected / df), Test(apart, pairs, alone / pairs)


def _expectation(
    informations: list[np.ndarray],
    spread: np.ndarray,
    weights: list[np.ndarray],
    jacobians: list[np.ndarray],
) -> float:
    """Trace of MᵀVM times the covariance of all groups' moments, M being common to the groups."""
    triples = list(zip(informations, weights, jacobians, strict=True))
    steep = np.vstack([a @ j for a, _, j in triples])
    pulled = np.vstack([v @ j for _, v, j in triples])
    jacobian = np.vstack(jacobians)
    inner = inverse(jacobian.T @ steep)
    moved = spread @ steep @ inner
    whole = (block_diag(*weights) * spread).sum() - 2 * (pulled * moved).sum()
    return float(whole + np.trace(jacobian.T @ pulled @ inner @ (steep.T @ moved)))


def _alone(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.nanmean(data, 0), np.diag(np.nanvar(data, 0))


def _discrepancy(
    observed: tuple[np.ndarray, np.ndarray], implied: tuple[np.ndarray, np.ndarray]
) -> float:
    gap = observed[0] - implied[0]
    _, logs = np.linalg.slogdet(np.stack([observed[1], implied[1]]))
    scaled = np.linalg.solve(implied[1], observed[1] + np.outer(gap, gap))
    return float(logs[1] - logs[0] + np.trace(scaled) - len(gap))
