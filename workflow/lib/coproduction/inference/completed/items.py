"""Which cells of which items are imputed, as plan and questionnaire say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.instrument.expressions import evaluate
from coproduction.missing.problem import Target
from coproduction.plan.data.missing import MissingAnswers, imputable
from coproduction.plan.options import ImputationMethod
from coproduction.plan.plan import Plan

NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Answers:
    """What is known of the answers beside their scores.

    Attributes
    ----------
    instrument
        The questionnaire.
    nonresponse
        Kind of missing answer of every item, one row per respondent of the analysis table.
    """

    instrument: Instrument
    nonresponse: pd.DataFrame


def needed(plan: Plan, instrument: Instrument) -> list[Item]:
    """Find the items that are imputed or help to impute: of scales, of models, auxiliary ones.

    Items that only outcomes come from are none of them.
    """
    scales = instrument.scale_items
    origins = plan.origins(scales)
    names = {item for items in scales.values() for item in items}
    for model in plan.imputed_rows(scales):
        names |= set().union(*(origins.get(each, {each}) for each in model.names))
    names |= set(plan.missing.auxiliary if plan.missing else ())
    known = set(imputable(instrument))
    return [item for item in instrument.questions if item.id in names & known]


def who_may(table: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Tell who may be in an imputed model of respondents (n,).

    That is whoever meets the condition of one, or would if a missing answer were known.
    """
    found = np.zeros(len(table), bool)
    for model in plan.imputed_rows({}):
        if model.level is not None:
            continue
        found |= may_meet(model.subset, table)
    return found


def may_meet(condition: str | None, table: pd.DataFrame) -> np.ndarray:
    """Tell of respondents whether they meet a condition, or would if something were known (n,)."""
    if condition is None:
        return np.ones(len(table), bool)
    return ~(evaluate(condition, table) == False).fillna(False).to_numpy(bool)  # noqa: E712


def item_targets(
    scores: pd.DataFrame, answers: Answers, planned: MissingAnswers, items: Sequence[Item]
) -> list[Target]:
    """Say of every item which cells are imputed, and how.

    Parameters
    ----------
    scores
        Rows that may be imputed, of the analysis table.
    answers
        Questionnaire and kinds of missing answers.
    planned
        The plan's block.
    items
        Items, in the order of the questionnaire.
    """
    kinds = answers.nonresponse.loc[scores.index]
    refusing = _without_consent(scores, answers.instrument)
    found = []
    for item in items:
        values = scores[item.id].to_numpy(float).copy()
        for kind in planned.item(item.id).own_answers:
            chosen = (kinds[item.id] == kind).to_numpy(bool, na_value=False)
            values[chosen] = answers.instrument.missing_code(kind)
        unasked = (kinds[item.id] == NOT_ASKED).to_numpy(bool, na_value=False)
        if item.sensitive:
            apart = planned.without_consent == "category"
            unasked = unasked | refusing if apart else unasked & ~refusing
        if item.role == "consent_sensitive" and planned.without_consent == "category":
            # An answer that was left out is no consent.
            values[refusing] = item.values[1]
        method = planned.item(item.id).method or usual_method(item, values)
        found.append(Target(item.id, values, np.isnan(values) & ~unasked, method))
    return found


def usual_method(item: Item, values: np.ndarray) -> ImputationMethod:
    """Choose the method of an item by its type and its answers."""
    known = item.response_set
    if known is None or known.level != "nominal":
        return "pmm"
    return "logit" if len(np.unique(values[~np.isnan(values)])) <= 2 else "nominal"


def of_one_value(
    targets: Sequence[Target], items: Sequence[Item], planned: MissingAnswers
) -> Iterator[tuple[Target, np.ndarray, float]]:
    """Find sensitive items that are the same for whoever did not consent to them.

    Gives the item, the rows, and the commonest answer, which stands for all of them.
    """
    if planned.without_consent != "category":
        return
    for target, item in zip(targets, items, strict=True):
        cells = ~target.observed & ~target.missing
        if item.sensitive and cells.any() and target.observed.any():
            found, counts = np.unique(target.values[target.observed], return_counts=True)
            yield target, cells, float(found[counts.argmax()])


def _without_consent(scores: pd.DataFrame, instrument: Instrument) -> np.ndarray:
    refusing = np.zeros(len(scores), bool)
    for item in instrument.with_role("consent_sensitive"):
        agreed = scores[item.id] == item.values[0]
        refusing |= ~agreed.to_numpy(bool, na_value=False)
    return refusing
