"""Answers of people, before any platform has written them down, and the table they must become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import dtype

Answer = int | float | str | tuple[int, ...] | None

# One respondent's answers to every question of the small questionnaire.
FULL: Mapping[str, Answer] = {
    "consent": 1,
    "communityid": "GZ001",
    "age": 43,
    "tenure": 2,
    "rent": 1800,
    "activity": (1, 3),
    "att1": 4,
    "att2": 5,
    "att3": 2,
    "chk1": 2,
    "tru1": 4,
    "tru2": -88,
    "tru3": 3,
    "comment": "路灯坏了,\n请修。",
}


@dataclass(frozen=True)
class Submission:
    """One filled-in questionnaire: its id, its moments and its answers in the tables' codes."""

    id: str
    started: datetime
    ended: datetime
    answers: Mapping[str, Answer]


def expected(instrument: Instrument, submissions: Sequence[Submission]) -> pd.DataFrame:
    """Answers as they must stand in the canonical table, under the ids of the submissions."""
    columns = {}
    for item in instrument.questions:
        cells = [_canonical(s.answers.get(item.id), item) for s in submissions]
        columns[item.id] = pd.array(cells, dtype=dtype(item))
    index = pd.Index([s.id for s in submissions], dtype="string", name="submission")
    return pd.DataFrame(columns, index=index)


def answers_in(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Answers of a canonical table, under the ids of the submissions."""
    items = [item.id for item in instrument.questions]
    return responses.set_index("submission")[items]


def utc(moment: datetime) -> str:
    """Write a moment as the canonical table does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _canonical(answer: Answer, item: Item) -> Answer:
    if isinstance(answer, tuple):
        order = [*item.response_set.values, *answer]
        return " ".join(str(value) for value in sorted(answer, key=order.index)) or None
    if isinstance(answer, str):
        return answer.strip() or None
    return answer


def shown(item: Item, value: int, instrument: Instrument, words: str = "wire") -> str:
    """Write one answer to a choice as its code on the wire, its value, or its label."""
    for option in item.response_set.options:
        if option.value == value:
            texts = {"wire": option.wire, "value": str(value), **option.label}
            return texts[words]
    for code in instrument.missing_codes.values():
        if code.code == value:
            return {"wire": code.wire, "value": str(value), **code.label}[words]
    raise KeyError(value)


def every_answer(item: Item, instrument: Instrument) -> list[int]:
    """Codes of all answers that the form offers, in the order shown."""
    missing = [instrument.missing_codes[kind].code for kind in item.response_set.offer_missing]
    return [*item.response_set.values, *missing]


def cell(item: Item, answer: Answer, instrument: Instrument, words: str = "wire") -> str:
    """Write a whole answer in one cell; several answers are separated by spaces."""
    if answer is None:
        return ""
    if isinstance(answer, tuple):
        return " ".join(shown(item, value, instrument, words) for value in answer)
    if item.response_set is not None:
        return shown(item, answer, instrument, words)
    return str(answer)
