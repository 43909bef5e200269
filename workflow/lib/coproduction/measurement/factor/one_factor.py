"""One-factor models of one scale or of many bootstrap samples of it at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class OneFactor:
    """One-factor solutions; leading dimensions as in the matrices analysed.

    Attributes
    ----------
    loadings
        … × items, on the scale of the items, the factor's variance being 1; sum positive.
    uniquenesses
        … × items; negative in an improper solution, NaN where there is none.
    """

    loadings: np.ndarray
    uniquenesses: np.ndarray


def maximum_likelihood(covariance: np.ndarray, iterations: int = 60) -> OneFactor:
    """Fit one factor by maximum likelihood.

    Parameters
    ----------
    covariance
        … × items × items; N or N − 1 makes no difference to ratios such as omega.
    iterations
        Largest number of scoring steps.

    Returns
    -------
    OneFactor
        NaN where there are fewer than three items, a constant item or no convergence.

    Notes
    -----
    Fisher scoring with step halving on Σ = λλ′ + Ψ (Jöreskog 1967, *Psychometrika* 32, 443–482),
    all matrices of a stack advancing together. Variances are not held positive, so that an improper
    solution shows as such.
    """
    matrices = covariance.reshape(-1, *covariance.shape[-2:])
    scale = np.sqrt(np.diagonal(matrices, axis1=-2, axis2=-1))
    k = matrices.shape[-1]
    usable = (scale > 0).all(axis=-1)
    if k < 3 or not usable.any():
        empty = np.full(covariance.shape[:-1], np.nan)
        return OneFactor(empty, empty.copy())
    scale = np.where(usable[:, None], scale, 1)
    correlations = matrices / (scale[:, :, None] * scale[:, None, :])
    correlations[~usable] = np.eye(k)
    parameters, converged = _score(correlations, iterations)
    parameters[~(converged & usable)] = np.nan
    loadings = parameters[:, :k] * scale
    loadings *= np.where(loadings.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    shape = covariance.shape[:-1]
    return OneFactor(loadings.reshape(shape), (parameters[:, k:] * scale**2).reshape(shape))


def _score(correlations: np.ndarray, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters (loadings, then uniquenesses) of each matrix and whether they converged."""
    parameters = _start(correlations)
    value = _discrepancy(parameters, correlations)
    converged = np.zeros(len(parameters), dtype=bool)
    active = np.arange(len(parameters))
    for _ in range(iterations):
        step = _step(parameters[active], correlations[active])
        trial, tried = _shorten(parameters[active], step, correlations[active], value[active])
        done = np.abs(step).max(axis=1) < 1e-9
        improved = tried <= value[active] + 1e-14
        parameters[active[improved]], value[active[improved]] = trial[improved], tried[improved]
        converged[active[done]] = True
        active = active[improved & ~done]
        if not len(active):
            break
    return parameters, converged & (np.abs(parameters) < 10).all(axis=1)


def _shorten(
    parameters: np.ndarray, step: np.ndarray, correlations: np.ndarray, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Halve each step until the discrepancy no longer grows, at most 15 times."""
    trial = parameters + step
    tried = _discrepancy(trial, correlations)
    for halving in range(1, 16):
        worse = np.flatnonzero(~(tried <= value + 1e-14))
        if not len(worse):
            break
        trial[worse] = parameters[worse] + step[worse] / 2**halving
        tried[worse] = _discrepancy(trial[worse], correlations[worse])
    return trial, tried


def _start(correlations: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(correlations)
    loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:] - 0.5, 0.1))
    loadings = np.clip(loadings, -0.95, 0.95)
    return np.concatenate([loadings, 1 - loadings**2], axis=1)


def _implied(parameters: np.ndarray) -> np.ndarray:
    k = parameters.shape[1] // 2
    loadings, uniquenesses = parameters[:, :k], parameters[:, k:]
    return loadings[:, :, None] * loadings[:, None, :] + uniquenesses[:, :, None] * np.eye(k)


def _discrepancy(parameters: np.ndarray, correlations: np.ndarray) -> np.ndarray:
    implied = _implied(parameters)
    sign, logarithm = np.linalg.slogdet(implied)
    # A matrix that is not positive definite has no likelihood; every eigenvalue is looked at, since
    # an even number of negative ones leaves the determinant positive.
    proper = (sign > 0) & (np.linalg.eigvalsh(implied)[:, 0] > 0)
    trace = np.full(len(parameters), np.inf)
    if proper.any():
        solved = np.linalg.solve(implied[proper], correlations[proper])
        trace[proper] = np.trace(solved, axis1=1, axis2=2)
    return np.where(proper, logarithm, 0) + trace


def _step(parameters: np.ndarray, correlations: np.ndarray) -> np.ndarray:
    """Scoring step; both its gradient and its information are twice the usual."""
    k = parameters.shape[1] // 2
    loadings = parameters[:, :k]
    implied = _implied(parameters)
    inverse = np.linalg.inv(implied)
    pull = inverse @ (correlations - implied) @ inverse
    direction = (inverse @ loadings[:, :, None])[:, :, 0]
    own = np.diagonal(pull, axis1=1, axis2=2)
    gradient = np.concatenate([2 * (pull @ loadings[:, :, None])[:, :, 0], own], axis=1)
    length = (loadings * direction).sum(axis=1)
    information = np.empty((len(parameters), 2 * k, 2 * k))
    information[:, :k, :k] = 2 * direction[:, :, None] * direction[:, None, :]
    information[:, :k, :k] += 2 * length[:, None, None] * inverse
    information[:, :k, k:] = 2 * direction[:, None, :] * inverse
    information[:, k:, :k] = information[:, :k, k:].transpose(0, 2, 1)
    information[:, k:, k:] = inverse**2
    try:
        return np.linalg.solve(information, gradient[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return np.einsum("bac,bc->ba", np.linalg.pinv(information), gradient)


def weighted_least_squares(correlations: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit one factor to correlations by diagonally weighted least squares.

    Parameters
    ----------
    correlations
        Items × items, such as polychoric correlations.
    weights
        Weight of each pair (i < j, row by row): the inverse of its sampling variance.

    Returns
    -------
    numpy.ndarray
        Standardised loadings, sum positive; NaN with fewer than three items or no convergence.
    """
    k = len(correlations)
    first, second = np.triu_indices(k, 1)
    if k < 3:
        return np.full(k, np.nan)
    target = correlations[first, second]
    loadings = _start(correlations[None])[0, :k]
    pairs = np.arange(len(first))
    for _ in range(500):
        jacobian = np.zeros((len(first), k))
        jacobian[pairs, first] = loadings[second]
        jacobian[pairs, second] = loadings[first]
        error = target - loadings[first] * loadings[second]
        weighted = jacobian * weights[:, None]
        step = np.linalg.lstsq(weighted.T @ jacobian, weighted.T @ error, rcond=None)[0]
        loadings = loadings + step * min(1.0, 0.3 / max(np.abs(step).max(), 1e-300))
        if np.abs(step).max() < 1e-12:
            return loadings * (1.0 if loadings.sum() >= 0 else -1.0)
    return np.full(k, np.nan)


def loading_slopes(
    loadings: np.ndarray, correlations: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Differentiate the loadings of `weighted_least_squares` by the correlations.

    Returns
    -------
    numpy.ndarray
        Items × pairs: the weights held fixed, the equations that the loadings solve are
        differentiated (implicit function theorem).
    """
    k = len(loadings)
    first, second = np.triu_indices(k, 1)
    pairs = np.arange(len(first))
    jacobian = np.zeros((len(first), k))
    jacobian[pairs, first] = loadings[second]
    jacobian[pairs, second] = loadings[first]
    weighted = (jacobian * weights[:, None]).T
    hessian = weighted @ jacobian
    error = weights * (correlations[first, second] - loadings[first] * loadings[second])
    hessian[first, second] -= error
    hessian[second, first] -= error
    return np.linalg.lstsq(hessian, weighted, rcond=None)[0]
