"""From the specification of a model to its parameters and their places in matrices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from coproduction.errors import StudyError
from coproduction.measurement.factor.model import FactorModel, Kind, Matrix, Metric, Parameter, term
from coproduction.measurement.factor.specification import Specification, spaced
from coproduction.measurement.options import Identification

NONE_OBSERVED = np.empty((0, 0))


def factor_model(
    specification: Specification,
    *,
    groups: Sequence[str] = ("",),
    identification: Identification = "marker",
    metric: Metric = "covariance",
    thresholds: Sequence[int] = (),
    means: bool = False,
    covariate_covariance: np.ndarray = NONE_OBSERVED,
) -> FactorModel:
    """Lay out the parameters of a measurement model.

    Parameters
    ----------
    specification
        The model.
    groups
        Names of the groups; parameters are free in each (see `invariance` for equal ones).
    identification
        `marker`: the first loading of each factor is 1; `standardised`: the (residual) variance of
        each factor is 1. A loading or variance fixed by the model takes the place of either.
    metric
        What is modelled; see `FactorModel`.
    thresholds
        Number of thresholds of each item (ordinal items only).
    means
        Whether intercepts are modelled.
    covariate_covariance
        Sample covariances of the covariates, which are conditioned on; empty if there are none.

    Raises
    ------
    StudyError
        Where `fixed` or `equal` names a parameter that the model does not have.
    """
    parameters = []
    for group in range(len(groups)):
        layout = _Layout(specification, group)
        parameters += _loadings(layout, identification)
        parameters += _regressions(layout)
        parameters += _residuals(layout, metric)
        parameters += _factor_covariances(layout, identification)
        parameters += _covariates(layout, covariate_covariance)
        parameters += _thresholds(layout, metric, thresholds) if metric != "covariance" else []
        parameters += _means(layout, metric) if means or metric != "covariance" else []
    model = FactorModel(
        specification,
        specification.items,
        tuple(groups),
        tuple(parameters),
        metric,
        tuple(thresholds),
    )
    return _shared(_fixed(model, specification.fixed), specification.equal)


def constrain(
    model: FactorModel, kinds: Collection[str], released: Collection[str] = ()
) -> FactorModel:
    """Set parameters of the given kinds equal across groups, except the released terms."""
    parameters = tuple(
        replace(parameter, label=parameter.label.split(" @ ")[0] or parameter.term)
        if parameter.kind in kinds and parameter.term not in released
        else parameter
        for parameter in model.parameters
    )
    return replace(model, parameters=parameters)


@dataclass(frozen=True)
class _Layout:
    specification: Specification
    group: int

    @property
    def place(self) -> dict[str, int]:
        spec = self.specification
        return {n: i for i, n in enumerate((*spec.items, *spec.covariates, *spec.latent))}

    def cell(
        self, kind: Kind, lhs: str, rhs: str, matrix: Matrix, value: float | None = None
    ) -> Parameter:
        place = self.place
        row, column = (rhs, lhs) if kind == "loading" else (lhs, rhs)
        return Parameter(
            self.group, kind, lhs, rhs, matrix, place[row], place.get(column, 0), value
        )


def _loadings(layout: _Layout, identification: Identification) -> list[Parameter]:
    spec, cells = layout.specification, []
    for factor, indicators in spec.indicators.items():
        marked = identification == "marker" and not _scaled(spec, factor)
        for place, indicator in enumerate(indicators):
            value = 1.0 if factor in spec.method or (marked and place == 0) else None
            cells.append(layout.cell("loading", factor, indicator, "paths", value))
    return cells


def _scaled(spec: Specification, factor: str) -> bool:
    """Whether the model itself gives a factor its unit."""
    loadings = (spec.fixed.get(term("loading", factor, i), 0) for i in spec.indicators[factor])
    return term("variance", factor, factor) in spec.fixed or any(loadings)


def _regressions(layout: _Layout) -> list[Parameter]:
    spec = layout.specification
    acting = [(target, name) for name, targets in spec.covariates.items() for target in targets]
    acting += [(target, name) for target, names in spec.regressions.items() for name in names]
    return [layout.cell("regression", target, name, "paths") for target, name in acting]


def _residuals(layout: _Layout, metric: Metric) -> list[Parameter]:
    spec = layout.specification
    alone = {
        items[0]
        for factor, items in spec.factors.items()
        if len(items) == 1 and sum(items[0] in other for other in spec.factors.values()) == 1
    }
    cells = []
    if metric != "delta":
        for item in spec.items:
            value = 1.0 if metric == "theta" else 0.0 if item in alone else None
            cells.append(layout.cell("residual", item, item, "covariances", value))
    cells += [layout.cell("residual", a, b, "covariances") for a, b in spec.residual_covariances]
    return cells + _structural_covariances(layout)


def _structural_covariances(layout: _Layout) -> list[Parameter]:
    """Let predictors that are conditioned on covary, outcomes besides, and what the model names.

    As in lavaan's `sem`, what is explained and explains nothing covaries with its like.
    """
    spec = layout.specification
    given = {frozenset(pair) for pair in (*spec.residual_covariances, *spec.covariances)}
    pairs = [
        pair
        for names in (spec.exogenous, spec.outcomes)
        for pair in combinations(names, 2)
        if frozenset(pair) not in given
    ]
    return [
        layout.cell("covariance", a, b, "covariances")
        for a, b in (*spec.covariances, *pairs)
        if not {a, b} <= set(spec.latent) - set(spec.regressions) - spec.uncorrelated
    ]


def _factor_covariances(layout: _Layout, identification: Identification) -> list[Parameter]:
    spec = layout.specification
    unit = {
        factor
        for factor in (*spec.factors, *spec.second_order)
        if identification == "standardised" and not _scaled(spec, factor)
    }
    cells = [
        layout.cell("variance", factor, factor, "covariances", 1.0 if factor in unit else None)
        for factor in spec.latent
    ]
    explained = spec.uncorrelated.union(spec.regressions)
    correlated = [factor for factor in spec.latent if factor not in explained]
    pairs = [(a, b) for i, a in enumerate(correlated) for b in correlated[i + 1 :]]
    return cells + [layout.cell("covariance", a, b, "covariances") for a, b in pairs]


def _covariates(layout: _Layout, covariance: np.ndarray) -> list[Parameter]:
    names = tuple(layout.specification.covariates)
    return [
        layout.cell("variance" if a == b else "covariance", a, b, "covariances", covariance[i, j])
        for i, a in enumerate(names)
        for j, b in enumerate(names[: i + 1])
    ]


def _thresholds(layout: _Layout, metric: Metric, counts: Sequence[int]) -> list[Parameter]:
    items, cells, place = layout.specification.items, [], 0
    for item, count in zip(items, counts, strict=True):
        for number in range(1, count + 1):
            cells.append(
                Parameter(layout.group, "threshold", item, f"t{number}", "thresholds", place, 0)
            )
            place += 1
    if metric == "delta":
        cells += [layout.cell("scale", item, item, "scales", 1.0) for item in items]
    return cells


def _means(layout: _Layout, metric: Metric) -> list[Parameter]:
    spec = layout.specification
    value = None if metric == "covariance" else 0.0
    cells = [layout.cell("intercept", item, "", "means", value) for item in spec.items]
    return cells + [layout.cell("mean", factor, "", "means", 0.0) for factor in spec.latent]


def _fixed(model: FactorModel, fixed: Mapping[str, float]) -> FactorModel:
    if not fixed:
        return model
    asked = {_canonical(model, name, "fixed"): value for name, value in fixed.items()}
    parameters = (
        replace(parameter, value=asked[parameter.term]) if parameter.term in asked else parameter
        for parameter in model.parameters
    )
    return replace(model, parameters=tuple(parameters))


def _shared(model: FactorModel, equal: Sequence[Sequence[str]]) -> FactorModel:
    labels: dict[str, str] = {}
    for terms in equal:
        names = [_canonical(model, name, "equal") for name in terms]
        labels |= dict.fromkeys(names, names[0])
    if not labels:
        return model
    several = len(model.groups) > 1
    parameters = (
        replace(p, label=f"{labels[p.term]} @ {p.group}" if several else labels[p.term])
        if p.term in labels
        else p
        for p in model.parameters
    )
    return _spread(replace(model, parameters=tuple(parameters)))


def _spread(model: FactorModel) -> FactorModel:
    """Fix every parameter of a label one of whose parameters is fixed."""
    values = {p.label: p.value for p in model.parameters if p.label and p.value is not None}
    parameters = (
        replace(p, value=values[p.label]) if p.label in values else p for p in model.parameters
    )
    return replace(model, parameters=tuple(parameters))


def _canonical(model: FactorModel, name: str, key: str) -> str:
    terms = {parameter.term for parameter in model.parameters}
    left, operator, right = spaced(name).split(" ", 2)
    for candidate in (f"{left} {operator} {right}", f"{right} {operator} {left}"):
        if candidate in terms and (operator == "~~" or candidate == f"{left} {operator} {right}"):
            return candidate
    raise StudyError(
        f"`{key}` of the measurement model names `{name}`, which the model does not have; "
        f"its parameters are {', '.join(sorted(terms)[:12])}, …"
    )
