"""All planned mediations: fitted to complete cases or imputed tables, pooled, tabulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.checks.sensitivity import linear_robustness
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.data.tables import AllTables
from coproduction.inference.mediation.bootstrap import with_intervals
from coproduction.inference.mediation.effects import basis, tabulated
from coproduction.inference.mediation.rho import by_rho, explaining, limit, mediator_slope
from coproduction.inference.mediation.stages import fitted
from coproduction.missing.tidy import ADDED, pool_tables
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.processes import run
from coproduction.plan.paths.mediations import Mediation
from coproduction.plan.plan import Plan

ESTIMATE = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
EFFECT_COLUMNS = (
    *(
        "mediation",
        "exposure",
        "exposure_low",
        "exposure_high",
        "outcome",
        "estimand",
        "term",
        *ESTIMATE,
    ),
    *("bootstrap_low", "bootstrap_high"),
    *("n", "n_clusters", "weights", "covariance", *ADDED, "reason"),
)
RHO_COLUMNS = (
    *("mediation", "estimand", "rho", *ESTIMATE, "n", "n_clusters", "covariance", *ADDED),
)
ROBUSTNESS_COLUMNS = (
    *("mediation", "exposure", "mediators", "outcome", "rho_zero", "std_error", "conf_low"),
    *("conf_high", "rho_zero_limit", "partial_r2", "robustness_value"),
    *("robustness_value_limit", "n", "n_clusters", "n_imputations", "reason"),
)
KEYS = ["mediation", "estimand", "term"]


@dataclass(frozen=True)
class Found:
    """What a mediation gives in one table.

    Attributes
    ----------
    effects
        A row per effect.
    by_rho, zero, slope
        Effects by ρ, the ρ at which the indirect one is zero, and the mediator's coefficient; a row
        or none.
    """

    effects: pd.DataFrame
    by_rho: pd.DataFrame
    zero: pd.DataFrame
    slope: pd.DataFrame


@dataclass(frozen=True)
class Mediations:
    """Result tables of the planned mediations.

    Attributes
    ----------
    effects
        One row per effect of each mediation, or one with the reason why there is none.
    sensitivity
        One row per natural effect and value of ρ.
    robustness
        One row per mediation: what would explain its indirect effect away.
    estimates
        For each hypothesis on a mediation what `verdicts` takes, or `reason` why there is nothing.
    """

    effects: pd.DataFrame
    sensitivity: pd.DataFrame
    robustness: pd.DataFrame
    estimates: dict[str, dict[str, Any]] = field(default_factory=dict)


def mediation_results(
    tables: AllTables, made: Imputations | None, seed: int, cores: int = 1
) -> Mediations:
    """Estimate every planned mediation.

    Parameters
    ----------
    tables
        Tables of the plan before imputation.
    made
        The imputed tables, if there are any.
    seed
        Seed of the bootstrap.
    cores
        Number of processes; results do not depend on it.
    """
    planned = tables.plan.mediations
    imputed = [each for each in planned if made is not None and each.id in made.models]
    complete = [each for each in planned if each not in imputed]
    tasks: dict[str, Any] = {"complete": (_complete, (tables, complete, seed))} if complete else {}
    if made is not None and imputed:
        tasks |= {
            str(number): (_imputed, (made, number, imputed, seed)) for number in range(len(made))
        }
    every: dict[str, list[Found | Note]] = {each.id: [] for each in planned}
    for found in run(tasks, cores).values():
        for name, each in found.items():
            every[name].append(each)
    effects, by, robust = [], [], []
    for each in planned:
        one, other, told = pooled_mediation(each, every[each.id])
        effects.append(one)
        by.append(other)
        robust.append(told)
    joined = _stacked(effects, EFFECT_COLUMNS)
    return Mediations(
        joined,
        _stacked(by, RHO_COLUMNS),
        pd.DataFrame(robust, columns=list(ROBUSTNESS_COLUMNS)),
        _estimates(joined, tables.plan),
    )


def _complete(
    tables: AllTables, planned: Sequence[Mediation], seed: int
) -> dict[str, Found | Note]:
    return {each.id: _found(tables, each, seed) for each in planned}


def _imputed(
    made: Imputations, number: int, planned: Sequence[Mediation], seed: int
) -> dict[str, Found | Note]:
    return _complete(made.table(number), planned, seed)


def _found(tables: AllTables, planned: Mediation, seed: int) -> Found | Note:
    """Estimate a mediation in one table, or say why it cannot be."""
    try:
        own = fitted(tables, planned)
        effects = tabulated(own)
        if planned.bootstrap is not None:
            effects = with_intervals(effects, own, planned.bootstrap, seed)
        named = {"mediation": planned.id, **basis(own)}
        slope = mediator_slope(own)
        defined = not planned.without_rho
        return Found(
            effects,
            by_rho(own) if defined else pd.DataFrame(),
            pd.DataFrame([explaining(own) | named]) if defined else pd.DataFrame(),
            pd.DataFrame([slope | named]) if slope else pd.DataFrame(),
        )
    except Refusal as error:
        return error.note


Told = tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]


def pooled_mediation(planned: Mediation, parts: Sequence[Found | Note]) -> Told:
    """Pool what a mediation gives in every table; one that failed in some is not pooled."""
    named = {
        "mediation": planned.id,
        "exposure": planned.exposure.variable,
        "outcome": planned.outcome,
    }
    known = [each for each in parts if isinstance(each, Found)]
    failed = [each for each in parts if isinstance(each, Note)]
    if failed:
        reason = failed[0]
        if len(parts) > 1:
            values = {"n": len(failed), "m": len(parts), "reason": reason}
            reason = Note("failed_in_imputations", values)
        told = named | {"reason": str(reason)}
        return pd.DataFrame([told]), pd.DataFrame(), _robust(planned) | told
    effects = _pooled([each.effects for each in known], KEYS)
    by = _pooled([each.by_rho for each in known], ["mediation", "estimand", "rho"])
    zero = _pooled([each.zero for each in known], ["mediation"])
    slope = _pooled([each.slope for each in known], ["mediation"])
    robust = _robust(planned) | named | _basis(effects)
    if len(zero):
        (row,) = zero.to_dict("records")
        indirect = by[by["estimand"] == "natural_indirect"]
        robust |= {
            "rho_zero": row["estimate"],
            **{name: row[name] for name in ("std_error", "conf_low", "conf_high")},
            "rho_zero_limit": limit(indirect, row["estimate"]),
        }
    if len(slope):
        robust |= linear_robustness(slope.iloc[0].to_dict())
    return effects.assign(reason=""), by, robust


def _robust(planned: Mediation) -> dict[str, Any]:
    """Name the mediators, and say why ρ is not defined where it is not."""
    reasons = {
        "several_mediators": Note("rho_of_several_mediators"),
        "mediator": Note("rho_of_no_normal_mediator"),
        "outcome": Note("rho_of_no_normal_outcome", {"family": planned.family}),
    }
    why = planned.without_rho
    reason = str(reasons[why]) if why else ""
    return {"mediators": ", ".join(planned.through), "reason": reason}


def _basis(effects: pd.DataFrame) -> dict[str, Any]:
    first = effects.iloc[0]
    return {name: first.get(name, np.nan) for name in ("n", "n_clusters", "n_imputations")}


def _pooled(parts: Sequence[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    if len(parts) == 1 or not len(parts[0]):
        return parts[0]
    return pool_tables(parts, keys, CONFIDENCE, counts_of_first=True)


def _stacked(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [each for each in tables if len(each)]
    joined = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
    return joined.reindex(columns=list(columns))


def _estimates(effects: pd.DataFrame, plan: Plan) -> dict[str, dict[str, Any]]:
    return dict(_each_estimate(effects, plan))


def _each_estimate(effects: pd.DataFrame, plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    for hypothesis in plan.path_hypotheses:
        if hypothesis.path is not None:
            continue
        own = effects[effects["mediation"] == hypothesis.mediation]
        if reason := own["reason"].iloc[0]:
            yield hypothesis.id, {"reason": reason}
            continue
        asked = hypothesis.estimand
        chosen = own[(own["estimand"] == asked.kind) & (own["term"] == asked.term)]
        (one,) = chosen.to_dict("records")
        if not one["std_error"] > 0:
            reason = str(Note("path_without_error", {"term": asked.term}))
            yield hypothesis.id, {"reason": reason}
            continue
        left = ("mediation", "exposure", "exposure_low", "exposure_high", "outcome")
        shown = {name: value for name, value in one.items() if name not in left}
        n_clusters = None if pd.isna(one["n_clusters"]) else one["n_clusters"]
        yield (
            hypothesis.id,
            shown | {"n_cell": one["n"], "n_clusters": n_clusters, "bootstrap_p_value": np.nan},
        )
