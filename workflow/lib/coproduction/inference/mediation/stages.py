"""The models of a mediation, fitted to the same rows, and what rows add to their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from coproduction.inference.data.design import Design, design
from coproduction.inference.data.requirements import check_terms_and_outcome
from coproduction.inference.data.tables import AllTables
from coproduction.inference.data.variables import check_apart
from coproduction.inference.model.regression import Fit, fit
from coproduction.numerics.averages import mean, standard_deviation, times
from coproduction.numerics.families import family_of
from coproduction.numerics.glm import LinearFit
from coproduction.plan.paths.mediations import Mediation


@dataclass(frozen=True)
class Stage:
    """A fitted model of a mediation with p parameters, for n rows.

    Attributes
    ----------
    fit
        The model of a mediator or of the outcome.
    matrices
        n × k: its columns with everybody at the lower and at the upper value of the exposure, and
        mediators at zero.
    slopes
        For either value, and each mediator before it, how its columns move with that mediator (k).
    params
        p: parameters; the logarithm of an estimated dispersion behind them.
    influence
        n × p: what each row adds to them.
    """

    fit: Fit
    matrices: tuple[np.ndarray, np.ndarray]
    slopes: tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]
    params: np.ndarray
    influence: np.ndarray

    @property
    def dispersed(self) -> bool:
        """Whether the last parameter is the logarithm of a dispersion."""
        return len(self.params) > len(self.fit.params)

    @cached_property
    def further(self) -> np.ndarray:
        """Positions of thresholds and dispersion."""
        last = [len(self.params) - 1] if self.dispersed else []
        return np.append(self.fit.further, last).astype(int)


@dataclass(frozen=True)
class Mediated:
    """A fitted mediation.

    Attributes
    ----------
    planned
        What was planned.
    ends
        Lower and upper value of the exposure.
    stages
        Models of the mediators in their order, then that of the outcome.
    """

    planned: Mediation
    ends: tuple[float, float]
    stages: tuple[Stage, ...]

    @property
    def outcome(self) -> Stage:
        """Model of the outcome."""
        return self.stages[-1]

    @property
    def design(self) -> Design:
        """Design of the model of the outcome, which holds all variables."""
        return self.outcome.fit.design

    @cached_property
    def places(self) -> list[slice]:
        """Where the parameters of each model stand among all."""
        stops = np.cumsum([len(each.params) for each in self.stages])
        return [
            slice(stop - len(each.params), stop)
            for stop, each in zip(stops, self.stages, strict=True)
        ]

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of all parameters, of stacked estimating equations.

        J / (J − 1) times the sum over clusters (or rows) of the squares of what they add, so that
        models of the same rows are not taken as independent (Stefanski and Boos 2002, *The American
        Statistician* 56, 29–38).
        """
        sums = self.design.rows.together.sums(np.hstack([each.influence for each in self.stages]))
        return sums.T @ sums * (len(sums) / (len(sums) - 1))

    @property
    def df(self) -> float:
        """Degrees of freedom: clusters − 1, infinite where rows are independent."""
        clusters = self.design.rows.n_clusters
        return np.inf if clusters is None else float(clusters - 1)


def fitted(tables: AllTables, planned: Mediation) -> Mediated:
    """Fit the models of a mediation.

    Raises
    ------
    Refusal
        If one of them cannot be fitted to the rows.
    """
    check_apart(planned.model, tables.plan)
    tables.check_weights(planned.model)
    table, rows = tables.of(planned.model)
    return mediated(design(table, planned.model, rows, tables.scales), planned)


def mediated(whole: Design, planned: Mediation) -> Mediated:
    """Fit the models of a mediation from the design of its outcome.

    Raises
    ------
    Refusal
        As `fitted`.
    """
    ends = _ends(whole, planned)
    terms = [each.term for each in planned.mediators]
    designs = [_of_mediator(whole, planned, place) for place in range(len(terms))]
    stages = [
        _stage(each, planned.exposure.term, terms[:place], ends)
        for place, each in enumerate([*designs, whole])
    ]
    return Mediated(planned, ends, tuple(stages))


def _ends(whole: Design, planned: Mediation) -> tuple[float, float]:
    """Give the two values of the exposure that are compared."""
    if planned.contrast is not None:
        return planned.contrast
    if values := whole.low_and_high(planned.exposure.term):
        return values
    values, weights = whole.matrix[planned.exposure.term].to_numpy(), whole.weights
    low = float(mean(values, weights))
    return low, low + float(standard_deviation(values, weights))


def _of_mediator(whole: Design, planned: Mediation, place: int) -> Design:
    """Make the design of a mediator: all that does not come after it."""
    own = planned.mediators[place]
    later = {each.term for each in planned.mediators[place:]}
    factors = {name: each for name, each in whole.factors.items() if not later & set(each)}
    matrix, outcome = whole.matrix[list(factors)], whole.matrix[own.term].to_numpy()
    model = replace(planned.model, outcome=own.variable, family=own.family)
    check_terms_and_outcome(matrix, outcome, whole.rows, model)
    return replace(
        whole,
        outcome_name=own.variable,
        outcome=outcome,
        matrix=matrix,
        factors=factors,
        family=family_of(own.family),
    )


def _stage(own: Design, exposure: str, before: list[str], ends: tuple[float, float]) -> Stage:
    found = fit(own)
    influence, params = found.estimated.scores @ found.estimated.bread, found.params.to_numpy()
    if own.family.student and (linear := found.estimated.linear) is not None:
        value, added = _dispersion(own, linear, influence)
        params, influence = np.append(params, value), np.column_stack([influence, added])
    matrices, slopes = [], []
    for value in ends:
        held = {exposure: value, **dict.fromkeys(before, 0.0)}
        matrices.append(own.at(held))
        slopes.append(_slopes(own, held, before, matrices[-1][0]))
    return Stage(found, (matrices[0], matrices[1]), (slopes[0], slopes[1]), params, influence)


def _slopes(
    own: Design, held: Mapping[str, float], before: list[str], zero: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Say how the columns of a design move with each mediator, which is the same for all rows."""
    return tuple(own.at({**held, name: 1.0})[0] - zero for name in before)


def _dispersion(own: Design, linear: LinearFit, influence: np.ndarray) -> tuple[float, np.ndarray]:
    """Logarithm of Pearson's dispersion χ² / (n − k), and what each row adds to it (n)."""
    n, k = own.matrix.shape
    residual = own.outcome - linear.mean
    pearson = residual**2 / linear.variance
    bend = own.family.generalised_linear().variance.deriv(linear.mean)
    by_linear = -(2 * residual + pearson * bend) * linear.slope / linear.variance
    moved = own.matrix.to_numpy().T @ times(by_linear, own.weights) / (n - k)
    scale = float(times(pearson, own.weights).sum() / (n - k))
    added = times(pearson / (n - k) - scale / n, own.weights) + influence @ moved
    return float(np.log(scale)), added / scale
