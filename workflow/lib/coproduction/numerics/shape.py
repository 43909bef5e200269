"""Newton–Raphson for models whose rows depend on one linear predictor and one shape parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


def negative_binomial(counts: np.ndarray, truncated: bool) -> Callable[[np.ndarray, float], Rows]:
    """Likelihood of counts with mean μ = exp(η) and variance μ + αμ², α = exp(s).

    Parameters
    ----------
    counts
        n: non-negative whole numbers; positive ones if truncated.
    truncated
        Whether zeros cannot occur: each row is then conditional on a positive count.
    """
    from scipy.special import digamma, gammaln, polygamma

    levels, places = np.unique(counts, return_inverse=True)
    constant = gammaln(levels + 1)[places]

    def rows(eta: np.ndarray, shape: float) -> Rows:
        # With r = 1/α: ln Γ(y+r) − ln Γ(r) − ln y! + r ln r + yη − (y+r) ln(r+μ).
        size, mean = np.exp(-shape), np.exp(eta)
        total, share = size + mean, mean / (size + mean)
        excess = counts + size
        value = (gammaln(levels + size) - gammaln(size))[places] - constant
        value = value + size * (np.log(size) - np.log(total)) + counts * (eta - np.log(total))
        by_size = (digamma(levels + size) - digamma(size))[places]
        by_size = by_size + np.log(size) + 1 - np.log(total) - excess / total
        twice = (polygamma(1, levels + size) - polygamma(1, size))[places]
        twice = twice + 1 / size - 2 / total + excess / total**2
        crossed = -share + excess * share / total
        result = Rows(
            value,
            counts - excess * share,
            -size * by_size,
            -excess * share * (1 - share),
            -size * crossed,
            size * by_size + size**2 * twice,
        )
        return _conditional(result, size, mean) if truncated else result

    return rows


def _conditional(rows: Rows, size: float, mean: np.ndarray) -> Rows:
    """Subtract ln(1 − P(0)) and its derivatives, P(0) = (1 + μ/r)^(−r) and r = exp(−s)."""
    total, share = size + mean, mean / (size + mean)
    log_zero = -size * np.log1p(mean / size)
    above = -np.expm1(log_zero)
    odds = np.exp(log_zero) / above
    # Derivatives of ln P(0); d ln(1 − P) = −odds·dlnP, and d odds = odds (1 + odds) dlnP.
    eta = -size * share
    shape = -size * (-np.log1p(mean / size) + share)
    eta_eta = -size * share * (1 - share)
    eta_shape = size * share * share
    by_size = -np.log1p(mean / size) + share
    by_size_twice = share / size - mean / total**2
    shape_shape = size * by_size + size**2 * by_size_twice
    grown = odds * (1 + odds)
    return Rows(
        rows.value - np.log(above),
        rows.eta + odds * eta,
        rows.shape + odds * shape,
        rows.eta_eta + odds * eta_eta + grown * eta**2,
        rows.eta_shape + odds * eta_shape + grown * eta * shape,
        rows.shape_shape + odds * shape_shape + grown * shape**2,
    )
