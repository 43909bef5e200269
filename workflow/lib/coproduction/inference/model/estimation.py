"""Maximum of the likelihood of every family, in one form: parameters, scores, information."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.inference.data.design import Design, check_collinearity
from coproduction.inference.model.families import (
    ANY,
    DISPERSION,
    GENERALISED_LINEAR,
    MEAN,
    POSITIVE,
    THRESHOLD,
)
from coproduction.inference.model.glm import LinearFit, fit_glm
from coproduction.inference.model.likelihood import maximise, negative_binomial
from coproduction.inference.model.separation import (
    SURE,
    Cone,
    count_cone,
    logit_cone,
    ordinal_cone,
    separating_columns,
)
from coproduction.notes import Note
from coproduction.numerics.ordinal_logit import Maximum, fit_proportional_odds

NO_OVERDISPERSION = -9.0
NO_RESIDUALS, ROUNDING = 1e-7, 4e-15
"""Residuals that are so small beside the outcome's spread, or size, are rounding."""


@dataclass(frozen=True)
class Estimated:
    """An estimated model of n rows and p parameters.

    Attributes
    ----------
    params
        Parameters by `part` and `term`.
    scores
        n × p: each row's gradient; zero where a part does not concern the row.
    bread
        p × p: inverse information (expected for generalised linear models, else observed).
    classical
        p × p: covariance if the model holds.
    log_likelihood
        At the maximum; NaN for a pseudo-likelihood and for the gamma part, whose dispersion is
        Pearson's.
    linear
        The generalised linear model, if it is one.
    """

    params: pd.Series
    scores: np.ndarray
    bread: np.ndarray
    classical: np.ndarray
    log_likelihood: float
    linear: LinearFit | None = None


def estimate_family(design: Design) -> Estimated:
    """Estimate a design by maximum likelihood.

    Raises
    ------
    Refusal
        If a term separates the outcome, counts are not overdispersed where the family needs it, or
        the estimation does not converge.
    """
    if design.family in GENERALISED_LINEAR:
        return _generalised_linear(design, design.family, design.outcome, design.matrix, MEAN)
    if design.family == "negative_binomial":
        return _negative_binomial(design, design.outcome, design.matrix, MEAN, truncated=False)
    if design.family == "ordinal":
        return _ordinal(design)
    return _two_part(design)


def _generalised_linear(
    design: Design, family: str, outcome: np.ndarray, matrix: pd.DataFrame, part: str
) -> Estimated:
    x = matrix.to_numpy()
    plain = "poisson" if family == "pseudo_poisson" else family
    fitted = fit_glm(outcome, x, plain)
    params = _named(part, matrix.columns, fitted.params)
    if family == "binomial":
        cone, reach = logit_cone(outcome, x), x @ fitted.params
        _check_separation(design, outcome, matrix, cone, fitted.converged, reach)
    elif plain == "poisson":
        cone, reach = count_cone(outcome, x), _below(outcome, x, fitted.params)
        _check_separation(design, outcome, matrix, cone, fitted.converged, reach)
    _check_convergence(design, fitted.converged)
    if family != "binomial":
        _check_determined(design, matrix, outcome - fitted.mean, outcome.std(), fitted.params)
    bread = np.linalg.inv(fitted.information)
    scores = x * ((outcome - fitted.mean) * fitted.slope / fitted.variance)[:, None]
    known = np.nan if family == "pseudo_poisson" else fitted.log_likelihood
    return Estimated(params, scores, bread, bread * fitted.scale, known, fitted)


def _negative_binomial(
    design: Design, outcome: np.ndarray, matrix: pd.DataFrame, part: str, truncated: bool
) -> Estimated:
    x = matrix.to_numpy()
    start = fit_glm(outcome, x, "poisson")
    moment = (((outcome - start.mean) ** 2 - outcome) / start.mean**2).mean()
    shape = 0.0 if truncated else float(np.log(max(moment, 0.05)))
    maximum = maximise(negative_binomial(outcome, truncated), x, np.append(start.params, shape))
    lowest = 1.0 if truncated else 0.0
    reach = _below(outcome, x, maximum.params[:-1], lowest)
    cone = count_cone(outcome, x, lowest)
    _check_separation(design, outcome, matrix, cone, maximum.converged, reach)
    if maximum.params[-1] < NO_OVERDISPERSION:
        raise Refusal("counts_not_overdispersed", model=design.model, name=design.outcome_name)
    _check_convergence(design, maximum.converged)
    params = _named(part, matrix.columns, maximum.params[:-1])
    params = pd.concat([params, _named(DISPERSION, ["log_dispersion"], maximum.params[-1:])])
    return _from_maximum(params, maximum)


def _ordinal(design: Design) -> Estimated:
    levels, codes = np.unique(design.outcome, return_inverse=True)
    matrix = design.matrix.drop(columns="intercept")
    maximum = fit_proportional_odds(codes, matrix.to_numpy())
    k = matrix.shape[1]
    cone, reach = ordinal_cone(codes, matrix.to_numpy()), matrix.to_numpy() @ maximum.params[:k]
    _check_separation(design, design.outcome, matrix, cone, maximum.converged, reach)
    _check_convergence(design, maximum.converged)
    names = [f"{code_text(low)}|{code_text(high)}" for low, high in pairwise(levels)]
    params = pd.concat(
        [
            _named(MEAN, matrix.columns, maximum.params[:k]),
            _named(THRESHOLD, names, maximum.params[k:]),
        ]
    )
    return _from_maximum(params, maximum)


def _two_part(design: Design) -> Estimated:
    """Estimate both parts apart: their likelihoods share no parameter (Mullahy 1986)."""
    positive = design.outcome > 0
    sizes, matrix = design.outcome[positive], design.matrix[positive]
    if len(sizes) <= matrix.shape[1]:
        numbers = {"n": len(sizes), "k": matrix.shape[1]}
        raise Refusal("few_positive_outcomes", model=design.model, **numbers)
    with _said(lambda reason: Refusal("whether_outcome_is_positive", reason=reason)):
        chance = _generalised_linear(design, "binomial", positive.astype(float), design.matrix, ANY)
    with _said(lambda reason: Refusal("among_positive_outcomes", reason=reason)):
        check_collinearity(matrix, design.model)
        size = _positive(design, sizes, matrix)
    scores = np.zeros((len(positive), len(chance.params) + len(size.params)))
    scores[:, : len(chance.params)] = chance.scores
    scores[positive, len(chance.params) :] = size.scores
    return Estimated(
        pd.concat([chance.params, size.params]),
        scores,
        _block(chance.bread, size.bread),
        _block(chance.classical, size.classical),
        chance.log_likelihood + size.log_likelihood,
    )


def _positive(design: Design, sizes: np.ndarray, matrix: pd.DataFrame) -> Estimated:
    if design.family == "hurdle_negative_binomial":
        return _negative_binomial(design, sizes, matrix, POSITIVE, truncated=True)
    family = "gamma" if design.family == "two_part_gamma" else "pseudo_poisson"
    return _generalised_linear(design, family, sizes, matrix, POSITIVE)


@contextmanager
def _said(of_part: Callable[[Note], Refusal]) -> Iterator[None]:
    """Say of a refusal which part of a two-part model it is about."""
    try:
        yield
    except Refusal as error:
        raise of_part(error.note) from error


def _from_maximum(params: pd.Series, maximum: Maximum) -> Estimated:
    return Estimated(params, maximum.scores, maximum.bread, maximum.bread, maximum.log_likelihood)


def _named(part: str, terms, values: np.ndarray) -> pd.Series:
    index = pd.MultiIndex.from_product([[part], list(terms)], names=["part", "term"])
    return pd.Series(np.asarray(values, float), index=index)


def _block(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    result = np.zeros((len(one) + len(other),) * 2)
    result[: len(one), : len(one)] = one
    result[len(one) :, len(one) :] = other
    return result


def _check_separation(
    design: Design,
    outcome: np.ndarray,
    matrix: pd.DataFrame,
    cone: Cone,
    converged: bool,
    reach: np.ndarray,
) -> None:
    """Refuse an outcome (n) that terms separate, or of which too few rows differ from the others.

    Where a search came to rest and no linear predictor (n) is far out, nothing ran away.
    """
    if converged and np.abs(reach).max(initial=0.0) < SURE:
        return
    spared = [place for place, term in enumerate(matrix.columns) if term != "intercept"]
    found = separating_columns(cone, spared)
    if found is None:
        return
    names = {"model": design.model, "name": design.outcome_name}
    names["terms"] = list(matrix.columns[found])
    values, counts = np.unique(outcome, return_counts=True)
    n = int(counts.sum() - counts.max())
    k = design.matrix.shape[1]
    if n < k:
        numbers = {"n": n, "k": k, "value": float(values[counts.argmax()])}
        raise Refusal("outcome_hardly_varies", **names, **numbers)
    raise Refusal("outcome_separated", **names)


def _check_determined(
    design: Design, matrix: pd.DataFrame, residual: np.ndarray, spread: float, params: np.ndarray
) -> None:
    """Refuse an outcome that is a function of terms: what is left of it is rounding."""
    rounding = max(NO_RESIDUALS * spread, ROUNDING * np.abs(design.outcome).max())
    if np.sqrt((residual**2).mean()) > rounding:
        return
    moving = np.abs(params) * matrix.std(ddof=0).to_numpy()
    terms = list(matrix.columns[moving > NO_RESIDUALS * moving.max()])
    names = {"model": design.model, "name": design.outcome_name}
    raise Refusal("outcome_determined", **names, terms=terms)


def _below(
    outcome: np.ndarray, x: np.ndarray, params: np.ndarray, lowest: float = 0.0
) -> np.ndarray:
    """Give how far below zero the linear predictors of the lowest outcomes lie."""
    return np.minimum((x @ params)[outcome <= lowest], 0.0)


def _check_convergence(design: Design, converged: bool) -> None:
    if not converged:
        raise Refusal("not_converged", model=design.model)
