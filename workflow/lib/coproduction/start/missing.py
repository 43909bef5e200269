"""The four kinds of missing answers, under the codes and in the words that a file has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coproduction.instrument.wording import normal
from coproduction.languages import listed, words
from coproduction.start.source import Column

USUAL = {"dont_know": -88, "refused": -99, "not_asked": -77, "not_reached": -66}
"""Kinds of missing answers and their codes, where a file has none of its own."""
WORDS = "missing_answers.yaml"


@dataclass(frozen=True)
class Missing:
    """A kind of missing answer: its code in the tables, and its label."""

    kind: str
    code: int
    label: str


def kind_of(label: str) -> str | None:
    """Tell the kind of missing answer that a label names, in any language; None for an answer."""
    folded = normal(label)
    for kind in USUAL:
        if folded in {normal(each) for each in listed(WORDS, kind)}:
            return kind
    return None


def missing_answers(columns: Iterable[Column], language: str) -> tuple[Missing, ...]:
    """Give every kind the code and label that the file has for it, where it is one and negative.

    Parameters
    ----------
    columns
        Columns of the file.
    language
        Language of labels that the file does not tell.
    """
    columns = list(columns)
    found: dict[str, dict[str, list[str]]] = {kind: {} for kind in USUAL}
    answers = set()
    for column in columns:
        for value, label in column.labels.items():
            if kind := kind_of(label):
                found[kind].setdefault(value, []).append(label)
            else:
                answers.add(value)
        answers.update({*column.cells} - {*column.labels})
    codes = _codes(found, answers)
    return tuple(Missing(kind, codes[kind], _label(found[kind], kind, language)) for kind in USUAL)


def _codes(found: Mapping[str, Mapping[str, list[str]]], answers: set[str]) -> dict[str, int]:
    codes: dict[str, int] = {}
    taken = answers.union(*found.values())
    for kind, usual in USUAL.items():
        own = [value for value in found[kind] if re.fullmatch(r"-[1-9][0-9]{0,8}", value)]
        shared = answers.union(*(found[other] for other in found if other != kind))
        if len(own) == len(found[kind]) == 1 and own[0] not in shared:
            codes[kind] = int(own[0])
        else:
            free = (usual * 10**power for power in range(8))
            used = taken.union(map(str, codes.values()))
            codes[kind] = next(code for code in free if str(code) not in used)
    return codes


def _label(found: Mapping[str, list[str]], kind: str, language: str) -> str:
    labels = [label for each in found.values() for label in each]
    return max(labels, key=labels.count) if labels else words(language, WORDS)[kind][0]
