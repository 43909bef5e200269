"""Objections that missing answers raise: being missing not at random, they could undo a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.inference.not_at_random.forms import (
    OUTCOME,
    OUTCOME_ALONG,
    PREDICTORS,
    PREDICTORS_ALONG,
)
from coproduction.inference.objections.case import Case, Objection
from coproduction.notes import Note

POINTS = "inference/tipping_points.csv"
MOST_LACKING = 0.05
"""Share of missing outcomes beyond which it has to be examined what they could do."""


def not_at_random(case: Case) -> Iterator[Objection]:
    """Object that a shift of missing answers that the plan calls plausible takes the support.

    Also that none was tried although more than one in twenty lack the outcome.
    """
    rows = case.table(POINTS, hypothesis=case.hypothesis.id)
    for shifted, own in rows[rows["tipping_point"].notna()].groupby("shifted", sort=False):
        nearest = own.loc[own["tipping_point"].abs().idxmin()].to_dict()
        if abs(nearest["tipping_point"]) <= nearest["plausible"]:
            yield Objection("answers_not_at_random", _undone(str(shifted), nearest))
    for row in rows[rows["shifted"].eq(OUTCOME) & rows["reason"].ne("")].to_dict("records"):
        share = row["n_shifted"] / row["n"] if row["n"] else 0.0
        if share > MOST_LACKING:
            why = Note("not_at_random_not_examined", {"share": 100 * share})
            yield Objection("not_at_random_not_examined", why)


def _undone(shifted: str, row: Mapping[str, Any]) -> Note:
    values = {"shift": row["tipping_point"], "plausible": row["plausible"]}
    notes = {
        OUTCOME: Note("undone_by_outcomes", values),
        OUTCOME_ALONG: Note("undone_along_exposure", values),
        PREDICTORS: Note("undone_by_answers", values),
        PREDICTORS_ALONG: Note("undone_along_outcome", values),
    }
    return notes[shifted]
