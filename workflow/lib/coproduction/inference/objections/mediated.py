"""Objections that mediations raise: a weak common cause could explain the indirect effect away."""

from __future__ import annotations

from collections.abc import Iterator

from coproduction.inference.objections.case import Case, Objection
from coproduction.notes import Note
from coproduction.plan.paths.questions import PathHypothesis

ROBUSTNESS = "inference/mediation_robustness.csv"


def fragile_mediation(case: Case) -> Iterator[Objection]:
    """Object that a correlation of errors below the plan's limit takes the indirect effect to zero.

    Also that its sensitivity could not be computed although the plan asks for it.
    """
    hypothesis = case.hypothesis
    if not isinstance(hypothesis, PathHypothesis) or hypothesis.fragile_below is None:
        return
    name, below = hypothesis.mediation or "", hypothesis.fragile_below
    for row in case.table(ROBUSTNESS, mediation=name).to_dict("records"):
        rho = row["rho_zero"]
        if rho != rho:
            why = Note("mediation_not_examined", {"mediation": name})
            yield Objection("mediation_not_examined", why)
        elif abs(rho) < below:
            why = Note("fragile_mediation", {"mediation": name, "rho": rho, "below": below})
            yield Objection("fragile_mediation", why)
