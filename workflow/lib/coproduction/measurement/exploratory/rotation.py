"""Rotation of factor loadings to simple structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coproduction.options import check_option
from coproduction.plan.options import Rotation

TOLERANCE = 1e-7  # norm of the projected gradient at which an oblique rotation has converged
ANGLE = 1e-9  # radians at which varimax has converged
SWEEPS = 1000
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
        `varimax` with Kaiser's normalisation; `promax` with power 4 from there, its target fitted
        to the normalised loadings as in psych, SAS and SPSS; `oblimin` with γ = 0 (quartimin) and
        `geomin` with δ = 0.01, both oblique and without normalisation.

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
    check_option("rotation", rotation, Rotation)
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


def _normalised(loadings: np.ndarray) -> np.ndarray:
    """Rows of length one (Kaiser), but for items without any loading."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    return loadings / np.where(length > 0, length, 1)


def _varimax(loadings: np.ndarray) -> tuple[np.ndarray, bool]:
    """Orthogonal rotation matrix: the best angle in each plane of two factors, until none turns."""
    rotated, turn = _normalised(loadings), np.eye(loadings.shape[1])
    for _ in range(SWEEPS):
        widest = 0.0
        for plane in combinations(range(len(turn)), 2):
            angle = _best_angle(*rotated[:, plane].T)
            widest = max(widest, abs(angle))
            cos, sin = np.cos(angle), np.sin(angle)
            rotation = np.array([[cos, -sin], [sin, cos]])
            rotated[:, plane] = rotated[:, plane] @ rotation
            turn[:, plane] = turn[:, plane] @ rotation
        if widest < ANGLE:
            return turn, True
    return turn, False


def _best_angle(x: np.ndarray, y: np.ndarray) -> float:
    """Angle by which two factors are turned to the largest varimax criterion (Kaiser 1958)."""
    u, v = x**2 - y**2, 2 * x * y
    sine = 2 * (u @ v) - 2 * u.sum() * v.sum() / len(x)
    cosine = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / len(x)
    return float(np.arctan2(sine, cosine) / 4)


def _promax(loadings: np.ndarray) -> Rotated:
    turn, converged = _varimax(loadings)
    simple = _normalised(loadings) @ turn
    target = simple * np.abs(simple) ** (PROMAX_POWER - 1)
    oblique = np.linalg.lstsq(simple, target, rcond=None)[0]
    oblique *= np.sqrt(np.diag(np.linalg.inv(oblique.T @ oblique)))
    correlations = np.linalg.inv(oblique.T @ oblique)
    return _arranged(loadings @ turn @ oblique, correlations, converged)


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
