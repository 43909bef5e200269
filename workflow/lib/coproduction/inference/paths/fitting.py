"""One planned path model fitted to one set of tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.tables import AllTables
from coproduction.inference.paths.prepared import Prepared, prepared
from coproduction.measurement.structural import (
    AGREEMENT,
    Derived,
    PathEffect,
    disturbance_correlations,
    effect_table,
    measure,
    path_modifications,
    spreads_of,
    structural,
    structure_after,
)
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.student import quantile, two_sided
from coproduction.plan.options import PathKind
from coproduction.plan.paths.paths import PathEstimand, PathModel

NO_AGREEMENT = 1e-4
"""Share of the items' mean variance below which there is no agreement to speak of."""

COVARIANCE = "covariance"
"""What the table of effects calls the correlation of two disturbances."""


@dataclass(frozen=True)
class PathFit:
    """What one path model gives.

    Attributes
    ----------
    effects
        A row per regression, per effect that is asked and per correlation of disturbances.
    standardised
        The same rows, `estimate` and what belongs to it between variables of variance one.
    left_out
        A row per regression or covariance that the model leaves out, `estimate` its expected
        change between variables of variance one.
    model
        Its row of the table of path models.
    derived
        What effects are computed from, in the units that are reported.
    measured
        Where the measurement step ended, from which that of another imputed table starts.
    """

    effects: pd.DataFrame
    standardised: pd.DataFrame
    left_out: pd.DataFrame
    model: Mapping[str, Any]
    derived: Derived
    measured: np.ndarray | None = None


def asked_of(planned: PathModel, further: Sequence[PathEstimand]) -> dict[str, PathEffect]:
    """Name all that is asked of a path model: its regressions, its own effects and further ones.

    Beside every indirect effect stand the total one between its ends and its share of that.
    """
    single = [
        PathEstimand(kind="path", along=(cause, outcome))
        for outcome, causes in planned.explained.items()
        for cause in causes
    ]
    named = (*single, *planned.asked, *further)
    chains = [
        path
        for each in named
        if each.kind in ("indirect", "indirect_difference")
        for path in (each.along, each.less)
        if len(path) > 2
    ]
    beside = [
        asked
        for path in chains
        for asked in (
            PathEstimand(kind="indirect", along=path),
            PathEstimand(kind="total_effect", along=(path[0], path[-1])),
            PathEstimand(kind="share_mediated", along=path),
        )
    ]
    every = dict.fromkeys((*named, *beside))
    return {
        f"{each.kind} {each.term}": PathEffect(cast(PathKind, each.kind), each.along, each.less)
        for each in every
    }


def fit_path(
    tables: AllTables,
    planned: PathModel,
    asked: Mapping[str, PathEffect],
    start: np.ndarray | None = None,
) -> PathFit:
    """Fit a path model.

    Parameters
    ----------
    tables
        Tables of the plan.
    planned
        The path model.
    asked
        Effects, see `asked_of`.
    start
        `PathFit.measured` of another imputed table.

    Raises
    ------
    Refusal
        If its rows or the answers do not determine it.
    """
    data = prepared(tables, planned)
    if planned.estimator == "SAM":
        derived, shares, left, model, measured = _after_measurement(data, planned, start)
    else:
        derived, shares, left, model, measured = _at_once(data, planned)
    own = replace(derived, spreads=_units(derived, data, planned))
    clusters = data.rows.n_clusters
    df = np.inf if clusters is None else float(clusters - 1)
    basis = {"path": planned.id, "n": len(data.raw), "n_clusters": clusters}
    effects, alike = (tabulated(each, asked, df).assign(**basis) for each in (own, derived))
    outcomes = [name.rpartition(" > ")[2] for name in effects["term"]]
    straight = effects["kind"] == "path"
    effects["r_squared"] = [
        shares.get(name, np.nan) if is_path else np.nan
        for name, is_path in zip(outcomes, straight, strict=True)
    ]
    told = {"estimator": planned.estimator, **basis, **model}
    return PathFit(effects, alike, _left_out(left, basis, df), told, own, measured)


def _left_out(tests: pd.DataFrame, basis: Mapping[str, Any], df: float) -> pd.DataFrame:
    """Give what the score tests tell of each candidate as an estimate with its t test."""
    names = {"standardised_change": "estimate", "change_std_error": "std_error"}
    found = tests.rename(columns=names)
    statistic = found["estimate"] / found["std_error"]
    p_values = [two_sided(value, df) for value in statistic]
    return found.assign(**basis, statistic=statistic, df=df, p_value=p_values)


def tabulated(derived: Derived, asked: Mapping[str, PathEffect], df: float) -> pd.DataFrame:
    """Estimate effects and correlations of disturbances, with t tests and intervals.

    Parameters
    ----------
    derived
        The model; effects count in the units that its `spreads` say.
    asked
        Effects by name.
    df
        Degrees of freedom, infinite for the normal distribution.
    """
    table = effect_table(derived, asked, CONFIDENCE, 0, 0)
    found = pd.DataFrame(
        {
            **{name: table[name] for name in ("effect", "kind", "term")},
            "estimate": table["standardised"],
            "std_error": table["standardised_std_error"],
        }
    )
    covarying = disturbance_correlations(derived).assign(kind=COVARIANCE)
    covarying["effect"] = [f"{COVARIANCE} {term}" for term in covarying["term"]]
    found = pd.concat([found, covarying], ignore_index=True) if len(covarying) else found
    error = found["std_error"]
    statistic = found["estimate"] / error.where(error > 0)
    half = quantile((1 + CONFIDENCE) / 2, df) * error
    return found.assign(
        statistic=statistic,
        df=df,
        p_value=[two_sided(value, df) for value in statistic],
        conf_low=found["estimate"] - half,
        conf_high=found["estimate"] + half,
    )


Found = tuple[Derived, Mapping[str, float], pd.DataFrame, dict[str, Any], np.ndarray | None]


def _after_measurement(data: Prepared, planned: PathModel, start: np.ndarray | None) -> Found:
    agreement = planned.agreement and data.reversed

    def step(agreement: bool) -> Any:
        return measure(
            data.values,
            data.columns,
            data.factors,
            agreement=agreement,
            rows=data.rows,
            df=data.df,
            start=start,
            products=planned.products,
            leave=data.leave,
        )

    measured = step(agreement)
    least = NO_AGREEMENT * float((data.values**2).sum(axis=0).mean()) / data.df
    if measured.agreement is not None and measured.agreement < least:
        measured = step(False)
    found = structure_after(measured, planned.explained, planned.covariances)
    model = {
        "chisq": found.chisq / found.scaling if found.df else np.nan,
        "df": found.df,
        "p_value": found.p_value,
        "aic": found.aic,
        "bic": found.bic,
        "note": str(_at_zero(measured.at_zero)) if measured.at_zero else "",
    }
    return found.derived, found.explained, found.left_out, model, measured.theta


def _at_zero(names: Sequence[str]) -> Note:
    return Note("items_at_zero", {"names": list(names)})


def _at_once(data: Prepared, planned: PathModel) -> Found:
    estimator = "MLR" if planned.estimator == "FIML" else planned.estimator
    items = [item for own in data.factors.values() for item in own]
    method = {AGREEMENT: items} if planned.agreement and data.reversed else {}
    fit = structural(
        data.raw,
        {
            "factors": dict(data.factors),
            "method": method,
            "regressions": planned.explained,
            "covariances": planned.covariances,
        },
        estimator,  # type: ignore[arg-type]
        rows=data.rows,
        draws=0,
    )
    scaled = "_scaled" if "chisq_scaled" in fit.fit else ""
    measures = {name: float(fit.fit[f"{name}{scaled}"]) for name in ("chisq", "df", "p_value")}
    measures |= {name: float(fit.fit.get(name, np.nan)) for name in ("aic", "bic")}
    shares = dict(zip(fit.explained["term"], fit.explained["r_squared"], strict=True))
    left = path_modifications(fit, robust=estimator != "ML")
    return fit.derived, shares, left, measures | {"note": ""}, None


def _units(
    derived: Derived, data: Prepared, planned: PathModel
) -> Callable[[np.ndarray], np.ndarray]:
    """Say in what variables count: constructs in standard deviations, others as they are told."""
    inner = planned.estimator == "SAM"
    own = np.array([name in data.units and not planned.standardise for name in derived.names])
    scale = np.array([1 / data.units.get(name, 1.0) if inner else 1.0 for name in derived.names])

    def spreads(theta: np.ndarray) -> np.ndarray:
        found = derived.spreads(theta)
        return spreads_of(derived.names, np.where(own, scale.astype(found.dtype), found))

    return spreads


def refused(planned: PathModel, error: Refusal) -> dict[str, Any]:
    """Tell of a path model that it could not be fitted, and why."""
    told = {"path": planned.id, "estimator": planned.estimator, "status": "failed"}
    return told | {"reason": str(error.note)}
