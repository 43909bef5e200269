"""Maximum of a smooth log-likelihood whose gradient is exact and whose curvature is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
ITERATIONS = 200
HALVINGS = 30
NEAR = 1e-5
POLISHING = 20
TOLERANCE = 1e-9
STEP = 1e-4
SINGULAR = 1e-10


@dataclass(frozen=True)
class Ascent:
    """Where the climb of p parameters ended.

    Attributes
    ----------
    params
        p.
    value
        Log-likelihood.
    covariance
        p × p: inverse of the observed information, generalised where it is singular.
    converged
        Whether Newton's steps came to rest, where no direction climbs.
    """

    params: np.ndarray
    value: float
    covariance: np.ndarray
    converged: bool


def climb(
    objective: Objective, start: np.ndarray, information: np.ndarray, basis: np.ndarray
) -> Ascent:
    """Maximise by quasi-Newton steps (BFGS), then by Newton's with the curvature at their end.

    Parameters
    ----------
    objective
        Gives the log-likelihood and its gradient; not finite where parameters are not allowed.
    start
        p: where to start.
    information
        p × p: rough observed information there, positive definite.
    basis
        p × p: its columns are changes of the parameters that change linear predictors by about one,
        each in its own way; second derivatives are taken along them.
    """

    def along(place: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(basis @ place)
        return value, basis.T @ gradient

    first = np.linalg.solve(basis, start)
    place, now = approach(along, first, np.linalg.inv(basis.T @ information @ basis))
    curvature = observed_information(along, place, np.ones(len(place)))
    if not np.isfinite(curvature).all():
        return Ascent(basis @ place, now[0], np.full_like(curvature, np.nan), False)
    values, vectors = np.linalg.eigh(curvature)
    floor = SINGULAR * max(values[-1], 1e-300)
    inverse = np.where(values > floor, 1 / np.maximum(values, floor), 0.0)
    inverse = (vectors * inverse) @ vectors.T
    converged = False
    for _ in range(POLISHING):
        step = inverse @ now[1]
        after = along(place + step)
        if not np.isfinite(after[0]):
            break
        place, now = place + step, after
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(place).max()):
            converged = bool(values[0] > -1e-6 * values[-1])
            break
    return Ascent(basis @ place, now[0], basis @ inverse @ basis.T, converged)


def approach(
    objective: Objective, start: np.ndarray, inverse: np.ndarray
) -> tuple[np.ndarray, tuple[float, np.ndarray]]:
    """Climb by BFGS until another step would change the log-likelihood by less than 1e-10.

    Steps are halved until they climb; an update that would make the metric indefinite is skipped
    (Nocedal and Wright 2006, *Numerical Optimization*, chapter 6).

    Returns
    -------
    params, (value, gradient)
        Where the climb ended, and the objective there.
    """
    params, now = start, objective(start)
    for _ in range(ITERATIONS):
        step = inverse @ now[1]
        gain = now[1] @ step
        if gain < NEAR**2:
            break
        for _ in range(HALVINGS):
            after = objective(params + step)
            if np.isfinite(after[0]) and after[0] >= now[0] + 1e-4 * (now[1] @ step):
                break
            step = step / 2
        else:
            break
        change = now[1] - after[1]
        params, now = params + step, after
        curved = change @ step
        if curved > 1e-12 * gain:
            left = np.eye(len(step)) - np.outer(step, change) / curved
            inverse = left @ inverse @ left.T + np.outer(step, step) / curved
    return params, now


def observed_information(
    objective: Objective, params: np.ndarray, units: np.ndarray, only: slice = slice(None)
) -> np.ndarray:
    """Minus the second derivatives, by central differences of the exact gradient.

    The steps are 1e-4 of the given units, so that the relative error is near 1e-8.
    """
    places = np.arange(len(params))[only]
    result = np.empty((len(places), len(places)))
    for row, place in enumerate(places):
        step = np.zeros(len(params))
        step[place] = STEP * units[place]
        difference = objective(params - step)[1] - objective(params + step)[1]
        result[row] = difference[only] / (2 * step[place])
    return (result + result.T) / 2


def orthonormal(matrix: np.ndarray) -> np.ndarray:
    """Give the B (k × k) for which the columns of XB are uncorrelated, with mean square one."""
    triangle = np.linalg.qr(matrix / np.sqrt(len(matrix)), mode="r")
    return np.linalg.inv(triangle)
