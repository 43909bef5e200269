"""Answers that are not given: blanks, refusals, interviews that end early."""

from __future__ import annotations

import numpy as np

from coproduction.instrument.definition import Instrument
from coproduction.simulation.response.routing import Answers, without
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.world import World
from coproduction.simulation.truth.content import Nonresponse

LARGEST_SHARE = 0.95
FIRST = ("consent", "eligibility", "cluster")
"""Roles of the questions that come before anybody breaks off."""


def skip(
    answers: Answers,
    world: World,
    instrument: Instrument,
    rule: Nonresponse,
    streams: Streams,
    *occasion: str,
) -> Answers:
    """Blank some answers and turn some into refusals, at random or by what is true of a person.

    A share is multiplied by exp of the causes' sum. What the form insists on is never blank, and
    what it draws itself neither.
    """
    questions = [
        item for item in instrument.questions if item.id in answers and item.type != "random"
    ]
    units, shared, given = world.people.units, world.sum(rule.causes), dict(answers)
    for item in questions:
        own = rule.items.get(item.id)
        share = rule.blank if own is None or own.blank is None else own.blank
        factor = np.exp(shared + (world.sum(own.causes) if own else 0.0))
        if own and own.refused:
            code = float(instrument.missing_code("refused"))
            chance = np.minimum(own.refused * factor, LARGEST_SHARE)
            refused = streams.uniform(units, "refused", item.id, *occasion) < chance
            given[item.id] = np.where(refused, code, given[item.id])
        if share and not item.required:
            chance = np.minimum(share * factor, LARGEST_SHARE)
            left = streams.uniform(units, "blank", item.id, *occasion) < chance
            given[item.id] = without(given[item.id], left)
    return given


def break_off(
    answers: Answers,
    units: np.ndarray,
    rows: np.ndarray,
    instrument: Instrument,
    streams: Streams,
    *occasion: str,
) -> Answers:
    """Blank everything from a random question on, consent and screening excepted.

    Parameters
    ----------
    answers
        Answers by item.
    units
        Numbers of the persons (n,).
    rows
        Whose interview ends early (n,).
    instrument
        The questionnaire.
    streams, *occasion
        Random numbers, and words that set them apart from those of another occasion.
    """
    asked = [item for item in instrument.questions if item.id in answers and item.type != "random"]
    first = 1 + max((p for p, item in enumerate(asked) if item.role in FIRST), default=-1)
    chance = streams.uniform(units, "break off", *occasion)
    last = first + (chance * (len(asked) - first)).astype(int)
    given = dict(answers)
    for position, item in enumerate(asked):
        gone = rows & (position >= last)
        if gone.any() and position >= first:
            given[item.id] = without(given[item.id], gone)
    return given
