"""When a maximum of a likelihood is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.numerics.families.family import Observations
from coproduction.numerics.separation import SURE, Cone, separating_columns

NO_RESIDUALS, ROUNDING = 1e-7, 4e-15
"""Residuals that are so small beside the outcome's spread, or size, are rounding."""


def check_separation(
    observed: Observations,
    cone: Cone,
    converged: bool,
    reach: np.ndarray,
    matrix: pd.DataFrame | None = None,
) -> None:
    """Refuse an outcome that terms separate, or of which too few rows differ from the others.

    Where a search came to rest and no linear predictor is far out, nothing ran away.

    Parameters
    ----------
    observed
        What was fitted.
    cone
        Directions in which the likelihood never falls.
    converged
        Whether the search came to rest.
    reach
        Linear predictors of the rows that could run away.
    matrix
        The columns of the cone, if they are not those of the observations.
    """
    if converged and np.abs(reach).max(initial=0.0) < SURE:
        return
    columns = (observed.matrix if matrix is None else matrix).columns
    spared = [place for place, term in enumerate(columns) if term != "intercept"]
    found = separating_columns(cone, spared)
    if found is None:
        return
    names = {"model": observed.model, "name": observed.name}
    terms = list(columns[found])
    values, counts = np.unique(observed.outcome, return_counts=True)
    n, k = int(counts.sum() - counts.max()), observed.matrix.shape[1]
    if n < k:
        numbers = {"n": n, "k": k, "value": float(values[counts.argmax()])}
        raise Refusal("outcome_hardly_varies", **names, terms=terms, **numbers)
    raise Refusal("outcome_separated", **names, terms=terms)


def check_determined(observed: Observations, residual: np.ndarray, params: np.ndarray) -> None:
    """Refuse an outcome that is a function of terms: what is left of it is rounding."""
    outcome, matrix = observed.outcome, observed.matrix
    rounding = max(NO_RESIDUALS * outcome.std(), ROUNDING * np.abs(outcome).max())
    if np.sqrt((residual**2).mean()) > rounding:
        return
    moving = np.abs(params) * matrix.std(ddof=0).to_numpy()
    terms = list(matrix.columns[moving > NO_RESIDUALS * moving.max()])
    raise Refusal("outcome_determined", model=observed.model, name=observed.name, terms=terms)


def check_convergence(observed: Observations, converged: bool) -> None:
    """Refuse a search that did not come to rest."""
    if not converged:
        raise Refusal("not_converged", model=observed.model)


def below(observed: Observations, params: np.ndarray, lowest: float = 0.0) -> np.ndarray:
    """Give how far below zero the linear predictors of the lowest outcomes lie."""
    linear = observed.matrix.to_numpy() @ params
    return np.minimum(linear[observed.outcome <= lowest], 0.0)
