"""A measurement model as parameters and matrices.

The model is written as a path model of all variables v = (items, covariates, factors):
v = A v + u with cov(u) = S and mean m, so that with E = (I − A)⁻¹ the observed variables have the
covariance matrix F E S Eᵀ Fᵀ and the mean F E m (reticular action model; McArdle and McDonald 1984,
*British Journal of Mathematical and Statistical Psychology* 37, 234–251). In the common names,
Λ and the second-order loadings are blocks of A, Ψ and Θ blocks of S, ν and α parts of m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from coproduction.measurement.factor.specification import Specification

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

    @property
    def disturbance_pairs(self) -> tuple[tuple[str, str], ...]:
        """Explained variables whose disturbances covary, estimated in the first group."""
        explained = self.specification.regressions
        return tuple(
            (each.lhs, each.rhs)
            for each in self.parameters
            if each.group == 0 and each.value is None and each.matrix == "covariances"
            if each.lhs != each.rhs and each.lhs in explained and each.rhs in explained
        )

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
