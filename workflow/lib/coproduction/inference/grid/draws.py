"""What the joint test draws of one cell: its estimate, and the error of it, under the null.

A wild cluster bootstrap of the scores with the null imposed (Kline and Santos 2012, *Journal of
Econometric Methods* 1, 23–41), of a linear model the restricted wild cluster bootstrap itself. All
cells of a grid share the weights, so that draws keep how estimates go together. No model is fitted
again: each draw is one step from where the estimand is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.inference.model.regression import Fit
from coproduction.inference.options import Weights
from coproduction.inference.variance.bootstrap import FEW_CLUSTERS, draw_weights, under_null
from coproduction.inference.variance.sandwich import cr1
from coproduction.rows import Rows


@dataclass(frozen=True)
class Drawn:
    """Estimates of one cell and their standard errors under the null.

    Attributes
    ----------
    estimates, errors
        1 + draws each: of the data, then of every draw.
    df
        Degrees of freedom of the cell's test.
    """

    estimates: np.ndarray
    errors: np.ndarray
    df: float


def units_of(rows: Rows) -> pd.Index:
    """Name what is drawn as a whole: clusters, or rows where they are independent."""
    return rows.index if rows.cluster is None else pd.Index(rows.cluster.names)


def unit_weights(draws: int, n_units: int, seed: int) -> np.ndarray:
    """Draw the weights that all cells share (draws × units)."""
    kind: Weights = "webb" if n_units <= FEW_CLUSTERS else "rademacher"
    return draw_weights(kind, draws, n_units, np.random.default_rng(seed))


def drawn(
    fit: Fit,
    value: float,
    gradient: np.ndarray,
    df: float,
    weights: np.ndarray,
    units: pd.Index,
) -> Drawn | None:
    """Draw an estimand of a fit under the null that it is zero.

    Families that are no generalised linear models are not fitted again under the null: their
    contributions are those at the estimates, which add up to zero as those under the null would but
    for the estimate itself. A measurement step widens estimates and errors alike.

    Parameters
    ----------
    fit, value, gradient, df
        The fit, the estimand, its gradient by the parameters, its degrees of freedom.
    weights, units
        Weights (draws × units) and the names of the units.

    Returns
    -------
    Drawn, or None
        None where the null cannot be imposed on the model.
    """
    own = weights[:, units.get_indexer(units_of(fit.design.rows))]
    try:
        if fit.estimated.linear is not None:
            estimates, errors = under_null(fit, value, gradient, own)
        else:
            estimates, errors = _at_estimates(fit, value, gradient, own)
    except np.linalg.LinAlgError:
        return None
    if not (np.isfinite(estimates).all() and np.isfinite(errors).all() and (errors > 0).all()):
        return None
    wider = _widening(fit, gradient)
    return Drawn(np.append(estimates[0], wider * estimates[1:]), wider * errors, df)


def _at_estimates(
    fit: Fit, value: float, gradient: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    sums = fit.design.rows.together.sums(fit.estimated.scores)
    own = sums @ (fit.estimated.bread @ gradient)
    moved = weights @ own
    parts = weights * own - moved[:, None] / len(own)
    scale = len(own) / (len(own) - 1)
    together = fit.design.rows.together
    covariance = cr1(fit.estimated.scores, fit.estimated.bread, together)
    error = np.sqrt(gradient @ covariance @ gradient)
    errors = np.sqrt((parts**2).sum(axis=1) * scale)
    return np.append(value, moved), np.append(error, errors)


def _widening(fit: Fit, gradient: np.ndarray) -> float:
    """Factor by which a measurement step widens the standard error of an estimand."""
    if fit.inflation is None:
        return 1.0
    factors = fit.inflation.to_numpy()
    without = fit.covariance / np.outer(factors, factors)
    return float(np.sqrt((gradient @ fit.covariance @ gradient) / (gradient @ without @ gradient)))
