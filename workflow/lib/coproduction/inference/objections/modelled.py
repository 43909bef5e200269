"""Objections that models raise: few clusters, what is adjusted for, one source of the effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from coproduction.inference.objections.case import Case, Objection
from coproduction.inference.variance.clustered import FEWEST_DF
from coproduction.notes import Note
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.options import TOTAL

CHECKS = "inference/cross_checks.csv"
ONE_SIDED = 0.10
"""Level at which the mean of the others has to have the predicted sign."""


def few_clusters(case: Case) -> Iterator[Objection]:
    """Object that too few clusters bear the estimate for its p value and interval to be right."""
    df = case.decided.get("df", np.nan)
    if case.model.cluster is not None and df < FEWEST_DF:
        yield Objection("few_clusters", Note("few_degrees_of_freedom", {"df": f"{df:.1f}"}))


def adjusts_downstream(case: Case) -> Iterator[Objection]:
    """Object that the model of a total effect adjusts for what follows from the exposure."""
    if not isinstance(case.hypothesis, Hypothesis) or case.hypothesis.effect != TOTAL:
        return
    rows = case.table("inference/adjustment.csv", model=case.model.id)
    for row in rows.to_dict("records"):
        if case.hypothesis.id in row["hypotheses"].split(", ") and row["post_treatment"]:
            why = Note("adjusts_for_consequence", {"nodes": row["post_treatment"].split(", ")})
            yield Objection("adjusts_downstream", why)


def agreement_explains(case: Case) -> Iterator[Objection]:
    """Object that the model that holds agreement does not support the hypothesis."""
    found = _check(case, "agreement")
    if found and _estimated(found) and found["verdict"] != "supported":
        yield Objection("agreement_explains", Note("agreement_held", {"model": found["model"]}))


def same_source(case: Case) -> Iterator[Objection]:
    """Object that one person reports exposure and outcome, unless that is no cause of the effect.

    It is none if the model that holds agreement supports the hypothesis too, and what the others
    of the community answered predicts the outcome with the same sign (one-sided p below .10).
    """
    agreement, others = _check(case, "agreement"), _check(case, "others")
    if not agreement and not others:
        return
    known = [found for found in (agreement, others) if found and _estimated(found)]
    if len(known) < 2:
        yield Objection("same_source_not_examined", Note("source_not_examined"))
        return
    sign = 1 if case.hypothesis.direction == "positive" else -1
    shared = others["estimate"] * sign > 0 and others["p_value"] / 2 < ONE_SIDED
    if agreement["verdict"] != "supported" or not shared:
        yield Objection("same_source_not_excluded", Note("source_not_excluded"))


def _check(case: Case, check: str) -> dict[str, Any]:
    rows = case.table(CHECKS, hypothesis=case.hypothesis.id, check=check).to_dict("records")
    return rows[0] if rows else {}


def _estimated(found: dict[str, Any]) -> bool:
    return found["verdict"] != "not_estimable"
