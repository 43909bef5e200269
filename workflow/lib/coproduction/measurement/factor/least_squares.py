"""Diagonally weighted least squares on thresholds and polychoric correlations (WLSMV)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coproduction.measurement.factor.admissibility import check_converged
from coproduction.measurement.factor.distance import Distance
from coproduction.measurement.factor.estimates import Estimates, Moments
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.maximum_likelihood import inverse
from coproduction.measurement.factor.ordinal_moments import implied, matrix_of
from coproduction.measurement.factor.search import best_optimum
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.population import (
    all_definite,
    normal_weights,
    population_tests,
)
from coproduction.measurement.fit.scaled_statistic import (
    clustered_traces,
    independent_traces,
    scaled_shifted,
)


def estimate(distance: Distance) -> Estimates:
    """Estimate a model of ordinal items by diagonally weighted least squares.

    Notes
    -----
    Robust standard errors and the scaled-and-shifted test use the full sampling covariance of the
    thresholds and correlations (Muthén, du Toit and Spisic 1997; Asparouhov and Muthén 2010,
    *Simple second order chi-square correction*). As in lavaan, each group counts with n − 1. With
    clusters the weights and estimates stay as they are; standard errors and test rest on the
    covariance between clusters (Muthén and Satorra 1995, *Sociological Methodology* 25, 267–316).
    """
    model = distance.model
    optimum = best_optimum(distance)
    check_converged(model, optimum)
    theta = optimum.theta
    jacobians = distance.derivatives(theta)
    information = distance.information(jacobians)
    bread = inverse(information)
    return Estimates(
        model,
        theta,
        bread @ distance.slope_covariance(jacobians) @ bread,
        information,
        _test(distance, theta, jacobians, bread),
        _baseline(distance),
        tuple(_sample_moments(distance)),
        tuple(_implied_moments(distance, theta, distance.split)),
        distance.n,
        sum(distance.n) - len(distance.n),
        optimum.converged,
        corrected=True,
        population=_population(distance, theta, jacobians, bread),
    )


def _test(
    distance: Distance, theta: np.ndarray, jacobians: list[np.ndarray], bread: np.ndarray
) -> Test:
    weights = distance.inverse_variances
    chisq = sum(w @ e**2 for w, e in zip(weights, distance.residuals(theta), strict=True))
    df = distance.n_moments - distance.model.n_free
    influences = distance.cluster_influences
    if influences is None:
        traces = independent_traces(distance.gammas, distance.n, jacobians, bread)
        return scaled_shifted(chisq, df, *traces)
    slopes = distance.cluster_slopes(jacobians)
    whole = (influences * np.concatenate(weights)) @ influences.T
    return scaled_shifted(chisq, df, *clustered_traces(whole - slopes @ bread @ slopes.T))


def _baseline(distance: Distance) -> Test:
    """Test the model in which all correlations are 0 and thresholds are free."""
    apart = [np.arange(len(values)) >= distance.split for values in distance.statistics]
    weights = [w * inside for w, inside in zip(distance.inverse_variances, apart, strict=True)]
    chisq = sum(w @ values**2 for w, values in zip(weights, distance.statistics, strict=True))
    df, influences = int(sum(map(np.sum, apart))), distance.cluster_influences
    if influences is None:
        second = sum(
            w @ gamma**2 @ w / (n - 1) ** 2
            for w, gamma, n in zip(weights, distance.gammas, distance.n, strict=True)
        )
        return scaled_shifted(chisq, df, df, second)
    gram = (influences * np.concatenate(weights)) @ influences.T
    return scaled_shifted(chisq, df, *clustered_traces(gram))


def _population(
    distance: Distance, theta: np.ndarray, jacobians: list[np.ndarray], bread: np.ndarray
) -> tuple[Test, Test] | None:
    """Make the tests behind the fit indices of the population, from normal-theory weights V.

    With M = I − Δ (ΔᵀWΔ)⁻¹ ΔᵀW the statistic's expectation is the trace of MᵀVMΓ; that of the
    baseline is the trace of VΓ with V at uncorrelated items.
    """
    split, n, observed = distance.split, distance.n, distance.correlations
    fitted = [matrix for _, matrix in _implied_moments(distance, theta, split)]
    if not all_definite([*observed, *fitted]):
        return None
    weights = [cases * normal_weights(each) for cases, each in zip(n, fitted, strict=True)]
    alone = [
        cases * normal_weights(np.eye(len(each))) for cases, each in zip(n, observed, strict=True)
    ]
    pulled = [
        np.vstack([np.zeros((split, j.shape[1])), v @ j[split:]])
        for v, j in zip(weights, jacobians, strict=True)
    ]
    curved = sum(j.T @ p for j, p in zip(jacobians, pulled, strict=True))
    steep = distance.weighted(jacobians)
    expected = (
        distance.variance(weights)
        - 2 * np.trace(bread @ distance.covariance(steep, pulled))
        + np.trace(bread @ curved @ bread @ distance.covariance(steep, steep))
    )
    pairs = distance.n_moments - split * len(n)
    degrees = (distance.n_moments - distance.model.n_free, pairs)
    return population_tests(observed, fitted, n, degrees, (expected, distance.variance(alone)))


def _sample_moments(distance: Distance) -> Iterator[Moments]:
    for values, correlations in zip(distance.statistics, distance.correlations, strict=True):
        yield values[: distance.split], correlations


def _implied_moments(distance: Distance, theta: np.ndarray, split: int) -> Iterator[Moments]:
    p = len(distance.model.items)
    for part in structures(distance.model, theta):
        values = implied(distance.model, part)
        yield values[:split], matrix_of(values[split:], p)
