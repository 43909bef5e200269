"""Fisher scoring and Gauss–Newton steps with damping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MEMORY = 4  # steps that an extrapolation rests on, besides the last


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
