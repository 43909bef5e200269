"""Effects on the outcome's own scale: slopes, contrasts, cross-partials and predictions.

Interactions count: the derivative of a linear predictor runs through every column that a variable
stands in. Of a two-part model the effects are those on E(y), both parts together; of an ordinal one
those on the probability of each category. Standard errors come from the delta method on the model's
covariance, with exact gradients: derivatives of the expected outcome by the linear predictors are
analytic, the last one, where it is needed, is a complex step (Squire and Trapp 1998, *SIAM Review*
40, 110–112), which is exact to rounding. Effects of two-level models are population-averaged.

Where rows have weights, averages over them are weighted, so that they are those of the population.
Rows and weights are taken as given, like all else that is no parameter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.inference.effects.averaging import averaged
from coproduction.inference.model.regression import Fit
from coproduction.numerics.averages import times
from coproduction.numerics.families.family import Partials

STEP = 1e-30
Effect = tuple[float, np.ndarray]
At = Mapping[str, float]


@averaged
def effect(fit: Fit, term: str, at: At | None = None, category: int | None = None) -> Effect:
    """Average effect of one term over the analysed rows, with its gradient by the parameters.

    For a numeric term the mean over rows of ∂E(y|x)/∂term. For an indicator `v[level]` the mean
    difference between everyone at that level and everyone at the reference; for a number with two
    values a unit apart likewise between these.

    Parameters
    ----------
    fit
        Fitted model.
    term
        Term of the model.
    at
        Values that everyone is set to.
    category
        Position of the category of an ordinal outcome.

    Raises
    ------
    Refusal
        If the model has no such term.
    """
    check_terms(fit.design, [term, *(at or {})])
    if both := ends(fit.design, term):
        low, high = both
        above = prediction(fit, {**(at or {}), **high}, category)
        return difference(above, prediction(fit, {**(at or {}), **low}, category))
    return _slope(fit, term, at or {}, category)


@averaged
def cross_effect(fit: Fit, one: str, other: str, category: int | None = None) -> Effect:
    """Mean cross-partial ∂²E(y|x)/∂a∂b of two terms over the analysed rows.

    On the outcome's scale an interaction is not the product's coefficient alone (Ai and Norton
    2003, *Economics Letters* 80): with linear predictor η and mean μ(η), the cross-partial is
    μ″ η_a η_b + μ′ η_ab. By a term of two values a difference takes the place of the derivative.

    Raises
    ------
    Refusal
        If the model has no such terms, or no cross-partial of them.
    """
    design = fit.design
    check_terms(design, [one, other])
    _check_pair(design, one, other)
    if ends(design, one) and not ends(design, other):
        one, other = other, one
    if both := ends(design, other):
        low, high = both
        return difference(effect(fit, one, high, category), effect(fit, one, low, category))
    return _curvature(fit, one, other, category)


@averaged
def prediction(fit: Fit, at: At, category: int | None = None) -> Effect:
    """Mean expected outcome over the analysed rows, everyone set to the given values."""
    x, weights = _matrix(fit.design, at), fit.design.weights
    found = _partials(fit, x, category)
    gradient = np.zeros(len(fit.params))
    for (places, columns), first in zip(fit.linear, found.first, strict=True):
        gradient[places] = x[:, columns].T @ times(first, weights) / len(x)
    for place, complex_step in _steps(fit, x, category):
        gradient[place] = times(complex_step.value.imag, weights).mean() / STEP
    return float(times(found.value, weights).mean()), gradient


def ends(design: Design, term: str) -> tuple[At, At] | None:
    """Find the lower and the upper value of a term that has two, as what everyone is set to."""
    values = design.low_and_high(term)
    if values is None:
        return None
    others = {sibling: 0.0 for sibling in design.siblings(term)}
    return {**others, term: values[0]}, {term: values[1]}


def difference(one: Effect, other: Effect) -> Effect:
    """Difference of two effects."""
    return one[0] - other[0], one[1] - other[1]


def check_terms(design: Design, terms: list[str]) -> None:
    """Raise if the model lacks one of the terms."""
    for term in terms:
        if (term,) not in design.factors.values():
            raise Refusal("model_has_no_term", model=design.model, term=term)


def _check_pair(design: Design, one: str, other: str) -> None:
    """Refuse a cross-partial that is zero whatever the data, or of categories nobody can share."""
    if ends(design, one) and other in design.siblings(one):
        raise Refusal("no_cross_partial", model=design.model, one=one, other=other)
    if design.family.constant_effects and not any(
        _times(design, name, one, other) for name in design.factors
    ):
        raise Refusal("linear_without_product", model=design.model, one=one, other=other)


def _matrix(design: Design, at: At) -> np.ndarray:
    return design.at(at) if at else design.matrix.to_numpy()


def _partials(
    fit: Fit, x: np.ndarray, category: int | None, further: np.ndarray | None = None
) -> Partials:
    params = fit.params.to_numpy()
    linear = [x[:, columns] @ params[places] for places, columns in fit.linear]
    known = params[fit.further] if further is None else further
    return fit.design.family.partials(linear, known, category)


def _steps(fit: Fit, x: np.ndarray, category: int | None) -> Iterator[tuple[int, Partials]]:
    """Yield each further parameter's position with the partials after a complex step in it."""
    values = fit.params.to_numpy()[fit.further].astype(complex)
    for order, place in enumerate(fit.further):
        moved = values.copy()
        moved[order] += 1j * STEP
        yield place, _partials(fit, x, category, moved)


def _slope(fit: Fit, term: str, at: At, category: int | None) -> Effect:
    x, params, weights = _matrix(fit.design, at), fit.params.to_numpy(), fit.design.weights
    derivative = _derivative(fit.design, x, term)
    found = _partials(fit, x, category)
    by_term = [derivative[:, columns] @ params[places] for places, columns in fit.linear]
    value = sum(first * slope for first, slope in zip(found.first, by_term, strict=True))
    gradient = np.zeros(len(params))
    for order, (places, columns) in enumerate(fit.linear):
        bent = sum(
            second * slope for second, slope in zip(found.second[order], by_term, strict=True)
        )
        slope = times(found.first[order], weights)
        total = x[:, columns].T @ times(bent, weights) + derivative[:, columns].T @ slope
        gradient[places] = total / len(x)
    for place, stepped in _steps(fit, x, category):
        moved = sum(f.imag * slope for f, slope in zip(stepped.first, by_term, strict=True))
        gradient[place] = times(moved, weights).mean() / STEP
    return float(times(value, weights).mean()), gradient


def _curvature(fit: Fit, one: str, other: str, category: int | None) -> Effect:
    """Mean cross-partial and its gradient, one complex step per parameter."""
    x, params, weights = fit.design.matrix.to_numpy(), fit.params.to_numpy(), fit.design.weights
    d_one, d_other = _derivative(fit.design, x, one), _derivative(fit.design, x, other)
    both = np.zeros_like(x)
    both[:] = [_times(fit.design, name, one, other) for name in fit.design.factors]

    linear = [
        [matrix[:, columns] @ params[places] for matrix in (x, d_one, d_other, both)]
        for places, columns in fit.linear
    ]
    further = params[fit.further]

    def mean(predictors: Sequence[Sequence[np.ndarray]], shapes: np.ndarray) -> complex:
        found = fit.design.family.partials([each[0] for each in predictors], shapes, category)
        total = sum(f * each[3] for f, each in zip(found.first, predictors, strict=True))
        for row, left in zip(found.second, predictors, strict=True):
            total = total + sum(
                second * left[1] * right[2] for second, right in zip(row, predictors, strict=True)
            )
        return times(total, weights).mean()

    gradient = np.zeros(len(params))
    for order, (places, columns) in enumerate(fit.linear):
        for place, column in zip(places, columns, strict=True):
            moved = list(linear)
            moved[order] = [
                known + 1j * STEP * matrix[:, column]
                for known, matrix in zip(linear[order], (x, d_one, d_other, both), strict=True)
            ]
            gradient[place] = mean(moved, further).imag / STEP
    for order, place in enumerate(fit.further):
        shapes = further.astype(complex)
        shapes[order] += 1j * STEP
        gradient[place] = mean(linear, shapes).imag / STEP
    return mean(linear, further).real, gradient


def _derivative(design: Design, x: np.ndarray, term: str) -> np.ndarray:
    """Differentiate every column of a design matrix with respect to a term (n × k)."""
    result, own = np.zeros(x.shape), design.place[term]
    result[:, own] = 1.0
    for position, terms, factors in design.products:
        if term not in terms:
            continue
        values = [x[:, part].sum(axis=1) for part in factors]
        for order, part in enumerate(factors):
            if own in part:
                rest = values[:order] + values[order + 1 :]
                result[:, position] += np.prod(rest, axis=0)
    return result


def _times(design: Design, column: str, one: str, other: str) -> float:
    """Second derivative of a product by two terms, which is constant: 2 of a square."""
    sums = list(enumerate(design.factors_of(column)))
    return float(sum(one in a and other in b for i, a in sums for j, b in sums if i != j))


def smallest_cell(fit: Fit, terms: list[str]) -> int:
    """Count the rows in the smallest cell that those of the terms make which have two values."""
    known = [term for term in terms if term in fit.design.matrix]
    pairs = {term: both for term in known if (both := fit.design.low_and_high(term))}
    if not pairs:
        return fit.n
    upper = fit.design.matrix[list(pairs)].to_numpy() == [high for _, high in pairs.values()]
    cells = upper @ (1 << np.arange(len(pairs)))
    return int(np.bincount(cells, minlength=2 ** len(pairs)).min())
