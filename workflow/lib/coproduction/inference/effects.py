"""Effects on the outcome's own scale: average marginal effects and cross-partials.

Interactions count: the derivative of the linear predictor runs through every column that a variable
stands in. Standard errors come from the delta method on the model's covariance, with exact
gradients.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.design import Design
from coproduction.inference.regression import Fit, estimate

AVERAGE_MARGINAL_EFFECT = "average_marginal_effect"
CROSS_PARTIAL = "cross_partial"


def average_marginal_effect(fit: Fit, term: str, confidence: float = 0.95) -> dict[str, object]:
    """Average marginal effect of one term over the analysed rows.

    For a numeric term the mean over rows of ∂E(y|x)/∂term. For an indicator `v[level]` the mean
    difference between everyone at that level and everyone at the reference; for a single 0/1 column
    likewise between 1 and 0.

    Raises
    ------
    StudyError
        If the model has no such term.
    """
    design = fit.design
    if (term,) not in design.factors.values():
        raise StudyError(f"Model `{design.model}` has no term `{term}`.")
    if set(np.unique(design.matrix[term])) <= {0.0, 1.0}:
        value, gradient = _contrast(fit, term)
    else:
        value, gradient = _slope(fit, term)
    return _row(fit, AVERAGE_MARGINAL_EFFECT, term, value, gradient, confidence)


def cross_partial(fit: Fit, one: str, other: str, confidence: float = 0.95) -> dict[str, object]:
    """Mean cross-partial ∂²E(y|x)/∂a∂b of two terms over the analysed rows.

    On the outcome's scale an interaction is not the product's coefficient alone (Ai and Norton
    2003, *Economics Letters* 80): with linear predictor η and mean μ(η), the cross-partial is
    μ″ η_a η_b + μ′ η_ab.

    Raises
    ------
    StudyError
        If the model has no such terms.
    """
    design = fit.design
    for term in (one, other):
        if (term,) not in design.factors.values():
            raise StudyError(f"Model `{design.model}` has no term `{term}`.")
    x, params = design.matrix.to_numpy(), fit.params.to_numpy()
    d_one, d_other = _derivative(design, one), _derivative(design, other)
    both = np.zeros_like(x)
    for position, factors in enumerate(design.factors.values()):
        if set(factors) == {one, other}:
            both[:, position] = 1.0
    first, second, third = _mean_derivatives(design.family, x @ params)
    eta_one, eta_other, eta_both = d_one @ params, d_other @ params, both @ params
    value = (second * eta_one * eta_other + first * eta_both).mean()
    gradient = (
        x * (third * eta_one * eta_other + second * eta_both)[:, None]
        + d_one * (second * eta_other)[:, None]
        + d_other * (second * eta_one)[:, None]
        + both * first[:, None]
    ).mean(axis=0)
    return _row(fit, CROSS_PARTIAL, f"{one}:{other}", value, gradient, confidence)


def effects(fit: Fit, confidence: float = 0.95) -> pd.DataFrame:
    """Tabulate the average marginal effects of the focal terms and the cross-partials of products.

    Returns
    -------
    pandas.DataFrame
        `model, estimand, term, estimate, std_error, statistic, df, p_value, conf_low, conf_high, n,
        n_clusters, covariance`.
    """
    rows = [average_marginal_effect(fit, term, confidence) for term in fit.design.focal]
    rows += [
        cross_partial(fit, *factors, confidence)
        for factors in fit.design.factors.values()
        if len(factors) == 2
    ]
    return pd.DataFrame(rows)


def _row(
    fit: Fit, estimand: str, term: str, value: float, gradient: np.ndarray, confidence: float
) -> dict[str, object]:
    return {
        "model": fit.design.model,
        "estimand": estimand,
        "term": term,
        **estimate(fit, value, gradient, confidence),
        "n": fit.n,
        "n_clusters": fit.n_clusters,
        "covariance": fit.design.covariance,
    }


def _derivative(design: Design, term: str) -> np.ndarray:
    """Differentiate every column of the design with respect to a term (n × k)."""
    result = np.zeros(design.matrix.shape)
    for position, factors in enumerate(design.factors.values()):
        if term in factors:
            others = [factor for factor in factors if factor != term]
            values = design.matrix[others].prod(axis=1) if others else 1.0
            # A square has twice the derivative of a product with another term.
            result[:, position] = (
                values
                if len(set(factors)) == len(factors)
                else (len(factors) * design.matrix[term] ** (len(factors) - 1))
            )
    return result


def _slope(fit: Fit, term: str) -> tuple[float, np.ndarray]:
    x, params = fit.design.matrix.to_numpy(), fit.params.to_numpy()
    derivative = _derivative(fit.design, term)
    first, second, _ = _mean_derivatives(fit.design.family, x @ params)
    eta_term = derivative @ params
    gradient = (x * (second * eta_term)[:, None] + derivative * first[:, None]).mean(axis=0)
    return float((first * eta_term).mean()), gradient


def _contrast(fit: Fit, term: str) -> tuple[float, np.ndarray]:
    params = fit.params.to_numpy()
    siblings = next(
        (columns for columns in fit.design.indicators.values() if term in columns), (term,)
    )
    at_one = _set(fit.design, siblings, term)
    at_zero = _set(fit.design, siblings, None)
    value, gradient = 0.0, np.zeros(len(params))
    for x, sign in ((at_one, 1.0), (at_zero, -1.0)):
        eta = x @ params
        value += sign * _mean(fit.design.family, eta).mean()
        first = _mean_derivatives(fit.design.family, eta)[0]
        gradient += sign * (x * first[:, None]).mean(axis=0)
    return float(value), gradient


def _set(design: Design, siblings: tuple[str, ...], chosen: str | None) -> np.ndarray:
    """Design with everyone at one level of a categorical variable."""
    matrix = design.matrix.copy()
    for column in siblings:
        matrix[column] = float(column == chosen)
    for name, factors in design.factors.items():
        if len(factors) > 1 and set(factors) & set(siblings):
            matrix[name] = matrix[list(factors)].prod(axis=1)
    return matrix.to_numpy()


def _mean(family: str, eta: np.ndarray) -> np.ndarray:
    if family == "binomial":
        return 1 / (1 + np.exp(-eta))
    return np.exp(eta) if family == "poisson" else eta


def _mean_derivatives(family: str, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First three derivatives of the mean with respect to the linear predictor."""
    if family == "binomial":
        mean = _mean(family, eta)
        first = mean * (1 - mean)
        return first, first * (1 - 2 * mean), first * (1 - 6 * first)
    if family == "poisson":
        mean = np.exp(eta)
        return mean, mean, mean
    return np.ones_like(eta), np.zeros_like(eta), np.zeros_like(eta)
