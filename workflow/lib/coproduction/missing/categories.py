"""Categories drawn from a logit: binary or multinomial, or proportional odds.

The coefficients are drawn from the normal approximation of their posterior (Rubin 1987, *Multiple
Imputation for Nonresponse in Surveys*, section 5.3). Predictors have unit variance and coefficients
a normal prior with a standard deviation of 2.5 (its scale is that of Gelman, Jakulin, Pittau and Su
2008, *Annals of Applied Statistics* 2, 1360–1383), which moves nothing that the data tell and keeps
a coefficient finite where a predictor tells categories apart without error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from coproduction.numerics import ordinal_logit

PRECISION = 1 / 2.5**2
STEPS = 25
SETTLED = 0.01
"""A Newton step is the last if its square is less than this, in units of the posterior's spread:
what is left is nothing beside the draw."""


@dataclass(frozen=True)
class Draw:
    """Probabilities under coefficients drawn from their posterior.

    Attributes
    ----------
    probabilities
        w × K of the rows that are to be imputed.
    start
        Coefficients at the maximum, from which the next search starts.
    exact
        Whether the maximum tells a category apart from all others without error.
    """

    probabilities: np.ndarray
    start: np.ndarray
    exact: bool


def draw_multinomial(
    matrix: np.ndarray,
    codes: np.ndarray,
    wanted: np.ndarray,
    start: np.ndarray | None,
    rng: np.random.Generator,
) -> Draw:
    """Draw a multinomial logit, which is the binary one for two categories.

    Parameters
    ----------
    matrix
        o × k: predictors of the observed rows, the constant first.
    codes
        o: their categories 0 … K − 1.
    wanted
        w × k: predictors of the rows that are to be imputed.
    start
        Where to start the search; None for zero.
    rng
        Random generator.
    """
    k, last = matrix.shape[1], int(codes.max())
    chosen = (codes[:, None] == np.arange(1, last + 1)).astype(float)
    prior = np.tile(_prior(k), last)
    params = np.zeros(last * k) if start is None else start
    for _ in range(STEPS):
        chance = _chances(matrix, params)[:, 1:]
        gradient = ((chosen - chance).T @ matrix).ravel() - prior * params
        factor = cho_factor(_information(matrix, chance) + np.diag(prior), lower=True)
        step = cho_solve(factor, gradient)
        params = params + np.clip(step, -3, 3)
        if step @ gradient < SETTLED:
            break
    exact = _tells_apart(_chances(matrix, params), codes)
    drawn = params + solve_triangular(factor[0].T, rng.standard_normal(len(params)))
    return Draw(_chances(wanted, drawn), params, exact)


def draw_ordinal(
    matrix: np.ndarray,
    codes: np.ndarray,
    wanted: np.ndarray,
    start: np.ndarray | None,
    rng: np.random.Generator,
) -> Draw:
    """Draw a proportional-odds logit; arguments as of `draw_multinomial`."""
    slopes, last = matrix[:, 1:], int(codes.max())
    k = slopes.shape[1]
    prior = np.append(np.full(k, PRECISION), np.zeros(last))
    shares = np.cumsum(np.bincount(codes))[:-1] / len(codes)
    params = np.append(np.zeros(k), np.log(shares / (1 - shares))) if start is None else start
    for _ in range(STEPS):
        _, gradient, hessian, _ = ordinal_logit.derivatives(params, codes, slopes)
        gradient = gradient - prior * params
        factor = cho_factor(np.diag(prior) - hessian, lower=True)
        step = cho_solve(factor, gradient)
        params = _ordered_step(params, np.clip(step, -3, 3), k)
        if step @ gradient < SETTLED:
            break
    exact = _tells_apart(_ordered_chances(slopes, params, k), codes)
    drawn = params + solve_triangular(factor[0].T, rng.standard_normal(len(params)))
    drawn[k:] = np.sort(drawn[k:])
    return Draw(_ordered_chances(wanted[:, 1:], drawn, k), params, exact)


def pick(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a category for each row of w × K probabilities (w,)."""
    below = np.cumsum(probabilities, axis=1)[:, :-1]
    return (rng.random(len(probabilities))[:, None] > below).sum(axis=1)


def _prior(k: int) -> np.ndarray:
    """Precision of each coefficient; the constant is hardly held."""
    return np.append(1e-6, np.full(k - 1, PRECISION))


def _chances(matrix: np.ndarray, params: np.ndarray) -> np.ndarray:
    eta = matrix @ params.reshape(-1, matrix.shape[1]).T
    eta = np.column_stack([np.zeros(len(matrix)), eta])
    raised = np.exp(eta - eta.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _information(matrix: np.ndarray, chance: np.ndarray) -> np.ndarray:
    k, last = matrix.shape[1], chance.shape[1]
    found = np.empty((last * k, last * k))
    for one in range(last):
        for other in range(one + 1):
            weight = chance[:, one] * ((one == other) - chance[:, other])
            block = matrix.T @ (matrix * weight[:, None])
            found[one * k : (one + 1) * k, other * k : (other + 1) * k] = block
            found[other * k : (other + 1) * k, one * k : (one + 1) * k] = block
    return found


def _ordered_step(params: np.ndarray, step: np.ndarray, k: int) -> np.ndarray:
    """Go as far as thresholds stay in order."""
    for halving in range(30):
        trial = params + step / 2**halving
        if (np.diff(trial[k:]) > 0).all():
            return trial
    return params


def _ordered_chances(slopes: np.ndarray, params: np.ndarray, k: int) -> np.ndarray:
    eta = params[k:] - (slopes @ params[:k])[:, None]
    below = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
    edges = np.column_stack([np.zeros(len(slopes)), below, np.ones(len(slopes))])
    return np.diff(edges, axis=1)


def _tells_apart(chances: np.ndarray, codes: np.ndarray) -> bool:
    """Tell whether some category is likelier for all its rows than for any other row."""
    return any(
        chances[codes == code, code].min() > chances[codes != code, code].max()
        for code in range(chances.shape[1])
    )
