"""How much a measurement model would improve if something it restricts were estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.factor.distance import Distance
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.standardised import values
from coproduction.measurement.fit.difference import complement
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.robust import score_covariance

SINGULAR = 1e-9  # eigenvalue of a scaled information matrix below which nothing is identified


def score_tests(
    fit: FactorFit, rivals: Mapping[str, FactorModel], all_at_once: FactorModel
) -> dict[str, Test]:
    """Test a fitted model against models that restrict less, without fitting those.

    Parameters
    ----------
    fit
        The fitted model.
    rivals
        Name -> model with the same parameters in the same order, some of them fixed or equal in the
        fitted model only.
    all_at_once
        The model that restricts none of what the rivals do not; it need not be identified.

    Returns
    -------
    dict
        Name -> test with as many degrees of freedom as parameters more. Rivals that the answers do
        not identify are left out.

    Notes
    -----
    sᵀI⁻¹s with s the rival's score and I its expected information at the fitted estimates, as in
    lavaan's `lavTestScore`; for WLSMV the gradient and the Gauss–Newton Hessian of the weighted
    distance take their place, times the cases less one in each group. Neither MLR nor WLSMV
    corrects it: it ranks, and is no exact test.

    Where the fit allows for clusters it is the generalised score test (Boos 1992, *The American
    Statistician* 46, 327–333): with H what the fitted model sets to zero among the rival's
    parameters and B the covariance of s from clusters, uᵀ(H I⁻¹ B I⁻¹ Hᵀ)⁻¹u with u = H I⁻¹ s.
    """
    estimate = values(fit.model, fit.estimates.theta).real
    score, information, meat = _slope(fit, all_at_once, estimate)
    tests = {}
    for name, rival in rivals.items():
        spread = np.zeros((all_at_once.n_free, rival.n_free))
        chosen = rival.free >= 0
        spread[all_at_once.free[chosen], rival.free[chosen]] = 1
        inside = spread.T @ information @ spread
        scale = np.sqrt(np.maximum(np.diag(inside), 1e-300))
        if np.linalg.eigvalsh(inside / np.outer(scale, scale))[0] < SINGULAR:
            continue
        move = np.linalg.solve(inside, spread.T @ score)
        df = rival.n_free - fit.model.n_free
        if meat is None:
            statistic = move @ inside @ move
        else:
            restriction = _restriction(fit.model, rival)
            pull = np.linalg.solve(inside, restriction.T)
            apart = restriction @ move
            variance = pull.T @ (spread.T @ meat @ spread) @ pull
            statistic = apart @ np.linalg.solve(variance, apart)
        tests[name] = Test(float(statistic), df)
    return tests


def _restriction(fitted: FactorModel, rival: FactorModel) -> np.ndarray:
    """Rows that are orthogonal to whatever of the rival's parameters the fitted model can move."""
    moved = np.zeros((rival.n_free, fitted.n_free))
    both = (rival.free >= 0) & (fitted.free >= 0)
    moved[rival.free[both], fitted.free[both]] = 1
    return complement(moved)


def _slope(
    fit: FactorFit, model: FactorModel, estimate: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Score and information of a wider model at the estimates of the fitted one.

    With clusters also the score's covariance.
    """
    theta = np.zeros(model.n_free)
    theta[model.free[model.free >= 0]] = estimate[model.free >= 0]
    objective = replace(fit.objective, model=model)
    if isinstance(objective, Distance):
        gradient, hessian = objective.slope(theta)
        total = sum(objective.n) - len(objective.n)
        apart = objective.cluster_influences is not None
        meat = objective.slope_covariance(objective.derivatives(theta)) if apart else None
        return -total * gradient, total * hessian, meat
    meat = None if objective.clusters is None else score_covariance(objective, theta)
    return objective.score(theta), objective.expected_information(theta), meat
