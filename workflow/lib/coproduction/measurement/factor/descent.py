"""Fisher scoring and Gauss–Newton steps with damping, and Newton steps within a trusted region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MEMORY = 4  # steps that an extrapolation rests on, besides the last
FLAT = 1e-9  # eigenvalue of a scaled Hessian below which it is not positive definite
NEAR = 1e-2  # longest step, relative to a parameter's size or 1, that is near an optimum


@dataclass(frozen=True)
class Optimum:
    """Where a search ended.

    Attributes
    ----------
    theta
        Parameters.
    value
        Discrepancy there.
    converged
        Whether the last step was negligible.
    iterations
        Number of accepted steps.
    """

    theta: np.ndarray
    value: float
    converged: bool
    iterations: int


def minimise(
    theta: np.ndarray,
    value: Callable[[np.ndarray], float],
    slope: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    limit: int = 500,
    tolerance: float = 1e-9,
) -> Optimum:
    """Minimise a discrepancy by steps H⁻¹g.

    Parameters
    ----------
    theta
        Where to start.
    value
        The discrepancy; infinite where it is not defined.
    slope
        Its gradient and a positive semidefinite approximation of its Hessian.
    limit
        Largest number of steps tried.
    tolerance
        The search has converged when a step changes no parameter by more than this, relative to its
        size or 1.

    Notes
    -----
    Where a step does not lead down, the diagonal of H is raised (Marquardt 1963). Steps that shrink
    slowly are extrapolated from the last ones where that leads further down (Anderson 1965,
    *Journal of the ACM* 12, 547–560).
    """
    damping, current = 0.0, value(theta)
    gradient, hessian = slope(theta)
    steps = 0
    past: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(limit):
        raised = hessian + damping * np.diag(np.maximum(np.diag(hessian), 1e-10))
        step = _solve(raised, -gradient)
        if np.max(np.abs(step) / np.maximum(np.abs(theta), 1), initial=0) < tolerance:
            return Optimum(theta + step, current, damping < 1e3, steps)
        proposed = value(theta + step)
        if proposed <= current + 1e-12 * abs(current):
            past = [*past[-MEMORY:], (theta, step)] if not damping else []
            theta, current = _accelerated(past, theta + step, proposed, value)
            steps += 1
            gradient, hessian = slope(theta)
            damping = 0.0 if damping < 1e-4 else damping / 10
        else:
            damping = max(10 * damping, 1e-3)
            if damping > 1e12:
                break
    return Optimum(theta, current, False, steps)


def _accelerated(
    past: list[tuple[np.ndarray, np.ndarray]],
    plain: np.ndarray,
    reached: float,
    value: Callable[[np.ndarray], float],
) -> tuple[np.ndarray, float]:
    """Extrapolate the last steps, where that leads no less far down than the plain step."""
    if len(past) < 2:
        return plain, reached
    places, steps = (np.array(each).T for each in zip(*past, strict=True))
    changes, turns = np.diff(places), np.diff(steps)
    weights = np.linalg.lstsq(turns, steps[:, -1], rcond=1e-10)[0]
    further = plain - (changes + turns) @ weights
    found = value(further)
    return (further, found) if found <= reached + 1e-12 * abs(reached) else (plain, reached)


def _solve(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(matrix, vector)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(matrix, vector, rcond=None)[0]


def newton(
    theta: np.ndarray,
    value: Callable[[np.ndarray], float],
    slope: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    curvature: Callable[[np.ndarray], np.ndarray],
    limit: int = 40,
    tolerance: float = 1e-9,
) -> Optimum:
    """Minimise a discrepancy with its exact Hessian.

    Parameters
    ----------
    theta, value, slope, tolerance
        As in `minimise`.
    curvature
        The Hessian.
    limit
        Largest number of steps within the trusted region.

    Returns
    -------
    Optimum
        Converged where the last step was negligible and the Hessian is positive definite.

    Notes
    -----
    Steps within a region in which the quadratic approximation is trusted (Conn, Gould and Toint
    2000, *Trust-Region Methods*, chapter 7), each parameter in the unit that the Hessian's diagonal
    gives it; at the end Newton's own steps, which do not need differences of the value.
    """
    from scipy.optimize import minimize

    unit = 1 / np.sqrt(np.maximum(np.abs(np.diag(slope(theta)[1])), 1e-10))
    found = minimize(
        lambda at: _finite(value, unit * at),
        theta / unit,
        jac=lambda at: unit * slope(unit * at)[0],
        hess=lambda at: np.outer(unit, unit) * curvature(unit * at),
        method="trust-exact",
        options={"gtol": 1e-8, "maxiter": limit},
    )
    return _polished(unit * found.x, value, slope, curvature, tolerance, found.nit)


def _polished(
    theta: np.ndarray,
    value: Callable[[np.ndarray], float],
    slope: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    curvature: Callable[[np.ndarray], np.ndarray],
    tolerance: float,
    steps: int,
) -> Optimum:
    for taken in range(1, 6):
        hessian = curvature(theta)
        scale = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
        if np.linalg.eigvalsh(hessian / np.outer(scale, scale))[0] < FLAT:
            break
        step = np.linalg.solve(hessian, -slope(theta)[0])
        if np.max(np.abs(step) / np.maximum(np.abs(theta), 1)) > NEAR:
            break
        theta = theta + step
        if np.max(np.abs(step) / np.maximum(np.abs(theta), 1)) < tolerance:
            return Optimum(theta, value(theta), True, steps + taken)
    return Optimum(theta, value(theta), False, steps)


def _finite(value: Callable[[np.ndarray], float], theta: np.ndarray) -> float:
    try:
        found = value(theta)
    except np.linalg.LinAlgError:
        return np.inf
    return found if np.isfinite(found) else np.inf
