"""Where the search for the estimates goes when the usual one finds no optimum.

Weak factors make it fail although an optimum exists: the steps of Fisher scoring circle around it,
the item that gives a factor its unit hardly loads on it, or the start lies in the basin of a
solution at infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import Field, replace
from functools import partial
from typing import Any, ClassVar, Protocol

import numpy as np

from coproduction.measurement.factor.descent import Optimum, minimise, newton
from coproduction.measurement.factor.implied import Structure, structures
from coproduction.measurement.factor.model import FactorModel, Parameter
from coproduction.measurement.factor.standardised import cell

NEARLY_ALL, STRONG, WEAK = 0.95, 0.6, 0.3  # standardised loadings at a start
MOST_SINGLED = 12  # items of which each starts unlike the others
STEPS = 40  # of scoring from another start
FOLLOWED = 5  # ends of those steps that are followed with the exact Hessian


class Objective(Protocol):
    """What is minimised: the model, a value with its derivatives, and where to start."""

    # It is a frozen dataclass, so that one with another model is made by `replace`.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def model(self) -> FactorModel:
        """The model."""
        ...

    def start(self, given: np.ndarray | None = None) -> np.ndarray:
        """Guess the parameters."""
        ...

    def search(self) -> Optimum:
        """Search from the usual start."""
        ...

    def value(self, theta: np.ndarray) -> float:
        """Compute the discrepancy."""
        ...

    def slope(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compute its gradient and an approximation of its Hessian."""
        ...

    def curvature(self, theta: np.ndarray) -> np.ndarray:
        """Compute its Hessian."""
        ...


def best_optimum(objective: Objective) -> Optimum:
    """Search from the usual start, and where that fails from its end and from others.

    The end of the failed search is followed with the exact Hessian. If that leads nowhere some
    steps are taken from several starts, in the model's own units and in those in which every factor
    has variance one; the lowest ends are followed, and the lowest optimum counts.

    Returns
    -------
    Optimum
        In the model's own units; not converged where no start leads to one.
    """
    first = _guarded(objective.search, objective)
    if first.converged:
        return first
    end = _settled(objective, first.theta)
    if end.converged:
        return end
    own = objective.model
    ends = list(_rough(objective))
    twin = unit_variances(own)
    if twin is not None:
        there = replace(objective, model=twin)
        ends += [replace(each, theta=own_units(twin, own, each.theta)) for each in _rough(there)]
    # An optimum that was reached counts before a lower place from which the search ran on.
    ends.sort(key=lambda each: (not each.converged, _value(objective, each.theta)))
    found = [_settled(objective, each.theta) for each in ends[:FOLLOWED]]
    return min([end, *found], key=lambda each: (not each.converged, each.value))


def _rough(objective: Objective) -> Iterator[Optimum]:
    """Take some steps from several starts: the usual one, and loadings of many signs and sizes."""
    for given in (None, *_loadings(len(objective.model.items))):
        theta = objective.start(given)
        search = partial(minimise, theta, objective.value, objective.slope, STEPS)
        yield _guarded(search, objective)


def _loadings(p: int) -> Iterator[np.ndarray]:
    """Standardised loadings that are alike, and weak ones but one, of the other sign or strong."""
    yield np.full(p, STRONG)
    yield np.full(p, WEAK)
    for one in range(min(p, MOST_SINGLED)):
        yield np.where(np.arange(p) == one, -WEAK, WEAK)
        yield np.where(np.arange(p) == one, NEARLY_ALL, WEAK)


def _value(objective: Objective, theta: np.ndarray) -> float:
    try:
        value = objective.value(theta) if np.isfinite(theta).all() else np.inf
    except np.linalg.LinAlgError:
        return np.inf
    return value if np.isfinite(value) else np.inf


def _settled(objective: Objective, theta: np.ndarray) -> Optimum:
    """Follow the exact Hessian from where another search ended."""
    return _guarded(
        lambda: newton(theta, objective.value, objective.slope, objective.curvature), objective
    )


def _guarded(search: Callable[[], Optimum], objective: Objective) -> Optimum:
    """Count a search that leaves the numbers as one that ended nowhere."""
    nowhere = Optimum(objective.start(), np.inf, False, 0)
    try:
        found = search()
    except (np.linalg.LinAlgError, ValueError):
        return nowhere
    return found if np.isfinite(found.theta).all() and np.isfinite(found.value) else nowhere


def unit_variances(model: FactorModel) -> FactorModel | None:
    """Give every factor with one fixed loading the variance one instead.

    Returns
    -------
    FactorModel or None
        A model that implies the same, its parameters in the same order; None where it would not
        or where no factor has its unit from a loading.
    """
    if any(parameter.label for parameter in model.parameters):
        return None
    markers = {(p.group, p.lhs) for p in _markers(model)}
    if not markers or any(_bound(parameter) for parameter in model.parameters):
        return None
    return replace(model, parameters=tuple(_freed(p, markers) for p in model.parameters))


def _markers(model: FactorModel) -> list[Parameter]:
    """List the loadings that give factors their units, each the only fixed one of its factor."""
    fixed = [p for p in model.parameters if p.kind == "loading" and p.value]
    free = {(p.group, p.lhs) for p in model.parameters if p.kind == "variance" and p.value is None}
    owners = [(p.group, p.lhs) for p in fixed]
    pairs = zip(fixed, owners, strict=True)
    return [p for p, owner in pairs if owners.count(owner) == 1 and owner in free]


def _bound(parameter: Parameter) -> bool:
    """Whether a value that is fixed would change with a factor's unit."""
    return parameter.kind in ("regression", "mean") and bool(parameter.value)


def _freed(parameter: Parameter, markers: set[tuple[int, str]]) -> Parameter:
    if (parameter.group, parameter.lhs) not in markers:
        return parameter
    if parameter.kind == "loading" and parameter.value:
        return replace(parameter, value=None)
    return replace(parameter, value=1.0) if parameter.kind == "variance" else parameter


def own_units(twin: FactorModel, model: FactorModel, theta: np.ndarray) -> np.ndarray:
    """Write parameters of a model's twin with unit variances in the model's own units.

    With D the factors' new units over their old ones, A becomes DAD⁻¹, S DSD and m Dm.
    """
    parts = [
        _rescaled(part, _units(model, group, part))
        for group, part in enumerate(structures(twin, theta))
    ]
    own = np.zeros(model.n_free)
    for parameter, free in zip(model.parameters, model.free, strict=True):
        if free >= 0:
            own[free] = cell(parameter, parts[parameter.group])
    return own


def _units(model: FactorModel, group: int, part: Structure) -> np.ndarray:
    units = np.ones(len(model.variables))
    for marker in _markers(model):  # first-order factors stand before those above them
        if marker.group == group:
            loading = part.paths[marker.row, marker.column]
            units[marker.column] = units[marker.row] * loading / marker.value
    return units


@np.errstate(divide="ignore", invalid="ignore")
def _rescaled(part: Structure, units: np.ndarray) -> Structure:
    return replace(
        part,
        paths=part.paths * units[:, None] / units,
        covariances=part.covariances * np.outer(units, units),
        means=part.means * units,
    )
