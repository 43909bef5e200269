"""Structural models: the one entry point."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.factor.confirmatory import FactorFit, confirmatory
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.maximum_likelihood import Likelihood
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.specification import Specification, specification
from coproduction.measurement.factor.standardised import completed
from coproduction.measurement.fit.tables import fit_line, fit_series, parameter_table
from coproduction.measurement.options import Estimator, Identification, Missing
from coproduction.measurement.structural.conditioned import conditioned, parameters_of
from coproduction.measurement.structural.derived import derived_from
from coproduction.measurement.structural.effects import DRAWS, Derived, PathEffect, effect_table
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.printing import printed
from coproduction.rows import Rows

MOST_CATEGORIES = 12
ERRORS = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]


@printed
@dataclass(frozen=True)
class StructuralFit:
    """A fitted structural model.

    Attributes
    ----------
    model
        What was estimated, with measurement part and structural part; see `FactorFit`, which holds
        everything about parameters and fit.
    effects
        A row per effect that was asked for, see `effects.effect_table`, preceded by `group` where
        there are several.
    explained
        A row per variable that is explained: `term, r_squared`, preceded by `group`.
    n_conditioned
        Rows left out because a predictor that is conditioned on is missing.
    """

    model: FactorFit
    effects: pd.DataFrame
    explained: pd.DataFrame
    n_conditioned: int
    shown: ClassVar[tuple[str, ...]] = ("lhs", "kind", "rhs", "estimate", "std_error", "p_value")

    @property
    def parameters(self) -> pd.DataFrame:
        """One row per parameter."""
        return self.model.parameters

    @property
    def regressions(self) -> pd.DataFrame:
        """The rows of `parameters` that are regressions."""
        chosen = self.parameters["kind"] == "regression"
        return self.parameters[chosen].reset_index(drop=True)

    @property
    def fit(self) -> pd.Series:
        """Named fit measures."""
        return self.model.fit

    @property
    def derived(self) -> Derived:
        """What effects are computed from, of the first group."""
        return _derived(self.model, 0)

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        explained = len(self.model.model.specification.regressions)
        return f"{explained} regressions, {self.model.estimator}: {fit_line(self.fit)}"

    def to_frame(self) -> pd.DataFrame:
        """Regressions first, then every other parameter."""
        later = self.parameters["kind"].ne("regression")
        return self.parameters.loc[later.sort_values(kind="stable").index].reset_index(drop=True)


def structural(
    data: pd.DataFrame,
    model: Mapping[str, Any] | Specification,
    estimator: Estimator = "MLR",
    *,
    effects: Mapping[str, PathEffect] | None = None,
    missing: Missing = "listwise",
    identification: Identification = "marker",
    means: bool = False,
    groups: pd.Series | None = None,
    equal_across: Collection[str] = (),
    rows: Rows | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 1,
    draws: int = DRAWS,
) -> StructuralFit:
    """Fit a model with a measurement part and regressions among factors and observed variables.

    Parameters
    ----------
    data
        Respondents × variables, NaN where missing.
    model
        As of `confirmatory`, with `regressions` (what is explained -> what explains it) and
        `covariances` (pairs). Factors that nothing explains covary, and so do those that are
        explained and explain nothing. Observed variables that nothing explains are conditioned on:
        rows on which one is missing are left out and counted, whatever `missing` says.
    estimator
        `ML`, `MLR` (continuous variables) or `WLSMV` (ordinal items and observed variables that
        are explained), as of `confirmatory`. An ordinal variable that is explained and explains
        puts all in the theta metric.
    effects
        Direct, indirect and total effects that are asked for, by name.
    missing, identification, means, groups, equal_across, rows, confidence
        As of `confirmatory`.
    seed, draws
        Seed and number of the draws of Monte-Carlo intervals.

    Raises
    ------
    StudyError
        As `confirmatory`; if the model has no regressions, WLSMV is asked for an observed predictor
        or a variable of many values, or an effect names what the model does not have.
    """
    spec = model if isinstance(model, Specification) else specification(model)
    if not spec.regressions:
        raise Refusal("no_regressions")
    if estimator == "WLSMV":
        _check_ordinal(spec, data)
    known = _known(spec, data)
    kept = data[known]
    inner = bool({*spec.observed} & {*spec.regressions} & spec.predictors)
    fit = confirmatory(
        kept,
        spec,
        estimator,
        missing=missing,
        identification=identification,
        parameterisation="theta" if inner and estimator == "WLSMV" else "delta",
        means=means,
        groups=None if groups is None else groups[known],
        equal_across=equal_across,
        rows=rows,
        confidence=confidence,
    )
    if spec.exogenous and isinstance(fit.objective, Likelihood):
        fit = _conditioned(fit, fit.objective, confidence)
    tables, explained = [], []
    for place, group in enumerate(fit.model.groups):
        derived = _derived(fit, place)
        _check_stable(derived, spec)
        tables.append(
            effect_table(derived, effects or {}, confidence, seed, draws).assign(group=group)
        )
        explained.append(_explained(fit, place).assign(group=group))
    return StructuralFit(
        fit, _joined(tables, fit.model), _joined(explained, fit.model), int((~known).sum())
    )


def _joined(tables: list[pd.DataFrame], model: FactorModel) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    if len(model.groups) == 1:
        return table.drop(columns="group")
    return table[["group", *(name for name in table if name != "group")]]


def _known(spec: Specification, data: pd.DataFrame) -> pd.Series:
    """Tell of which rows every predictor that is conditioned on is known."""
    names = [name for name in spec.exogenous if name in data]
    return data[names].notna().all(axis=1)


def _check_ordinal(spec: Specification, data: pd.DataFrame) -> None:
    if spec.exogenous:
        raise Refusal("ordinal_given_predictors", names=list(spec.exogenous))
    for name in spec.items:
        if name in data and data[name].nunique() > MOST_CATEGORIES:
            raise Refusal("not_ordinal", name=name, n=int(data[name].nunique()))


def _check_stable(derived: Derived, spec: Specification) -> None:
    """Refuse effects that go round a circle and grow without end."""
    radius = np.abs(np.linalg.eigvals(derived.paths(derived.theta))).max(initial=0)
    if radius >= 1:
        raise Refusal("cycle_unstable", names=list(spec.regressions), value=float(radius))


def _conditioned(fit: FactorFit, objective: Likelihood, confidence: float) -> FactorFit:
    estimates = conditioned(fit.estimates, objective)
    measures = fit_series(estimates)
    own = np.unique(fit.model.free[parameters_of(fit.model) & (fit.model.free >= 0)])
    measures["n_parameters"] -= len(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = parameter_table(estimates, confidence)
    table.loc[parameters_of(fit.model), ERRORS] = np.nan
    return replace(fit, estimates=estimates, fit=measures, parameters=table)


def _derived(fit: FactorFit, place: int) -> Derived:
    return derived_from(fit.model, place, fit.estimates.theta, fit.estimates.covariance)


def _explained(fit: FactorFit, place: int) -> pd.DataFrame:
    model = fit.model
    part = completed(model, structures(model, fit.estimates.theta)[place])
    names = [name for name in model.variables if name in model.specification.regressions]
    places = [model.variables.index(name) for name in names]
    shares = 1 - part.covariances.diagonal()[places] / part.spread.diagonal()[places]
    return pd.DataFrame({"term": names, "r_squared": shares})
