"""Newton–Raphson for models whose rows depend on one linear predictor and one shape parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from coproduction.numerics.ordinal_logit import ITERATIONS, TOLERANCE, Maximum


@dataclass(frozen=True)
class Rows:
    """Log-likelihood of each row, with derivatives by linear predictor η and shape s (n each)."""

    value: np.ndarray
    eta: np.ndarray
    shape: np.ndarray
    eta_eta: np.ndarray
    eta_shape: np.ndarray
    shape_shape: np.ndarray


def weighted(
    rows: Callable[[np.ndarray, float], Rows], weights: np.ndarray | None
) -> Callable[[np.ndarray, float], Rows]:
    """Multiply the likelihood of every row by its weight (n), where there are weights."""
    if weights is None:
        return rows

    def times(eta: np.ndarray, shape: float) -> Rows:
        found = rows(eta, shape)
        return Rows(*(getattr(found, part.name) * weights for part in fields(Rows)))

    return times


def maximise(
    rows: Callable[[np.ndarray, float], Rows], matrix: np.ndarray, start: np.ndarray
) -> Maximum:
    """Maximise Σ rows(Xβ, s) over (β, s), halving steps that do not climb.

    Parameters
    ----------
    rows
        The likelihood of every row.
    matrix
        n × k.
    start
        k + 1: coefficients and shape to start from.
    """
    params, now = start, rows(matrix @ start[:-1], start[-1])
    converged = False
    for _ in range(ITERATIONS):
        gradient, hessian = _gradient(now, matrix), _hessian(now, matrix)
        step = _ascent(gradient, hessian)
        if not np.isfinite(step).all():
            break
        before = now.value.sum()
        for halving in range(30):
            trial = params + step / 2**halving
            with np.errstate(all="ignore"):
                after = rows(matrix @ trial[:-1], trial[-1])
            if after.value.sum() >= before - 1e-9 * abs(before):
                break
        params, now = trial, after
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(params).max()):
            converged = True
            break
    information = -_hessian(now, matrix)
    converged = converged and bool(np.linalg.eigvalsh(information)[0] > 0)
    scores = np.column_stack([matrix * now.eta[:, None], now.shape])
    bread = np.linalg.inv(information) if converged else np.full_like(information, np.nan)
    return Maximum(params, scores, bread, float(now.value.sum()), converged)


def _gradient(rows: Rows, matrix: np.ndarray) -> np.ndarray:
    return np.append(matrix.T @ rows.eta, rows.shape.sum())


def _hessian(rows: Rows, matrix: np.ndarray) -> np.ndarray:
    k = matrix.shape[1]
    result = np.empty((k + 1, k + 1))
    result[:k, :k] = matrix.T @ (matrix * rows.eta_eta[:, None])
    result[:k, k] = result[k, :k] = matrix.T @ rows.eta_shape
    result[k, k] = rows.shape_shape.sum()
    return result


def _ascent(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """Newton's step; where the likelihood is not concave, curvatures are taken as negative."""
    values, vectors = np.linalg.eigh(-hessian)
    values = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    return vectors @ ((vectors.T @ gradient) / values)
