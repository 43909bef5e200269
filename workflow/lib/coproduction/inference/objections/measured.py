"""Objections that the measurement room raises: scales that are not apart, weak, or not the same."""

from __future__ import annotations

from collections.abc import Iterator

from coproduction.inference.objections.case import Case, Objection
from coproduction.notes import Note

FAILED = ("rejected", "released", "failed")
COMPARED = ("configural", "thresholds", "loadings")
"""Steps that have to hold before slopes of two groups mean the same."""


def not_told_apart(case: Case) -> Iterator[Objection]:
    """Object that the items do not tell two constructs of the model apart, one of them tested."""
    for row in case.table("measurement/validity.csv", decision="not_distinct").to_dict("records"):
        pair = (row["construct_1"], row["construct_2"])
        if set(pair) <= set(case.held) and set(pair) & set(case.about):
            why = Note("constructs_not_distinct", {"one": pair[0], "other": pair[1]})
            yield Objection("not_told_apart", why)


def weak_scale(case: Case) -> Iterator[Objection]:
    """Object that a scale that the hypothesis is about does not reach the plan's reliability."""
    for row in case.table("measurement/reliability.csv", decision="weak").to_dict("records"):
        if row["construct"] in case.about:
            limit = case.plan.measurement.minimum_reliability
            named = {"name": row["construct"], "value": limit}
            yield Objection("weak_scale", Note("weak_scale", named))


def not_the_same_in_groups(case: Case) -> Iterator[Objection]:
    """Object that groups are compared in a slope of a scale whose loadings differ in them."""
    origins = case.plan.origins()
    items = set().union(*(origins.get(name, {name}) for name in case.about))
    for planned in case.plan.measurement.invariance:
        if planned.group not in items or not set(planned.constructs) & set(case.about):
            continue
        steps = case.table("measurement/invariance.csv", comparison=planned.id)
        failed = steps[steps["step"].isin(COMPARED) & steps["decision"].isin(FAILED)]
        if len(failed):
            why = Note("not_invariant", {"comparison": planned.id})
            yield Objection("not_the_same_in_groups", why)
