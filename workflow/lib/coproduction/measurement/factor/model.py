"""A measurement model as parameters and matrices.

The model is written as a path model of all variables v = (items, covariates, factors):
v = A v + u with cov(u) = S and mean m, so that with E = (I − A)⁻¹ the observed variables have the
covariance matrix F E S Eᵀ Fᵀ and the mean F E m (reticular action model; McArdle and McDonald 1984,
*British Journal of Mathematical and Statistical Psychology* 37, 234–251). In the common names,
Λ and the second-order loadings are blocks of A, Ψ and Θ blocks of S, ν and α parts of m.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from coproduction.errors import StudyError
from coproduction.measurement.factor.specification import Specification, spaced
from coproduction.measurement.options import Identification

Kind = Literal[
    "loading",
    "regression",
    "covariance",
    "variance",
    "residual",
    "threshold",
    "intercept",
    "mean",
    "scale",
]
Matrix = Literal["paths", "covariances", "means", "thresholds", "scales"]
Metric = Literal["covariance", "delta", "theta"]
NONE_OBSERVED = np.empty((0, 0))
MATRICES: tuple[Matrix, ...] = ("paths", "covariances", "means", "thresholds", "scales")


@dataclass(frozen=True)
class Parameter:
    """One cell of one matrix in one group.

    Attributes
    ----------
    group
        Position of the group.
    kind
        What it is: `residual` is a residual variance or covariance of items.
    lhs, rhs
        Names left and right of the operator.
    matrix, row, column
        Where it stands; `row` of a threshold is its place in the list of all thresholds.
    value
        What it is fixed to, or None where it is estimated.
    label
        Parameters with the same label (not empty) are one parameter.
    """

    group: int
    kind: Kind
    lhs: str
    rhs: str
    matrix: Matrix
    row: int
    column: int
    value: float | None = None
    label: str = ""

    @property
    def term(self) -> str:
        """The parameter in the field's usual notation, such as `mi =~ mi1`."""
        return term(self.kind, self.lhs, self.rhs)


@dataclass(frozen=True)
class Cells:
    """Cells of one matrix in one group: arrays of equal length.

    Attributes
    ----------
    rows, columns
        Position in the matrix.
    free
        Index of the estimated parameter, −1 where fixed.
    values
        The fixed value, 0 where estimated.
    """

    rows: np.ndarray
    columns: np.ndarray
    free: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class FactorModel:
    """A measurement model ready to be estimated.

    Attributes
    ----------
    specification
        What it was made from.
    items
        Observed items in order; covariates follow them in the matrices.
    groups
        Names of the groups, `("",)` for one.
    parameters
        Every parameter of every group, fixed ones included.
    metric
        `covariance`: the items' covariances are modelled; `delta`, `theta`: their polychoric
        correlations, with the total or the residual variance of a latent response as its unit.
    thresholds
        Number of thresholds of each item, empty for continuous items.
    """

    specification: Specification
    items: tuple[str, ...]
    groups: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    metric: Metric = "covariance"
    thresholds: tuple[int, ...] = ()

    @property
    def observed(self) -> tuple[str, ...]:
        """Items, then covariates."""
        return (*self.items, *self.specification.covariates)

    @property
    def variables(self) -> tuple[str, ...]:
        """Items, covariates, factors: the order of the rows of every matrix."""
        return (*self.observed, *self.specification.latent)

    @cached_property
    def free(self) -> np.ndarray:
        """Index of the estimated parameter behind each entry of `parameters`; −1 where fixed."""
        indices: dict[object, int] = {}
        free = np.full(len(self.parameters), -1)
        for place, parameter in enumerate(self.parameters):
            if parameter.value is None:
                key = parameter.label or place
                free[place] = indices.setdefault(key, len(indices))
        return free

    @property
    def n_free(self) -> int:
        """Number of estimated parameters."""
        return int(self.free.max(initial=-1)) + 1

    @cached_property
    def cells(self) -> tuple[Mapping[Matrix, Cells], ...]:
        """For each group, matrix -> its cells."""
        return tuple(
            {matrix: self._cells(group, matrix) for matrix in MATRICES}
            for group in range(len(self.groups))
        )

    def _cells(self, group: int, matrix: Matrix) -> Cells:
        chosen = [
            (parameter.row, parameter.column, free, parameter.value or 0.0)
            for parameter, free in zip(self.parameters, self.free, strict=True)
            if parameter.group == group and parameter.matrix == matrix
        ]
        rows, columns, free, values = zip(*chosen, strict=True) if chosen else ((), (), (), ())
        return Cells(
            np.array(rows, int),
            np.array(columns, int),
            np.array(free, int),
            np.array(values, float),
        )


def term(kind: Kind, lhs: str, rhs: str) -> str:
    """Write a parameter in the field's usual notation."""
    operator = {"loading": "=~", "regression": "~", "threshold": "|", "scale": "~*~"}
    if kind in ("intercept", "mean"):
        return f"{lhs} ~ 1"
    return f"{lhs} {operator.get(kind, '~~')} {rhs}"


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
    return [
        layout.cell("regression", target, covariate, "paths")
        for covariate, targets in layout.specification.covariates.items()
        for target in targets
    ]


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
    return cells


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
    correlated = [factor for factor in spec.latent if factor not in spec.uncorrelated]
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
