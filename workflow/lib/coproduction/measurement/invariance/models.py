"""The measurement models of an invariance ladder, each nested in the one before.

Factors are standardised in the first group. As soon as a step makes factors comparable, their
variances and then their means are free in the other groups. Ordinal items are identified as Wu and
Estabrook (2016, *Psychometrika* 81, 1014–1045) derive: equal thresholds free the intercepts and
scales of latent responses in the other groups. The metric is delta, which bears improper solutions
that theta has no numbers for, and theta where residual variances are held.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from coproduction.measurement.factor.layout import factor_model
from coproduction.measurement.factor.model import FactorModel, Kind, Metric, Parameter
from coproduction.measurement.factor.specification import Specification

Held = tuple[Kind, ...]

CONTINUOUS: Mapping[str, Held] = {
    "configural": (),
    "metric": ("loading",),
    "scalar": ("loading", "intercept"),
    "strict": ("loading", "intercept", "residual"),
}
ORDINAL: Mapping[str, Held] = {
    "configural": (),
    "thresholds": ("threshold",),
    "loadings": ("threshold", "loading"),
    "intercepts": ("threshold", "loading", "intercept"),
    "residuals": ("threshold", "loading", "intercept", "residual"),
}


def invariance_model(
    specification: Specification,
    groups: Sequence[str],
    held: Collection[Kind],
    released: Collection[str] = (),
    thresholds: Sequence[int] = (),
) -> FactorModel:
    """Lay out one step of the ladder.

    Parameters
    ----------
    specification
        First-order factors, each item behind one of them.
    groups
        Names of the groups; the first is the reference.
    held
        Kinds of parameters that are the same in every group.
    released
        Terms, such as `mi =~ mi3`, that are free in every group all the same.
    thresholds
        Number of thresholds of each item; empty for continuous items.

    Notes
    -----
    A three-category item has just enough thresholds to identify its intercept and scale, so that
    equal thresholds restrict nothing. The one threshold of a two-category item identifies its
    intercept only; its scale is free once its loading is held, and the variance of a factor with no
    other items once intercepts are held.
    """
    units: Metric = "theta" if "residual" in held else "delta"
    metric = units if thresholds else "covariance"
    laid = factor_model(
        specification,
        groups=groups,
        identification="standardised",
        metric=metric,
        thresholds=thresholds,
        means=True,
    )
    rules = _Ordinal if thresholds else _Continuous
    step = rules(specification, frozenset(held), frozenset(released), tuple(thresholds))
    return replace(laid, parameters=tuple(step.place(parameter) for parameter in laid.parameters))


class _Continuous:
    """Where a parameter of a step is free, equal across groups or fixed."""

    def __init__(
        self,
        specification: Specification,
        held: frozenset[Kind],
        released: frozenset[str],
        thresholds: tuple[int, ...],
    ) -> None:
        self.held, self.released = held, released
        counts = dict(zip(specification.items, thresholds, strict=False))
        self.binary = {item for item, count in counts.items() if count == 1}
        self.below = specification.factors

    def place(self, parameter: Parameter) -> Parameter:
        if parameter.kind == "variance":
            return self._freed(parameter, self._comparable(parameter.lhs))
        if parameter.kind == "mean":
            return self._freed(parameter, "intercept" in self.held)
        return self._item(parameter)

    def _item(self, parameter: Parameter) -> Parameter:
        return self._equal(parameter)

    def _comparable(self, factor: str) -> bool:
        """Whether the other groups' variance of a factor is identified."""
        alone = self.binary.issuperset(self.below[factor])
        return ("intercept" if alone else "loading") in self.held

    def _freed(self, parameter: Parameter, free: bool) -> Parameter:
        return replace(parameter, value=None) if free and parameter.group else parameter

    def _equal(self, parameter: Parameter) -> Parameter:
        if parameter.kind in self.held and parameter.term not in self.released:
            return replace(parameter, label=parameter.term)
        return parameter


class _Ordinal(_Continuous):
    def _item(self, parameter: Parameter) -> Parameter:
        held = parameter.kind in self.held and parameter.term not in self.released
        if parameter.kind == "intercept":
            return self._freed(parameter, "threshold" in self.held and not held)
        if parameter.kind in ("scale", "residual"):
            first = "loading" if parameter.lhs in self.binary else "threshold"
            return self._freed(parameter, first in self.held and not held)
        return self._equal(parameter)
