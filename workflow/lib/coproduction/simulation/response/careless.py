"""Answers given without reading: in a straight line, at random, in turn, in runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from coproduction.instrument.definition import Instrument, Item
from coproduction.simulation.response.routing import Answers
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.choices import Ticks
from coproduction.simulation.truth.content import Carelessness

RUN = 8
"""Mean number of questions until one who answers in runs takes another answer."""
MEASURED = ("marker", "attention_check")
NEVER = ("consent", "eligibility", "cluster", "design", "consent_sensitive", "consent_recontact")


def careless_questions(instrument: Instrument, rule: Carelessness) -> list[Item]:
    """Questions that are answered without care, in the order asked."""
    return [
        item
        for item in instrument.questions
        if item.construct
        or item.role in MEASURED
        or (rule.questions == "all" and item.role not in NEVER and _closed(item))
    ]


def _closed(item: Item) -> bool:
    if item.type in ("integer", "decimal"):
        return item.limits is not None
    return item.type in ("select_one", "select_multiple")


def careless(
    answers: Answers,
    units: np.ndarray,
    rows: np.ndarray,
    instrument: Instrument,
    rule: Carelessness,
    ticks: Mapping[str, Ticks],
    streams: Streams,
    *occasion: str,
) -> Answers:
    """Replace the answers of the careless from the first question on, or from a random one.

    Parameters
    ----------
    answers
        Careful answers.
    units
        Numbers of the persons (n,).
    rows
        Who is careless (n,).
    instrument
        The questionnaire.
    rule
        How.
    ticks
        Links of multiple choices.
    streams, *occasion
        Random numbers, and words that set them apart from those of another occasion.
    """
    questions = careless_questions(instrument, rule)
    who = np.flatnonzero(rows)
    if not len(who) or not questions:
        return answers
    partial = streams.uniform(units[who], "careless", "partial", *occasion) < rule.partial
    first = streams.whole(units[who], 0, len(questions) - 1, "careless", "first", *occasion)
    first = np.where(partial, first, 0)
    chance = _chances(rule, units[who], questions, streams, occasion)
    given = dict(answers)
    for position, item in enumerate(questions):
        replaced = who[first <= position]
        drawn = chance[first <= position, position]
        given[item.id] = given[item.id].copy()
        given[item.id][replaced] = _answer(item, drawn, ticks)
    return given


def _chances(
    rule: Carelessness,
    units: np.ndarray,
    questions: list[Item],
    streams: Streams,
    occasion: tuple[str, ...],
) -> np.ndarray:
    """Draw, for each careless person and question, a number in [0, 1) that stands for an answer."""

    def drawn_for(what: str) -> np.ndarray:
        named = (("careless", what, item.id, *occasion) for item in questions)
        return np.column_stack([streams.uniform(units, *name) for name in named])

    names = list(rule.kinds)
    kinds = streams.uniform(units, "careless", "kind", *occasion)
    shares = np.cumsum(list(rule.kinds.values())) / sum(rule.kinds.values())
    kind = np.minimum(np.searchsorted(shares, kinds, side="right"), len(names) - 1)
    drawn, turns = drawn_for("answers"), drawn_for("turns") < 1 / RUN
    turns[:, 0] = True
    columns = np.arange(len(questions))
    latest = np.maximum.accumulate(np.where(turns, columns, 0), axis=1)
    made = {
        "random": drawn,
        "straight": np.repeat(drawn[:, :1], len(questions), axis=1),
        "alternating": drawn[:, columns % 2] if len(questions) > 1 else drawn,
        "runs": np.take_along_axis(drawn, latest, axis=1),
    }
    return np.stack([made[name] for name in names])[kind, np.arange(len(units))]


def _answer(item: Item, chance: np.ndarray, ticks: Mapping[str, Ticks]) -> np.ndarray:
    if item.type == "select_multiple":
        return np.floor(chance * 2.0 ** ticks[item.id].width)
    if item.options:
        codes = np.array(item.values, float)
        return codes[(chance * len(codes)).astype(int)]
    low, high = item.limits or (0.0, 1.0)
    number = low + chance * (high - low)
    return np.rint(number) if item.type == "integer" else number
