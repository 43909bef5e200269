"""What the models of a plan give on one set of tables: fits, and tidy tables of them.

Everything here is about a choice of the plan's models, so that some can be fitted to complete cases
and others to each imputed table; `pooled` puts the tables together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.checks import diagnostics as checking
from coproduction.inference.checks.sensitivity import associations
from coproduction.inference.data.design import design
from coproduction.inference.data.tables import AllTables
from coproduction.inference.data.variables import check_apart
from coproduction.inference.effects import moderation as moderating
from coproduction.inference.effects import predictions, surface
from coproduction.inference.effects.estimands import effects, row, value_of
from coproduction.inference.model.regression import Fit, coefficients, fit
from coproduction.inference.variance.bootstrap import bootstrap
from coproduction.inference.variance.variance_components import COLUMNS as COMPONENT_COLUMNS
from coproduction.inference.variance.variance_components import variance_components
from coproduction.missing.tidy import ADDED
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families import family_of
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.models.model import Curve, Model
from coproduction.plan.models.moderation import Moderation
from coproduction.plan.options import CONFIRMATORY, CROSS_PARTIAL, EXPLORATORY
from coproduction.plan.plan import Plan

ESTIMATE = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
BASIS = ["n", "n_clusters", "covariance"]
EFFECT_COLUMNS = [
    *("model", "role", "status", "estimand", "term", "per", "reference", "at"),
    *("category", *ESTIMATE),
    *("n", "n_cell", "n_clusters", "weights", "covariance", *ADDED, "note"),
]
COEFFICIENT_COLUMNS = [
    *("model", "part", "term", "reference", *ESTIMATE),
    *("exp_estimate", "exp_conf_low", "exp_conf_high", *BASIS, *ADDED, "note"),
]
MODEL_COLUMNS = [
    *("model", "role", "outcome", "family", "link", "n", "n_clusters", "n_dropped"),
    *("weights", "sum_of_weights", "effective_n", "design_effect"),
    *("covariance", "random", "log_likelihood", "n_imputations", "status", "reason"),
]


@dataclass(frozen=True)
class Results:
    """Tidy tables of some of the plan's models, fitted to one set of tables.

    Attributes
    ----------
    models, coefficients, effects, variance_components, curves, surface, moderation
        As in `Analysis`.
    estimates
        One row per hypothesis that rests on one of the models: a row of the effects table with
        `hypothesis` and `bootstrap_p_value`, or `reason` why there is none.
    associations
        What the sensitivity to unmeasured confounders is computed from.
    diagnostics
        One row per check.
    """

    models: pd.DataFrame
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    variance_components: pd.DataFrame
    curves: pd.DataFrame
    surface: pd.DataFrame
    moderation: pd.DataFrame
    estimates: pd.DataFrame
    associations: pd.DataFrame
    diagnostics: pd.DataFrame


Inflations = Mapping[str, pd.Series]
"""How the measurement step of models with constructs counts in their standard errors, by model."""


def results(
    tables: AllTables,
    chosen: Collection[str],
    seed: int,
    *,
    checked: bool = True,
    known: Inflations | None = None,
) -> Results:
    """Fit some models of the plan and tabulate what they give.

    Parameters
    ----------
    tables
        The tables of the plan.
    chosen
        Names of the models.
    seed
        Seed of the bootstrap.
    checked
        Whether the fits are checked, which takes long.
    known
        What is known of the measurement steps from another imputed table.
    """
    plan = tables.plan
    fits, failures = fitted(tables, chosen, known)
    estimates = _estimates(fits, failures, plan, seed)
    return Results(
        models=_models(fits, failures, plan),
        coefficients=stacked(
            [coefficients(each, CONFIDENCE) for each in fits.values()], COEFFICIENT_COLUMNS
        ),
        effects=_effects(fits, plan),
        variance_components=stacked(
            [variance_components(each, CONFIDENCE) for each in fits.values()],
            list(COMPONENT_COLUMNS),
        ),
        curves=_curves(fits, plan),
        surface=_surface(fits, plan),
        moderation=_moderation(tables, fits, chosen),
        estimates=_tabulated(estimates, plan),
        associations=associations(fits, estimates, plan, CONFIDENCE),
        diagnostics=_diagnostics(fits if checked else {}, plan),
    )


def estimates_of(
    tables: AllTables, chosen: Collection[str], seed: int, known: Inflations | None = None
) -> pd.DataFrame:
    """Estimate the hypotheses that rest on some models, as `Results.estimates` holds them."""
    found = _estimates(*fitted(tables, chosen, known), tables.plan, seed)
    return _tabulated(found, tables.plan)


def inflations(tables: AllTables, chosen: Collection[str]) -> dict[str, pd.Series]:
    """Compute how measurement steps count in the standard errors of some models of the plan."""
    fits, _ = fitted(tables, chosen)
    return {name: each.inflation for name, each in fits.items() if each.inflation is not None}


def _tabulated(estimates: Mapping[str, Mapping[str, Any]], plan: Plan) -> pd.DataFrame:
    models = {each.id: each.model for each in plan.questions}
    rows = [
        {"hypothesis": name, "model": models[name], "reason": "", **each}
        for name, each in estimates.items()
    ]
    return pd.DataFrame(rows, columns=None if rows else ["hypothesis", "model", "reason"])


def fitted(
    tables: AllTables, chosen: Collection[str], known: Inflations | None = None
) -> tuple[dict[str, Fit], dict[str, str]]:
    """Fit some models of the plan: fits by name, and the reason why others could not be fitted."""
    fits, failures = {}, {}
    for model in tables.plan.models:
        if model.id not in chosen:
            continue
        try:
            check_apart(model, tables.plan)
            tables.check_weights(model)
            table, rows = tables.of(model)
            made = design(table, model, rows, tables.scales)
            fits[model.id] = fit(made, (known or {}).get(model.id))
        except Refusal as error:
            failures[model.id] = str(error.note)
    return fits, failures


def _estimates(
    fits: Mapping[str, Fit], failures: Mapping[str, str], plan: Plan, seed: int
) -> dict[str, dict[str, Any]]:
    """Row of the effects table for each hypothesis, or the reason why there is none."""
    found: dict[str, dict[str, Any]] = {}
    for hypothesis in plan.questions:
        result, estimand = fits.get(hypothesis.model), hypothesis.estimand
        if result is None:
            if hypothesis.model in failures:
                found[hypothesis.id] = {"reason": failures[hypothesis.model]}
            continue
        try:
            estimated = estimate_of(result, estimand)
            p_value = _bootstrapped(result, estimand, plan.checks.bootstrap, seed)
            found[hypothesis.id] = {**estimated, "bootstrap_p_value": p_value}
        except Refusal as error:
            found[hypothesis.id] = {"reason": str(error.note)}
    return found


def estimate_of(fitted: Fit, estimand: Estimand) -> dict[str, Any]:
    """Give an estimand's row of the effects table.

    Raises
    ------
    Refusal
        If the model has no such term, or its clusters or rows determine no standard error.
    """
    estimated = row(fitted, estimand, CONFIDENCE)
    _check_error(estimated)
    return estimated


def _check_error(estimated: Mapping[str, Any]) -> None:
    """Refuse an estimate whose clusters or rows leave no standard error or degrees of freedom."""
    if estimated["std_error"] > 0 and estimated["df"] > 0:
        return
    names = {"model": estimated["model"], "term": estimated["term"]}
    if estimated["n_clusters"] is None:
        raise Refusal("rows_determine_no_error", **names, n=estimated["n"])
    raise Refusal("clusters_determine_no_error", **names, n=estimated["n_clusters"])


def _bootstrapped(fitted: Fit, estimand: Estimand, draws: int | None, seed: int) -> float:
    if not draws or fitted.n_clusters is None or fitted.estimated.linear is None:
        return np.nan
    rng = np.random.default_rng(seed)
    return bootstrap(fitted, *value_of(fitted, estimand), draws, rng).p_value


def _effects(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    roles = {model.id: model.role for model in plan.models}
    tables = [effects(each, CONFIDENCE) for each in fits.values()]
    found = stacked([each.assign(role="", status="") for each in tables], EFFECT_COLUMNS)
    planned = {_key(each.model, each.estimand) for each in plan.hypotheses}
    names = ("model", "estimand", "term", "at", "per")
    keys = zip(*(found[name] for name in names), strict=True)
    status = [CONFIRMATORY if key in planned else EXPLORATORY for key in keys]
    return found.assign(role=found["model"].map(roles), status=status)


def _key(model: str, estimand: Estimand) -> tuple[str, ...]:
    return model, estimand.kind, estimand.term, estimand.held, estimand.per or ""


def _diagnostics(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = []
    for name, fitted in fits.items():
        resting = [each for each in plan.hypotheses if each.model == name]
        found.append(checking.diagnostics(fitted, resting))
    for model, curve in _planned_curves(fits, plan):
        reason = predictions.refusal(fits[model], curve)
        if reason:
            found.append(checking.amiss(model, "curve", curve.variable, reason))
    return stacked(found, list(checking.COLUMNS))


def _curves(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = [
        predictions.curves(fits[model], curve, CONFIDENCE)
        for model, curve in _planned_curves(fits, plan)
        if not predictions.refusal(fits[model], curve)
    ]
    return stacked(found, list(predictions.COLUMNS))


def _surface(fits: Mapping[str, Fit], plan: Plan) -> pd.DataFrame:
    found = [
        surface.surface(fits[model], curve, CONFIDENCE)
        for model, curve in _planned_curves(fits, plan)
        if surface.has_surface(fits[model].design, curve)
    ]
    return stacked(found, list(surface.COLUMNS))


def _planned_curves(fits: Mapping[str, Fit], plan: Plan) -> Iterator[tuple[str, Curve]]:
    for model in plan.models:
        if model.id in fits:
            yield from ((model.id, curve) for curve in model.curves)


def _moderation(
    tables: AllTables, fits: Mapping[str, Fit], chosen: Collection[str]
) -> pd.DataFrame:
    """Tabulate the moderations that hypotheses are about, then the others."""
    found, plan = [], tables.plan
    for hypothesis in plan.hypotheses:
        fitted, estimand = fits.get(hypothesis.model), hypothesis.estimand
        if fitted and estimand.kind == CROSS_PARTIAL and hypothesis.rival_of is None:
            term, by = estimand.variables
            if term == by:
                continue
            compared = moderating.tested_cells(hypothesis)
            found.append(_cells(partial(_as_fitted, fitted, by), compared, plan))
    for planned in plan.moderation:
        model = plan.by_name[planned.model]
        if model.id not in chosen:
            continue
        known = fits[model.id].inflation if model.id in fits else None
        extended = partial(_extended, tables, model, planned, known)
        found.append(_cells(extended, moderating.planned_cells(planned), plan))
    return stacked(found, list(moderating.COLUMNS))


def _cells(
    fitting: Callable[[], tuple[Fit, str]], compared: moderating.Cells, plan: Plan
) -> pd.DataFrame:
    """Tabulate one moderation, or the reason why it, or its bins, are not estimable."""
    bins, term, failed = plan.checks.bins, compared.term, []
    try:
        fitted, by = fitting()
        rows = moderating.slopes(fitted, term, by, CONFIDENCE, compared.reference)
    except Refusal as error:
        return moderating.refused(compared, str(error.note))
    if bins and by not in fitted.design.indicators and not fitted.design.low_and_high(by):
        try:
            rows += moderating.binned_slopes(fitted, term, by, bins, CONFIDENCE)
        except Refusal as error:
            failed = [moderating.refused_bins(compared, by, error.note)]
    return pd.concat([moderating.tabulated(rows, fitted, compared, by), *failed])


def _extended(
    tables: AllTables, model: Model, planned: Moderation, known: pd.Series | None
) -> tuple[Fit, str]:
    """Add a moderator to a model."""
    tables.check_weights(model)
    table, rows = tables.of(model)
    return moderating.moderated(table, model, planned, rows, tables.scales, known)


def _as_fitted(fitted: Fit, term: str) -> tuple[Fit, str]:
    """Moderate by a term that the model holds already."""
    return fitted, _variable(fitted, term)


def _variable(fitted: Fit, term: str) -> str:
    """Give the categorical variable an indicator belongs to, or the term itself."""
    owners = (name for name, columns in fitted.design.indicators.items() if term in columns)
    return next(owners, term)


def stacked(tables: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Put tables below each other, with these columns."""
    filled = [table for table in tables if len(table)]
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return joined.reindex(columns=columns)


def _models(fits: Mapping[str, Fit], failures: Mapping[str, str], plan: Plan) -> pd.DataFrame:
    rows = [
        _model(model, fits.get(model.id), failures)
        for model in plan.models
        if model.id in fits or model.id in failures
    ]
    return pd.DataFrame(rows, columns=MODEL_COLUMNS)


def _model(model: Model, fitted: Fit | None, failures: Mapping[str, str]) -> dict[str, Any]:
    shared = {
        "model": model.id,
        "role": model.role,
        "outcome": model.outcome,
        "family": model.family,
        "link": family_of(model.family).link,
        "weights": model.weights,
        "covariance": model.covariance,
        "random": model.random_effects,
        "status": "fitted" if fitted else "failed",
        "reason": failures.get(model.id, ""),
    }
    if fitted is None:
        return shared
    return {
        **shared,
        "n": fitted.n,
        "n_clusters": fitted.n_clusters,
        "n_dropped": int(fitted.design.dropped["n"].sum()),
        "log_likelihood": fitted.log_likelihood,
        **_counted(fitted.design.rows.weight),
    }


def _counted(weight: np.ndarray | None) -> dict[str, float]:
    """Sum up weights (n,): their sum, Kish's effective number of rows, and how many go for one."""
    if weight is None:
        return {}
    effective = float(weight.sum() ** 2 / (weight @ weight))
    counts = {"sum_of_weights": float(weight.sum()), "effective_n": effective}
    return counts | {"design_effect": len(weight) / effective}
