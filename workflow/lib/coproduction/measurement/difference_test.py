"""Whether a restricted measurement model fits worse than the more general one it is nested in."""

from __future__ import annotations

import numpy as np

from coproduction.errors import StudyError
from coproduction.measurement.confirmatory import FactorFit
from coproduction.measurement.fit_measures import Test
from coproduction.measurement.least_squares import Distance, scaled_shifted
from coproduction.measurement.maximum_likelihood import inverse


def difference_test(restricted: FactorFit, general: FactorFit) -> Test:
    """Compare two nested models of the same answers and estimator.

    Parameters
    ----------
    restricted, general
        The fits; whatever the restricted model implies, the general one can imply too.

    Returns
    -------
    Test
        Difference of the statistics and of the degrees of freedom; its `scaled` is the corrected
        test. Two models that are the same have no degrees of freedom and a p-value of NaN.

    Raises
    ------
    StudyError
        Where the models differ in estimator or cases, or the restricted one is the more general.

    Notes
    -----
    ML: the likelihood-ratio test. MLR: with c the scaling factors, the difference is divided by
    (df₀ c₀ − df₁ c₁) / (df₀ − df₁) (Satorra and Bentler 2001, *Psychometrika* 66, 507–514); the
    scaling is NaN where that is not positive. WLSMV: scaled and shifted from the traces of the
    matrix whose quadratic form the difference is, with the restriction taken from both models'
    Jacobians at their own estimates, so that the models need not share parameters (Satorra 2000 in
    *Innovations in Multivariate Statistical Analysis*; in lavaan `satorra.2000`, A by `delta`).
    """
    if restricted.estimator != general.estimator or restricted.estimates.n != general.estimates.n:
        raise StudyError("Only models of the same cases and the same estimator can be compared.")
    upper, lower = restricted.estimates.test, general.estimates.test
    chisq, df = upper.chisq - lower.chisq, upper.df - lower.df
    if df < 0:
        raise StudyError(
            "The model given as restricted estimates more parameters than the general one."
        )
    if not df or restricted.estimator == "ML":
        return Test(chisq, df)
    if restricted.estimator == "MLR":
        scaling = (upper.df * upper.scaling - lower.df * lower.scaling) / df
        return Test(chisq, df, scaling if scaling > 0 else float("nan"))
    return scaled_shifted(chisq, df, *_traces(restricted, general))


def _traces(restricted: FactorFit, general: FactorFit) -> tuple[float, float]:
    """Traces of UΓ and (UΓ)² for the difference, in the space of the general model's parameters."""
    objective: Distance = general.objective
    wide = objective.derivatives(general.estimates.theta)
    narrow = restricted.objective.derivatives(restricted.estimates.theta)
    shares = [n / sum(objective.n) for n in objective.n]
    information, meat = 0.0, 0.0
    for share, gamma, delta in zip(shares, objective.gammas, wide, strict=True):
        weighted = share * delta / np.diag(gamma)[:, None]
        information = information + delta.T @ weighted
        meat = meat + weighted.T @ gamma @ weighted / share
    inner = inverse(information)
    within = np.linalg.lstsq(np.vstack(wide), np.vstack(narrow), rcond=None)[0]
    restriction = _complement(within)
    middle = inverse(restriction @ inner @ restriction.T)
    form = inner @ restriction.T @ middle @ restriction @ inner
    product = form @ meat
    return float(np.trace(product)), float((product * product.T).sum())


def _complement(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span what the columns of a matrix of full column rank do not."""
    basis, _, _ = np.linalg.svd(matrix)
    return basis[:, matrix.shape[1] :].T
