"""Rotation of factor loadings to simple structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Rotation = Literal["none", "varimax", "promax", "oblimin", "geomin"]

TOLERANCE = 1e-9  # norm of the projected gradient at which a rotation has converged
STEPS = 20_000
GEOMIN_DELTA = 0.01
PROMAX_POWER = 4


@dataclass(frozen=True)
class Rotated:
    """Rotated loadings of p items on k factors.

    Attributes
    ----------
    loadings
        p × k, the pattern.
    factor_correlations
        k × k; the identity after an orthogonal rotation.
    converged
        Whether the criterion reached a minimum.
    """

    loadings: np.ndarray
    factor_correlations: np.ndarray
    converged: bool


def rotate(loadings: np.ndarray, rotation: Rotation) -> Rotated:
    """Rotate loadings.

    Parameters
    ----------
    loadings
        p × k unrotated, orthogonal loadings.
    rotation
        `varimax` with Kaiser's normalisation; `promax` with power 4 from there; `oblimin` with
        γ = 0 (quartimin) and `geomin` with δ = 0.01, both oblique and without normalisation.

    Returns
    -------
    Rotated
        Factors are put in descending order of the variance they account for and turned so that
        their loadings have a positive sum.

    Notes
    -----
    Varimax: Kaiser (1958, *Psychometrika* 23, 187–200). Promax: Hendrickson and White (1964,
    *British Journal of Statistical Psychology* 17, 65–70). Oblique criteria are minimised by
    gradient projection (Jennrich 2002, *Psychometrika* 67, 7–19; Bernaards and Jennrich 2005,
    *Educational and Psychological Measurement* 65, 676–696). Geomin has local minima: it starts
    from the unrotated, the varimax and the oblimin solution and keeps the best.
    """
    k = loadings.shape[1]
    if k == 1 or rotation == "none":
        return _arranged(loadings, np.eye(k), True)
    if rotation == "varimax":
        turned, converged = _varimax(loadings)
        return _arranged(loadings @ turned, np.eye(k), converged)
    if rotation == "promax":
        return _promax(loadings)
    if rotation == "oblimin":
        return _oblique(loadings, [_project(loadings, np.eye(k), _quartimin)])
    starts = (np.eye(k), _varimax(loadings)[0], _project(loadings, np.eye(k), _quartimin)[0])
    return _oblique(loadings, [_project(loadings, start, _geomin) for start in starts])


def _arranged(loadings: np.ndarray, correlations: np.ndarray, converged: bool) -> Rotated:
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings, correlations = loadings * sign, correlations * sign * sign[:, None]
    order = np.argsort(-np.diag(correlations @ loadings.T @ loadings), kind="stable")
    return Rotated(loadings[:, order], correlations[np.ix_(order, order)], converged)


def _varimax(loadings: np.ndarray) -> tuple[np.ndarray, bool]:
    """Orthogonal rotation matrix, by the singular value decompositions of the gradient."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    normed = loadings / np.where(length > 0, length, 1)
    turn, before = np.eye(loadings.shape[1]), 0.0
    for _ in range(STEPS):
        rotated = normed @ turn
        gradient = normed.T @ (rotated**3 - rotated * (rotated**2).mean(axis=0))
        left, values, right = np.linalg.svd(gradient)
        now = left @ right
        moved = np.abs(now - turn).max()
        turn, after = now, values.sum()
        if moved < TOLERANCE and abs(after - before) <= 1e-12 * max(after, 1):
            return turn, True
        before = after
    return turn, False


def _promax(loadings: np.ndarray) -> Rotated:
    turn, converged = _varimax(loadings)
    simple = loadings @ turn
    target = simple * np.abs(simple) ** (PROMAX_POWER - 1)
    oblique = np.linalg.lstsq(simple, target, rcond=None)[0]
    oblique *= np.sqrt(np.diag(np.linalg.inv(oblique.T @ oblique)))
    correlations = np.linalg.inv(oblique.T @ oblique)
    return _arranged(simple @ oblique, correlations, converged)


Criterion = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _quartimin(loadings: np.ndarray) -> tuple[float, np.ndarray]:
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return float((squares * others).sum() / 4), loadings * others


def _geomin(loadings: np.ndarray) -> tuple[float, np.ndarray]:
    squares = loadings**2 + GEOMIN_DELTA
    means = np.exp(np.log(squares).mean(axis=1, keepdims=True))
    return float(means.sum()), 2 / loadings.shape[1] * loadings / squares * means


def _project(
    loadings: np.ndarray, factors: np.ndarray, criterion: Criterion
) -> tuple[np.ndarray, float, bool]:
    """Gradient projection; `factors` has the rotated factors as columns of unit length.

    Returns the factors, the value of the criterion and whether it converged. The pattern is
    loadings · (factors′)⁻¹, the factor correlations factors′ · factors.
    """
    step = 1.0
    pattern = loadings @ np.linalg.inv(factors).T
    value, slope = criterion(pattern)
    for _ in range(STEPS):
        gradient = -(pattern.T @ slope @ np.linalg.inv(factors)).T
        projected = gradient - factors * (factors * gradient).sum(axis=0)
        norm = np.sqrt((projected**2).sum())
        if norm < TOLERANCE:
            return factors, value, True
        step *= 2
        for _ in range(40):
            trial = factors - step * projected
            trial /= np.sqrt((trial**2).sum(axis=0))
            pattern_trial = loadings @ np.linalg.inv(trial).T
            value_trial, slope_trial = criterion(pattern_trial)
            if value_trial <= value - 0.5 * norm**2 * step:
                break
            step /= 2
        else:
            # No step lowers the criterion any more: the limit of double precision.
            return factors, value, norm < 1e3 * TOLERANCE
        factors, pattern, value, slope = trial, pattern_trial, value_trial, slope_trial
    return factors, value, False


def _oblique(loadings: np.ndarray, solutions: list[tuple[np.ndarray, float, bool]]) -> Rotated:
    factors, _, converged = min(solutions, key=lambda solution: solution[1])
    return _arranged(loadings @ np.linalg.inv(factors).T, factors.T @ factors, converged)
