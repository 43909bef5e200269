"""Predictive mean matching: a missing answer is that of somebody who was predicted alike.

Little (1988, *J. Business & Economic Statistics* 6, 287–296); the matching of van Buuren (2018,
*Flexible Imputation of Missing Data*, section 3.4) called type 1: predictions of the observed come
from the estimated coefficients, those of the missing from coefficients drawn from their posterior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular

RIDGE = 1e-5
"""Share that is added to the diagonal of cross-products: collinear predictors then do no harm."""
EXACT = 1e-9
"""A share of unexplained variance below this is none but for rounding."""


@dataclass(frozen=True)
class Line:
    """A linear regression, estimated and drawn.

    Attributes
    ----------
    estimated, drawn
        k: least squares, and a draw from the posterior under a flat prior.
    exact
        Whether the predictors leave nothing unexplained.
    """

    estimated: np.ndarray
    drawn: np.ndarray
    exact: bool


def draw_line(
    products: np.ndarray, moments: np.ndarray, square: float, n: int, rng: np.random.Generator
) -> Line:
    """Estimate a regression and draw one from its posterior (van Buuren 2018, algorithm 3.1).

    Parameters
    ----------
    products
        k × k: cross-products of the predictors over the observed rows.
    moments
        k: their cross-products with the outcome.
    square
        Sum of the outcome's squares.
    n
        Number of observed rows.
    rng
        Random generator.
    """
    k = len(moments)
    diagonal = np.diagonal(products)
    ridged = products + np.diag(RIDGE * diagonal + np.finfo(float).tiny)
    # A predictor that is zero in all observed rows has nothing to be estimated from.
    ridged[diagonal == 0, diagonal == 0] = 1.0
    root = cholesky(ridged, lower=True, check_finite=False)
    half = solve_triangular(root, moments, lower=True, check_finite=False)
    estimated = solve_triangular(root.T, half, check_finite=False)
    left = square - 2 * estimated @ moments + estimated @ products @ estimated
    exact = left <= EXACT * square
    spread = np.sqrt(max(left, 0.0) / rng.chisquare(max(n - k, 1)))
    noise = solve_triangular(root.T, rng.standard_normal(k), check_finite=False)
    return Line(estimated, estimated + spread * noise, bool(exact))


def match(
    observed: np.ndarray, wanted: np.ndarray, donors: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw for each wanted prediction one of the nearest observed ones; ties are in random order.

    Parameters
    ----------
    observed, wanted
        Predictions of the rows with an answer (o,) and of those without (w,).
    donors
        How many of the nearest to draw from.
    rng
        Random generator.

    Returns
    -------
    numpy.ndarray
        w: positions among the observed.
    """
    shuffled = rng.permutation(len(observed))
    order = shuffled[np.argsort(observed[shuffled], kind="stable")]
    ranked = observed[order]
    width = min(2 * donors, len(ranked))
    first = np.searchsorted(ranked, wanted) - donors
    first = np.clip(first, 0, len(ranked) - width)
    near = first[:, None] + np.arange(width)
    nearest = np.argsort(np.abs(ranked[near] - wanted[:, None]), axis=1, kind="stable")
    chosen = rng.integers(0, min(donors, len(ranked)), len(wanted))
    rows = np.arange(len(wanted))
    return order[near[rows, nearest[rows, chosen]]]
