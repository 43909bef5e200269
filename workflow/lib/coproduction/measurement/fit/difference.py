"""Whether a restricted measurement model fits worse than the more general one it is nested in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.errors import Refusal
from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.factor.distance import Distance
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.robust import own_trace, saturated_trace
from coproduction.measurement.fit.scaled_statistic import clustered_traces, scaled_shifted


def difference_test(
    restricted: FactorFit, general: FactorFit, at_restricted: np.ndarray | None = None
) -> Test:
    """Compare two nested models of the same answers and estimator.

    Parameters
    ----------
    restricted, general
        The fits; whatever the restricted model implies, the general one can imply too.
    at_restricted
        MLR: parameters of the general model with which it implies what the restricted one does at
        its estimates; with them the scaling is positive in most samples (Satorra and Bentler 2010).

    Returns
    -------
    Test
        Difference of the statistics and of the degrees of freedom; its `scaled` is the corrected
        test. Two models that are the same have no degrees of freedom and a p-value of NaN.

    Raises
    ------
    Refusal
        Where the models differ in estimator or cases, or the restricted one is the more general.

    Notes
    -----
    ML: the likelihood-ratio test. MLR: with c the scaling factors, the difference is divided by
    (df₀ c₀ − df₁ c₁) / (df₀ − df₁) (Satorra and Bentler 2001, *Psychometrika* 66, 507–514); the
    scaling is NaN where that is not positive. With `at_restricted`, c₁ is taken at those parameters
    (Satorra and Bentler 2010, *Psychometrika* 75, 243–248). WLSMV: scaled and shifted from the
    traces of the matrix whose quadratic form the difference is, with the restriction taken from
    both models' Jacobians at their own estimates, so that the models need not share parameters
    (Satorra 2000 in *Innovations in Multivariate Statistical Analysis*; in lavaan `satorra.2000`, A
    by `delta`).
    """
    if restricted.estimator != general.estimator or restricted.estimates.n != general.estimates.n:
        raise Refusal("other_cases_or_estimator")
    upper, lower = restricted.estimates.test, general.estimates.test
    chisq, df = upper.chisq - lower.chisq, upper.df - lower.df
    if df < 0:
        raise Refusal("restricted_has_more_parameters")
    if not df or restricted.estimator == "ML":
        return Test(chisq, df)
    objective = general.objective
    if isinstance(objective, Likelihood):
        expected = lower.df * lower.scaling
        if at_restricted is not None:
            expected = saturated_trace(objective) - own_trace(objective, at_restricted)
        scaling = (upper.df * upper.scaling - expected) / df
        return Test(chisq, df, scaling if scaling > 0 else float("nan"))
    wide = objective.derivatives(general.estimates.theta)
    held = replace(objective, model=restricted.model)
    narrow = held.derivatives(restricted.estimates.theta)
    return scaled_shifted(chisq, df, *_traces(objective, wide, narrow))


def _traces(
    objective: Distance, wide: list[np.ndarray], narrow: list[np.ndarray]
) -> tuple[float, float]:
    """Traces of UΓ and (UΓ)² for the difference, in the space of the general model's parameters."""
    if objective.cluster_influences is not None:
        form = _form(inverse(objective.information(wide)), wide, narrow)
        slopes = objective.cluster_slopes(wide)
        return clustered_traces(slopes @ form @ slopes.T)
    shares = [n / sum(objective.n) for n in objective.n]
    q = objective.model.n_free
    information, meat = np.zeros((2, q, q))
    for share, gamma, delta in zip(shares, objective.gammas, wide, strict=True):
        weighted = share * delta / np.diag(gamma)[:, None]
        information += delta.T @ weighted
        meat += weighted.T @ gamma @ weighted / share
    product = _form(inverse(information), wide, narrow) @ meat
    return float(np.trace(product)), float((product * product.T).sum())


def _form(inner: np.ndarray, wide: list[np.ndarray], narrow: list[np.ndarray]) -> np.ndarray:
    """Quadratic form of the general model's slopes that the difference is."""
    within = np.linalg.lstsq(np.vstack(wide), np.vstack(narrow), rcond=None)[0]
    restriction = complement(within)
    middle = inverse(restriction @ inner @ restriction.T)
    return inner @ restriction.T @ middle @ restriction @ inner


def complement(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span what the columns of a matrix of full column rank do not."""
    basis, _, _ = np.linalg.svd(matrix)
    return basis[:, matrix.shape[1] :].T
