"""All planned path models: fitted to complete cases or imputed tables, pooled, tabulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.data.tables import AllTables
from coproduction.inference.paths.bootstrap import bootstrapped
from coproduction.inference.paths.fitting import PathFit, asked_of, fit_path, refused
from coproduction.inference.paths.prepared import prepared
from coproduction.measurement.structural import PathEffect, effect_table
from coproduction.missing.tidy import ADDED, pool_tables
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.processes import run
from coproduction.plan.paths.paths import PathEstimand, PathModel
from coproduction.plan.plan import Plan

DRAWS = 20_000
ALIKE = 1e-6
"""Difference of AIC that is rounding."""
EFFECT_COLUMNS = (
    *("path", "estimand", "term", "estimate", "std_error", "statistic", "df", "p_value"),
    *("conf_low", "conf_high", "monte_carlo_low", "monte_carlo_high"),
    *("bootstrap_low", "bootstrap_high", "standardised", "standardised_std_error"),
    *("standardised_conf_low", "standardised_conf_high"),
    *("r_squared", "n", "n_clusters", *ADDED),
)
MODEL_COLUMNS = (
    *("path", "estimator", "n", "n_clusters", "n_imputations", "chisq", "df", "p_value"),
    *("aic", "bic", "rival_of", "aic_difference", "status", "reason", "note"),
)
LEFT_OUT_COLUMNS = (
    *("path", "kind", "term", "modification_index", "standardised_change", "std_error"),
    *("statistic", "df", "p_value", "n", "n_clusters", *ADDED),
)
NOTHING = pd.DataFrame()
Fitted = tuple[pd.DataFrame | None, dict[str, Any], pd.DataFrame]
"""Effects of a path model, None where it could not be fitted, its row of the models, and the tests
of what it leaves out."""


@dataclass(frozen=True)
class Paths:
    """Result tables of the planned path models.

    Attributes
    ----------
    effects
        One row per regression and effect of each path model.
    models
        One row per path model.
    left_out
        One row per regression or covariance that a path model leaves out.
    estimates
        For each hypothesis on a path what `verdicts` takes, or `reason` why there is nothing.
    """

    effects: pd.DataFrame
    models: pd.DataFrame
    left_out: pd.DataFrame
    estimates: dict[str, dict[str, Any]]


def path_results(tables: AllTables, made: Imputations | None, seed: int, cores: int = 1) -> Paths:
    """Fit every planned path model.

    Parameters
    ----------
    tables
        Tables of the plan before imputation.
    made
        The imputed tables, if there are any.
    seed
        Seed of Monte-Carlo draws and of the bootstrap.
    cores
        Number of processes.
    """
    plan = tables.plan
    shares = [plan.paths[place::cores] for place in range(min(cores, len(plan.paths)))]
    tasks = {str(place): (_fitted, (tables, made, own, seed)) for place, own in enumerate(shares)}
    parts = {name: part for found in run(tasks, cores).values() for name, part in found.items()}
    models = [parts[each.id][1] for each in plan.paths]
    fitted = (parts[each.id][0] for each in plan.paths)
    effects = [table for table in fitted if table is not None]
    joined = pd.concat(effects, ignore_index=True) if effects else pd.DataFrame()
    told = _compared(pd.DataFrame(models), plan)
    tests = [parts[each.id][2] for each in plan.paths if len(parts[each.id][2])]
    left = pd.concat(tests, ignore_index=True) if tests else NOTHING
    return Paths(
        joined.rename(columns={"kind": "estimand"}).reindex(columns=list(EFFECT_COLUMNS)),
        told.reindex(columns=list(MODEL_COLUMNS)),
        left.rename(columns={"estimate": "standardised_change"}).reindex(
            columns=list(LEFT_OUT_COLUMNS)
        ),
        _estimates(joined, told, plan),
    )


def _fitted(
    tables: AllTables, made: Imputations | None, planned: Sequence[PathModel], seed: int
) -> dict[str, Fitted]:
    """Fit some path models to every table that they rest on, each table being made once."""
    asked = {each.id: asked_of(each, _further(tables.plan, each)) for each in planned}
    fits: dict[str, list[PathFit]] = {each.id: [] for each in planned}
    failed: dict[str, Fitted] = {}
    for chosen, own in _tables(tables, made, planned):
        for each in own:
            if each.id in failed:
                continue
            known = fits[each.id]
            try:
                start = known[0].measured if known else None
                known.append(fit_path(chosen, each, asked[each.id], start))
            except Refusal as error:
                failed[each.id] = (None, refused(each, error), NOTHING)
    return {
        each.id: failed.get(each.id) or _told(tables, each, fits[each.id], asked[each.id], seed)
        for each in planned
    }


def _further(plan: Plan, planned: PathModel) -> list[PathEstimand]:
    return [each.estimand for each in plan.path_hypotheses if each.path == planned.id]


def _tables(
    tables: AllTables, made: Imputations | None, planned: Sequence[PathModel]
) -> Iterator[tuple[AllTables, list[PathModel]]]:
    """Give every set of tables with the path models that rest on it."""
    imputed = [each for each in planned if made is not None and each.id in made.models]
    if made is not None and imputed:
        for number in range(len(made)):
            yield made.table(number), imputed
    yield tables, [each for each in planned if each not in imputed]


def _told(
    tables: AllTables,
    planned: PathModel,
    fits: Sequence[PathFit],
    asked: Mapping[str, PathEffect],
    seed: int,
) -> Fitted:
    """Pool the fits of a path model, with the intervals of the bootstrap where one is planned."""
    intervals = {}
    if planned.bootstrap:
        try:
            intervals = bootstrapped(prepared(tables, planned), planned, asked, seed)
        except Refusal as error:
            return None, refused(planned, error), NOTHING
    effects = _pooled(fits, asked, seed)
    for place, side in enumerate(("bootstrap_low", "bootstrap_high")):
        effects[side] = [intervals.get(name, (np.nan, np.nan))[place] for name in effects["effect"]]
    left_out = _over_tables([each.left_out for each in fits], ["path", "kind", "term"])
    return effects, _model(fits, planned), left_out


def _pooled(fits: Sequence[PathFit], asked: Mapping[str, PathEffect], seed: int) -> pd.DataFrame:
    """Pool effects by Rubin's rules, with Monte-Carlo intervals from the pooled parameters."""
    keys = ["path", "effect", "kind", "term"]
    found = _over_tables([each.effects for each in fits], keys)
    alike = _over_tables([each.standardised for each in fits], keys)
    for name in ("estimate", "std_error", "conf_low", "conf_high"):
        found[f"standardised_{name}".removesuffix("_estimate")] = alike[name]
    thetas = np.array([each.derived.theta for each in fits])
    total = np.mean([each.derived.covariance for each in fits], axis=0)
    if len(fits) > 1:
        total = total + (1 + 1 / len(fits)) * np.cov(thetas.T).reshape(total.shape)
    whole = replace(fits[0].derived, theta=thetas.mean(axis=0), covariance=total)
    drawn = effect_table(whole, asked, CONFIDENCE, seed, DRAWS).set_index("effect")
    for side in ("low", "high"):
        found[f"monte_carlo_{side}"] = found["effect"].map(
            drawn[f"standardised_monte_carlo_{side}"]
        )
    return found


def _over_tables(tables: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    if len(tables) == 1:
        return tables[0].copy()
    return pool_tables(tables, keys, CONFIDENCE, counts_of_first=True)


def _model(fits: Sequence[PathFit], planned: PathModel) -> dict[str, Any]:
    first = dict(fits[0].model)
    if len(fits) > 1:
        # Neither a statistic nor its p value has a pooled value; the means tell about how large.
        for name in ("chisq", "aic", "bic"):
            first[name] = float(np.mean([each.model[name] for each in fits]))
        first["p_value"] = np.nan
        first["n_imputations"] = len(fits)
    return first | {"rival_of": planned.rival_of or "", "status": "fitted", "reason": ""}


def _compared(models: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Set orders of the same variables beside each other; fit alone is weak evidence."""
    if models.empty:
        return models
    models = models.assign(aic_difference=np.nan)
    models["note"] = models.get("note", pd.Series("", models.index)).fillna("")
    known = models.set_index("path")
    for planned in plan.paths:
        one, other = planned.id, planned.rival_of
        if other is None or "aic" not in known:
            continue
        difference = known.loc[one, "aic"] - known.loc[other, "aic"]
        if not np.isfinite(difference):
            continue
        place = models["path"] == one
        better = one if difference < 0 else other
        note = Note("order_by_fit", {"name": better, "value": float(abs(difference))})
        if abs(difference) < ALIKE:
            difference, note = 0.0, Note("orders_fit_alike", {"one": other, "other": one})
        models.loc[place, "aic_difference"] = difference
        models.loc[place, "note"] = models.loc[place, "note"] + str(note)
    return models


def _estimates(
    effects: pd.DataFrame, models: pd.DataFrame, plan: Plan
) -> dict[str, dict[str, Any]]:
    found = {}
    for hypothesis in plan.path_hypotheses:
        if hypothesis.path is None:
            continue
        row = models[models["path"] == hypothesis.path].iloc[0]
        if row["status"] == "failed":
            found[hypothesis.id] = {"reason": row["reason"]}
            continue
        name = f"{hypothesis.estimand.kind} {hypothesis.estimand.term}"
        chosen = effects[(effects["path"] == hypothesis.path) & (effects["effect"] == name)]
        (one,) = chosen.to_dict("records")
        if not one["std_error"] > 0:
            reason = Note("path_without_error", {"term": hypothesis.estimand.term})
            found[hypothesis.id] = {"reason": str(reason)}
            continue
        shown = {key: one[key] for key in one if key not in ("path", "effect", "kind", "r_squared")}
        n_clusters = None if pd.isna(one["n_clusters"]) else one["n_clusters"]
        found[hypothesis.id] = shown | {
            "reason": "",
            "n_cell": one["n"],
            "n_clusters": n_clusters,
            "covariance": "CR1" if n_clusters else "robust",
            "bootstrap_p_value": np.nan,
        }
    return found
