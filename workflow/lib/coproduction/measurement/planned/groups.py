"""Groups that the plan compares: which get a ladder, which MIMIC, and the tables of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.logistic_functioning import COLUMNS as LOGISTIC
from coproduction.measurement.invariance.logistic_functioning import logistic_functioning
from coproduction.measurement.invariance.mimic import COLUMNS as EFFECTS
from coproduction.measurement.invariance.mimic import direct_effects
from coproduction.measurement.invariance.steps import SUFFIX, Invariance, Rule, Step
from coproduction.measurement.planned.models import CONTINUOUS
from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.measurement.measurement import GroupComparison
from coproduction.plan.measurement.names import DEFAULT
from coproduction.plan.options import Estimator
from coproduction.rows import Rows

FEWEST = 20
GROUP_COLUMNS = ("comparison", "group", "level", "n", "role")
STEP_COLUMNS = (
    *("comparison", "group", "estimator", "step", "released", "n", "n_clusters"),
    *("chisq", "df", "p_value", "chisq_scaled", "p_value_scaled"),
    *("cfi", "tli", "rmsea", "rmsea_conf_low", "rmsea_conf_high", "srmr"),
    *("difference_chisq", "difference_df", "difference_p_value"),
    *("cfi_change", "rmsea_change", "srmr_change", "decision", "warning"),
)
RELEASE_COLUMNS = (
    *("comparison", "step", "order", "term", "item", "score_chisq", "score_df"),
    *("group", "level", "estimate", "std_error", "conf_low", "conf_high"),
)
EFFECT_COLUMNS = ("comparison", "group", "level", "reference_level", "construct", *EFFECTS)
LOGISTIC_COLUMNS = ("comparison", "group", *LOGISTIC)


@dataclass(frozen=True)
class Comparison:
    """Tables of one or more planned comparisons of groups.

    Attributes
    ----------
    invariance_groups
        One row per group: `role` is `ladder`, `mimic` or `left_out` by its size.
    invariance
        One row per fitted step; one row `failed` with a warning where there is no ladder.
    noninvariance
        One row per released parameter and group.
    functioning
        One row per item of a group compared by MIMIC.
    logistic_functioning
        One row per item, compared over all groups of 20 or more by ordinal logistic regression.
    """

    invariance_groups: pd.DataFrame
    invariance: pd.DataFrame
    noninvariance: pd.DataFrame
    functioning: pd.DataFrame
    logistic_functioning: pd.DataFrame


def compare_groups(
    entry: GroupComparison,
    items: pd.DataFrame,
    answers: pd.Series,
    factors: Mapping[str, Sequence[str]],
    confidence: float = CONFIDENCE,
    rows: Rows | None = None,
    continuous: Collection[str] = (),
) -> Comparison:
    """Judge a planned comparison of groups.

    Parameters
    ----------
    entry
        The comparison as it is planned.
    items
        Respondents × items, reverse-keyed.
    answers
        Answers to the item whose answers are the groups.
    factors
        Construct -> its items.
    confidence
        Confidence level of intervals.
    rows
        What the respondents stand for; each for itself where it is not told.
    continuous
        Items whose answers are no ordered categories: where the plan names no estimator, a model
        with any of them is fitted by FIML rather than by WLSMV.

    Notes
    -----
    Groups of `minimum_group` respondents or more climb the ladder together. Each smaller one of 20
    or more is compared with the largest group by a MIMIC model, and yet smaller ones are left out.
    All groups of 20 or more complete rows are also compared item by item by ordinal logistic
    regression. A respondent counts with one answer, for ML and MLR with all. Whatever cannot be
    fitted is a row with a warning.
    """
    numbers = [name for name in items if name in continuous]
    estimator: Estimator = entry.estimator or (CONTINUOUS if numbers else DEFAULT)
    levels = grouped(answers, entry.join)
    answered = items.notna()
    whole = estimator in ("ML", "MLR")
    counted = answered.all(axis=1) if whole else answered.any(axis=1)
    groups = _roles(levels, counted, entry.minimum_group)
    model = {"factors": {name: list(below) for name, below in factors.items()}}
    large = levels.where(levels.isin(groups.loc[groups["role"] == "ladder", "level"]))
    steps, releases = _ladder(
        items, large, model, estimator, Rule(**vars(entry.rule)), rows, numbers
    )
    effects = [
        _effects(items, levels, level, groups, model, confidence, rows)
        for level in groups.loc[groups["role"] == "mimic", "level"]
    ]
    logistic = logistic_functioning(items, factors, levels, confidence, rows, numbers)
    about = {"comparison": entry.id, "group": entry.group}
    return Comparison(
        groups.assign(**about).reindex(columns=list(GROUP_COLUMNS)),
        _counted(pd.DataFrame(steps).assign(**about).reindex(columns=list(STEP_COLUMNS))),
        pd.DataFrame(releases).assign(**about).reindex(columns=list(RELEASE_COLUMNS)),
        _counted(
            pd.concat(effects or [pd.DataFrame()])
            .assign(**about)
            .reindex(columns=list(EFFECT_COLUMNS))
        ),
        logistic.assign(**about).reindex(columns=list(LOGISTIC_COLUMNS)),
    )


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"n_clusters": "Int64"})


def stacked(comparisons: Sequence[Comparison]) -> Comparison:
    """Put the tables of several comparisons under one another; empty ones if there are none."""
    columns = (GROUP_COLUMNS, STEP_COLUMNS, RELEASE_COLUMNS, EFFECT_COLUMNS, LOGISTIC_COLUMNS)
    tables = []
    for each, names in zip(fields(Comparison), columns, strict=True):
        parts = [getattr(comparison, each.name) for comparison in comparisons]
        filled = [part for part in parts if len(part)]
        empty = pd.DataFrame(columns=list(names))
        tables.append(pd.concat(filled, ignore_index=True) if filled else empty)
    return Comparison(*tables)


def grouped(answers: pd.Series, join: Sequence[Sequence[int]] = ()) -> pd.Series:
    """Name the group of each respondent by its answers, such as `1` or `2+3`; NaN outside all."""
    known = answers.dropna().unique()
    sets = join or [[value] for value in sorted(known)]
    names = {value: "+".join(map(code_text, values)) for values in sets for value in values}
    return answers.map(names)


def _roles(levels: pd.Series, counted: pd.Series, minimum: int) -> pd.DataFrame:
    """Count the respondents of each group and decide what can be done with it."""
    sizes = levels[counted].value_counts().reindex(sorted(levels.dropna().unique()), fill_value=0)
    small = np.where(sizes >= FEWEST, "mimic", "left_out")
    role = np.where(sizes >= minimum, "ladder", small)
    if (role == "ladder").sum() == 0 and len(sizes):
        role[sizes.argmax()] = "ladder"
    return pd.DataFrame({"level": sizes.index, "n": sizes.to_numpy(), "role": role})


def _ladder(
    items: pd.DataFrame,
    levels: pd.Series,
    model: Mapping[str, Any],
    estimator: Estimator,
    rule: Rule,
    rows: Rows | None,
    continuous: Sequence[str],
) -> tuple[list[dict], list[dict]]:
    failed = {"estimator": estimator, "step": "configural", "decision": "failed"}
    if levels.nunique() < 2:
        return [failed | {"warning": str(Note("too_few_groups"))}], []
    if estimator == "WLSMV" and continuous:
        reason = Note("continuous_not_ordinal", {"names": list(continuous)})
        return [failed | {"warning": str(reason)}], []
    try:
        found = invariance(items, model, levels, estimator, rule, rows)
    except Refusal as error:
        return [failed | {"warning": str(error.note)}], []
    except np.linalg.LinAlgError:
        return [failed | {"warning": str(Note("ladder_singular"))}], []
    about = {"estimator": estimator, "n_clusters": found.n_clusters}
    steps = [about | _step(step, SUFFIX[estimator]) for step in found.steps]
    steps[0]["warning"] = written(found.warnings)
    if found.failure is not None:
        name, reason = found.failure
        steps.append(failed | {"step": name, "warning": str(reason)})
    return steps, _releases(found)


def _step(step: Step, suffix: str) -> dict[str, Any]:
    fit = step.fit.fit
    indices = ("cfi", "tli", "rmsea", "rmsea_conf_low", "rmsea_conf_high")
    row = {
        "step": step.name,
        "released": len(step.released),
        "n": int(fit["n"]),
        **{name: fit[name] for name in ("chisq", "df", "p_value", "srmr")},
        **{f"{name}_scaled": fit.get(f"{name}_scaled", fit[name]) for name in ("chisq", "p_value")},
        **{name: fit[f"{name}{suffix}"] for name in indices},
        **{f"{name}_change": change for name, change in step.changes.items()},
        "decision": step.decision,
        "warning": "",
    }
    if step.difference is None:
        return row
    scaled = step.difference.scaled
    return row | {
        "difference_chisq": scaled.chisq,
        "difference_df": scaled.df,
        "difference_p_value": scaled.p_value,
    }


def _releases(found: Invariance) -> list[dict]:
    """Show each released parameter in every group, as the last step that has it estimates it."""
    rows = []
    for release in found.releases:
        last = [step for step in found.steps if release.term in step.released][-1]
        table = last.fit.parameters
        for row in table[table["term"] == release.term].to_dict("records"):
            item = row["rhs"] if row["kind"] == "loading" else row["lhs"]
            shown = ("estimate", "std_error", "conf_low", "conf_high")
            rows.append(
                {
                    "step": release.step,
                    "order": release.order,
                    "term": release.term,
                    "item": item,
                    "score_chisq": release.test.chisq,
                    "score_df": release.test.df,
                    "level": row["group"],
                    **{name: row[name] for name in shown},
                }
            )
    return rows


def _effects(
    items: pd.DataFrame,
    levels: pd.Series,
    level: str,
    groups: pd.DataFrame,
    model: Mapping[str, Any],
    confidence: float,
    rows: Rows | None,
) -> pd.DataFrame:
    reference = groups.loc[groups["n"].idxmax(), "level"]
    chosen = levels.isin([level, reference])
    owner = {item: name for name, below in model["factors"].items() for item in below}
    try:
        table = direct_effects(items[chosen], model, levels[chosen] == level, confidence, rows)
    except Refusal as error:
        failed = {"decision": "failed", "warning": str(error.note)}
        table = pd.DataFrame({"item": list(owner)}).assign(**failed)
    construct = table["item"].map(owner)
    return table.assign(level=level, reference_level=reference, construct=construct)
