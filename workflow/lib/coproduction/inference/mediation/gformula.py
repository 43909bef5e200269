"""The g-formula: mean outcomes had exposure and mediators been set as they were not.

E{Y(a, M₁(a₁), M₂(a₂, M₁(a₁)), …)} is the mean over the rows' covariates of the outcome's model at
the exposure a, averaged over the distribution that the first mediator's model has at the exposure
a₁, that of the second at a₂ and the first mediator, and so on (Robins 1986, *Mathematical
Modelling* 7, 1393–1512; Pearl 2001, *Proceedings of UAI* 17, 411–420; VanderWeele 2015,
*Explanation in Causal Inference*, chapter 2). Distributions are averaged over by their points, see
`numerics.families.points`; nothing is drawn.

Gradients are exact: that by a mediator's parameters is a sum with differentiated weights, that by
the outcome's a sum with differentiated means. Covariates and weights of rows are taken as given, as
in `inference.effects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coproduction.errors import StudyError
from coproduction.inference.mediation.stages import Mediated, Stage
from coproduction.numerics.families.family import Points

BLOCK, POINTS = 4096, 16
"""Rows at a time with one mediator; with each further one so many times fewer, for its points."""
STEP = 1e-30


@dataclass(frozen=True)
class Mean:
    """A mean outcome.

    Attributes
    ----------
    value
        The mean.
    gradient
        p: its derivatives by the parameters of all models.
    by_shift
        Its derivative by what is added to the outcome's linear predictors.
    """

    value: float
    gradient: np.ndarray
    by_shift: float


def mean_outcome(
    found: Mediated, ends: Sequence[int], category: int | None = None, shift: float = 0.0
) -> Mean:
    """Average the outcome with exposures set.

    Parameters
    ----------
    found
        The fitted mediation.
    ends
        For each mediator, and then for the outcome, whether its own exposure is the lower (0) or
        the upper (1) one.
    category
        Position of the category of an ordinal outcome.
    shift
        What is added to the linear predictor of the outcome.
    """
    n = len(found.design.outcome)
    size = BLOCK // POINTS ** (len(found.stages) - 2)
    total = np.zeros(found.places[-1].stop)
    value = by_shift = 0.0
    for start in range(0, n, size):
        rows = slice(start, start + size)
        block = _block(found, ends, rows, category, shift)
        value, by_shift = value + block.value / n, by_shift + block.by_shift / n
        total += block.gradient / n
    return Mean(value, total, by_shift)


def _block(
    found: Mediated, ends: Sequence[int], rows: slice, category: int | None, shift: float
) -> Mean:
    """Sum over some rows."""
    points: list[Points] = []
    for stage, end in zip(found.stages[:-1], ends, strict=False):
        points.append(_points(stage, end, rows, points))
    axes = len(points) + 1
    weights = [_spread(each.weights, axes) for each in points]
    sampled = found.design.weights
    if sampled is not None:
        weights.append(_spread(sampled[rows], axes))
    outcome = found.outcome
    linear = [each + shift for each in _linear(outcome, ends[-1], rows, points)]
    further = outcome.params[outcome.further]
    partials = _partials(outcome, linear, further, category)
    joint = _product(weights)
    gradient = np.zeros(found.places[-1].stop)
    for place, (stage, own) in enumerate(zip(found.stages[:-1], points, strict=True)):
        others = _product([*weights[:place], *weights[place + 1 :]]) * partials.value
        into = gradient[found.places[place]]
        bent = others * _spread(own.by_linear, axes)
        _add(into, stage, ends[place], rows, points[:place], [bent])
        for position, slope in zip(stage.further, own.by_further, strict=True):
            into[position] += (others * _spread(slope, axes)).sum()
    into = gradient[found.places[-1]]
    firsts = [joint * first for first in partials.first]
    _add(into, outcome, ends[-1], rows, points, firsts)
    for place, position in enumerate(outcome.fit.further):
        moved = further.astype(complex)
        moved[place] += 1j * STEP
        stepped = _partials(outcome, linear, moved, category)
        into[position] += (joint * stepped.value.imag).sum() / STEP
    shifted = sum(float(first.sum()) for first in firsts)
    return Mean(float((joint * partials.value).sum()), gradient, shifted)


@dataclass(frozen=True)
class _Partials:
    value: np.ndarray
    first: list[np.ndarray]


def _partials(
    stage: Stage, linear: list[np.ndarray], further: np.ndarray, category: int | None
) -> _Partials:
    shape = linear[0].shape
    found = stage.fit.design.family.partials([each.ravel() for each in linear], further, category)
    return _Partials(found.value.reshape(shape), [each.reshape(shape) for each in found.first])


def _points(stage: Stage, end: int, rows: slice, before: list[Points]) -> Points:
    """Give the points of a mediator at one exposure, for all points of those before it."""
    own = stage.fit.design
    if own.family.points is None:
        raise StudyError(f"There is no distribution of {own.family.name} to average over.")
    (linear,) = _linear(stage, end, rows, before)
    return own.family.points(linear, stage.params[stage.further], own.outcome)


def _linear(stage: Stage, end: int, rows: slice, before: list[Points]) -> list[np.ndarray]:
    """Linear predictors of some rows, one axis for the rows and one for each mediator before."""
    axes, found = len(before) + 1, []
    for places, columns in stage.fit.linear:
        params = stage.params[places]
        total = _spread(stage.matrices[end][rows][:, columns] @ params, axes)
        for each, slope in zip(before, stage.slopes[end], strict=True):
            total = total + _spread(each.values, axes) * (slope[columns] @ params)
        found.append(total)
    return found


def _add(
    into: np.ndarray,
    stage: Stage,
    end: int,
    rows: slice,
    before: list[Points],
    by_linear: list[np.ndarray],
) -> None:
    """Add the derivatives by the coefficients of a stage, from those by its linear predictors."""
    matrix = stage.matrices[end][rows]
    for (places, columns), bent in zip(stage.fit.linear, by_linear, strict=True):
        by_row = bent.sum(axis=tuple(range(1, bent.ndim)))
        into[places] += matrix[:, columns].T @ by_row
        for each, slope in zip(before, stage.slopes[end], strict=True):
            into[places] += slope[columns] * (bent * _spread(each.values, bent.ndim)).sum()


def _product(weights: Sequence[np.ndarray]) -> np.ndarray:
    result = np.ones(())
    for each in weights:
        result = result * each
    return result


def _spread(values: np.ndarray, axes: int) -> np.ndarray:
    """Add axes of length one behind those of an array."""
    return values.reshape(values.shape + (1,) * (axes - values.ndim))
