"""Where a file gives an answer both a number and a label: the labels decide, all or none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Item
from coproduction.intake.canonical import findings
from coproduction.intake.columns import MOST_NAMED, normal
from coproduction.intake.recognition import DEEPEST

# What stands between a question and its answer in one label, and between two languages.
BETWEEN, LANGUAGES = (" - ", " – ", "—", ": ", "：", "? ", "？", "|"), " / "
# Columns of ticks, as far as they say which answer they are of.
COLUMNS = "columns"
BRACKETED = re.compile(r".*[(（\[【](.+)[)）\]】]", re.DOTALL)


@dataclass(frozen=True)
class Evidence:
    """What a number and its label say.

    Attributes
    ----------
    label
        Answer that the label names, None if the questionnaire knows no such label.
    number
        Answer that the number names, None if there is none.
    shown
        The label as it stands; empty where there is none.
    """

    label: str | None
    number: str | None
    shown: str


@dataclass(frozen=True)
class Settled:
    """How the numbers (or columns) of one question are read.

    Attributes
    ----------
    answers
        Answer by number, None where neither label nor number is known.
    findings
        `code, severity, item, found, expected, action` of what is to be told.
    moved, unknown
        Where labels move numbers, and where numbers in use have no label that is known; empty
        where there are none.
    alike
        What is decided alike in one file: questions with the same answers, of the same kind.
    """

    answers: Mapping[str, str | None]
    findings: Sequence[tuple]
    moved: str = ""
    unknown: str = ""
    alike: str = ""


def settled(evidence: Mapping[str, Evidence], item: Item, place: str, kind: str = "") -> Settled:
    """Read every number by its label, where any label says other than its number.

    Else every number is read as such, which the labels that are known confirm. Where labels move
    some numbers and others in use have no label that is known, nothing can be read.

    Parameters
    ----------
    evidence
        What is said of each number (or column) that is in use.
    item, place
        The question, and where its numbers stand, for messages.
    kind
        What the numbers are, where a question has several kinds of them.
    """
    moved = {name: each for name, each in evidence.items() if each.label not in (None, each.number)}
    unknown = {name: each for name, each in evidence.items() if each.label is None}
    answers = {name: each.label or each.number for name, each in evidence.items()}
    where = f"{place} (item `{item.id}`): "
    alike = f"{kind} {item.response_set.id}" if item.response_set else f"{kind} {place}"
    rows = []
    # A heading without a number of its own says nothing else; a value always does.
    changes = {n: each for n, each in moved.items() if each.number or kind != COLUMNS}
    if changes:
        found = "; ".join(f"{name} → {each.label}" for name, each in changes.items())
        rows.append(("recoded_by_label", "note", item.id, found, "", "recoded"))
    if shown := [f"{name} {each.shown}" for name, each in unknown.items() if each.shown]:
        expected = "a label of the questionnaire"
        rows.append(("unknown_label", "warning", item.id, "; ".join(shown), expected, "kept"))
    by_label = f"{where}by label {_listed(moved)}" if moved else ""
    by_number = f"{where}without a known label {_listed(unknown)}" if unknown else ""
    return Settled(answers, rows, by_label, by_number, alike)


def _clashes(settlements: Iterable[Settled]) -> list[str]:
    """Where labels decide in one place and numbers in another, of questions with one scale."""
    groups: dict[str, list[Settled]] = {}
    for each in settlements:
        groups.setdefault(each.alike, []).append(each)
    found = []
    for group in groups.values():
        moved = [each.moved for each in group if each.moved]
        unknown = [each.unknown for each in group if each.unknown]
        if moved and unknown:
            found.append("; ".join([*moved[:MOST_NAMED], *unknown[:MOST_NAMED]]))
    return found


def findings_of(settlements: Iterable[Settled], source: str) -> pd.DataFrame:
    """Gather what is to be told of all questions of a file.

    Raises
    ------
    StudyError
        If labels and numbers would decide half and half, in a question or in several with the same
        answers; names every such question.
    """
    settlements = list(settlements)
    clashes = _clashes(settlements)
    if clashes:
        more = f"; and {len(clashes) - MOST_NAMED} more" if len(clashes) > MOST_NAMED else ""
        raise StudyError(
            f"{source}: some values are other answers by their labels than by their numbers, while "
            "the questionnaire has no label of others, so that neither can decide: "
            f"{'; '.join(clashes[:MOST_NAMED])}{more}. Write the same labels in file and "
            "questionnaire, or save the file without labels if the numbers are right."
        )
    rows = [row for each in settlements for row in each.findings]
    return findings(
        [
            (code, severity, "", pd.NA, item, found, expected, action)
            for code, severity, item, found, expected, action in rows
        ]
    )


def _listed(evidence: Mapping[str, Evidence]) -> str:
    shown = [f"`{f'{name} {each.shown}'.strip()[:60]}`" for name, each in evidence.items()]
    more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    return ", ".join(shown[:MOST_NAMED]) + more


def answer_in(label: str, known: Mapping[str, str]) -> str | None:
    """Answer that a label names, in one language or in several (`Yes / Oui`).

    Parameters
    ----------
    label
        The label as it stands.
    known
        Answers by normalised label.
    """
    readings = (normal(each) for each in (label, *label.split(LANGUAGES, DEEPEST)))
    return next((known[each] for each in readings if each in known), None)


def answer_behind(label: str, known: Mapping[str, str]) -> str | None:
    """Answer that a label names behind its question: `Your race? - White`, `Race (White)`."""
    readings = [label]
    for mark in BETWEEN:
        parts = label.split(mark, DEEPEST)
        readings += [mark.join(parts[cut:]) for cut in range(1, len(parts))]
    if bracketed := BRACKETED.fullmatch(label):
        readings.append(bracketed[1])
    found = (answer_in(each, known) for each in readings)
    return next((answer for answer in found if answer is not None), None)
