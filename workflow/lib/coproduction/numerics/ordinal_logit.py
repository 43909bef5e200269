"""Proportional-odds model: P(y ≤ c) = Λ(τ_c − η) (McCullagh 1980, *JRSS B* 42, 109–142)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ITERATIONS = 100
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Maximum:
    """A maximum of a likelihood of n rows and p parameters.

    Attributes
    ----------
    params
        p.
    scores
        n × p: each row's gradient at the maximum.
    bread
        p × p: inverse of the observed information.
    log_likelihood
        At the maximum.
    converged
        Whether Newton's steps came to rest at a maximum.
    """

    params: np.ndarray
    scores: np.ndarray
    bread: np.ndarray
    log_likelihood: float
    converged: bool


def fit_proportional_odds(
    codes: np.ndarray, matrix: np.ndarray, weights: np.ndarray | None = None
) -> Maximum:
    """Maximise the likelihood by Newton–Raphson with exact derivatives.

    Parameters
    ----------
    codes
        n: category of each row, 0 … K − 1, each occurring.
    matrix
        n × k: regressors without an intercept.
    weights
        n: factors on the rows' parts of the likelihood; None where all are one.

    Returns
    -------
    Maximum
        Parameters: k coefficients, then K − 1 thresholds in increasing order.
    """
    k, n_categories = matrix.shape[1], int(codes.max()) + 1
    counts = np.bincount(codes, weights, minlength=n_categories)
    shares = np.cumsum(counts)[:-1] / counts.sum()
    params = np.append(np.zeros(k), np.log(shares / (1 - shares)))
    value, gradient, hessian, scores = derivatives(params, codes, matrix, weights)
    converged = False
    for _ in range(ITERATIONS):
        try:
            step = np.linalg.solve(-hessian, gradient)
        except np.linalg.LinAlgError:
            break
        for halving in range(30):
            trial = params + step / 2**halving
            if (np.diff(trial[k:]) > 0).all():
                after = derivatives(trial, codes, matrix, weights)
                if after[0] >= value - 1e-9 * abs(value):
                    break
        else:
            break
        params, (value, gradient, hessian, scores) = trial, after
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(params).max()):
            converged = True
            break
    converged = converged and bool(np.linalg.eigvalsh(-hessian)[0] > 0)
    bread = np.linalg.inv(-hessian) if converged else np.full_like(hessian, np.nan)
    return Maximum(params, scores, bread, float(value), converged)


def derivatives(
    params: np.ndarray,
    codes: np.ndarray,
    matrix: np.ndarray,
    weights: np.ndarray | None = None,
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Differentiate the log-likelihood: its value, gradient, Hessian and the rows' scores.

    Parameters are k coefficients and K − 1 thresholds, `codes`, `matrix` and `weights` as in
    `fit_proportional_odds`. With a = τ_y − η and b = τ_{y−1} − η, ln P = ln(Λ(a) − Λ(b)) has the
    derivatives 1 − Λ(a) − Λ(b) shared between a and b; its second derivatives are diagonal but for
    their mixed term.
    """
    n, k = matrix.shape
    thresholds = np.concatenate([[-np.inf], params[k:], [np.inf]])
    eta = matrix @ params[:k]
    with np.errstate(all="ignore"):
        upper, lower = _logistic(thresholds[codes + 1] - eta), _logistic(thresholds[codes] - eta)
        chance = np.maximum(upper - lower, 1e-300)
        high, low = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    each = np.log(chance)
    curve_high = high * (1 - 2 * upper) - high**2
    curve_low = -low * (1 - 2 * lower) - low**2
    both = high * low
    if weights is not None:
        parts = (each, high, low, curve_high, curve_low, both)
        each, high, low, curve_high, curve_low, both = (part * weights for part in parts)
    scores = np.zeros((n, len(params)))
    scores[:, :k] = -matrix * (high - low)[:, None]
    n_thresholds = len(params) - k
    above, below = codes < n_thresholds, codes > 0
    rows = np.arange(n)
    scores[rows[above], k + codes[above]] += high[above]
    scores[rows[below], k + codes[below] - 1] -= low[below]
    hessian = np.zeros((len(params), len(params)))
    hessian[:k, :k] = matrix.T @ (matrix * (curve_high + curve_low + 2 * both)[:, None])
    for threshold in range(n_thresholds):
        at_high, at_low = codes == threshold, codes == threshold + 1
        weight = np.where(at_high, curve_high + both, 0) + np.where(at_low, curve_low + both, 0)
        hessian[:k, k + threshold] = hessian[k + threshold, :k] = -(matrix.T @ weight)
        hessian[k + threshold, k + threshold] = curve_high[at_high].sum() + curve_low[at_low].sum()
        if threshold + 1 < n_thresholds:
            mixed = both[at_low].sum()
            hessian[k + threshold, k + threshold + 1] = mixed
            hessian[k + threshold + 1, k + threshold] = mixed
    return each.sum(), scores.sum(axis=0), hessian, scores


def _logistic(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))
