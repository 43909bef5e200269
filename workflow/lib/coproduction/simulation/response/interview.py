"""One interview of each of some persons: from what is true of them to what comes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.instrument.definition import Instrument
from coproduction.simulation.communities import named
from coproduction.simulation.generator import Generator
from coproduction.simulation.response.careless import careless
from coproduction.simulation.response.measurement import answers as scale_answers
from coproduction.simulation.response.nonresponse import break_off, skip
from coproduction.simulation.response.routing import Answers, route, text_of
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.choices import Ticks
from coproduction.simulation.structure.world import World
from coproduction.simulation.truth.content import BREAKS_OFF, CARELESS


@dataclass(frozen=True)
class Interviews:
    """What persons answer on one occasion.

    Attributes
    ----------
    intended
        What each would answer with care and without leaving anything out, before the
        questionnaire's own logic; not knowing is an answer.
    given
        What came in: codes and numbers, NaN for none, ticks and texts as text.
    careless
        Who was careless (n,).
    """

    intended: Answers
    given: Answers
    careless: np.ndarray


def interviews(
    generator: Generator, world: World, told: World, streams: Streams, *occasion: str
) -> Interviews:
    """Interview persons.

    Parameters
    ----------
    generator
        What the study is drawn from.
    world, told
        What is true of the persons and what they report, without errors of measurement.
    streams
        Random numbers.
    *occasion
        Words that set this occasion apart from another.
    """
    truth, main, units = generator.truth, generator.main, world.people.units
    ticks = ticks_of(world, main)
    intended = careful(generator, world, told, streams, *occasion)
    hurried = befalls(world, CARELESS)
    given = _slips(intended, generator, units, streams, occasion)
    given = careless(given, units, hurried, main, truth.carelessness, ticks, streams, *occasion)
    given = skip(given, world, main, truth.nonresponse, streams, *occasion)
    given = break_off(given, units, befalls(world, BREAKS_OFF), main, streams, *occasion)
    given = route(given, main, ticks)
    return Interviews(intended, written(given, ticks), hurried)


def careful(
    generator: Generator, world: World, told: World, streams: Streams, *occasion: str
) -> Answers:
    """Answer every question with care: facts as reported, scales, attention checks."""
    known = scale_answers(
        generator.truth, generator.measured, world, generator.main, streams, *occasion
    )
    found: Answers = {}
    for item in generator.main.questions:
        if item.id in known:
            found[item.id] = known[item.id]
        elif item.role == "cluster":
            form = generator.truth.communities.code
            found[item.id] = named(item, form, world.number)[world.place]
        elif item.id in generator.truth.texts:
            found[item.id] = np.full(len(world.place), generator.truth.texts[item.id], object)
        elif item.role == "attention_check" and item.expected is not None:
            found[item.id] = np.full(len(world.place), float(item.expected))
        elif item.id in told.values:
            found[item.id] = told.of(item.id)
    return found


def ticks_of(world: World, instrument: Instrument) -> dict[str, Ticks]:
    """Links of the multiple choices of a questionnaire."""
    links = {name: each.link for name, each in world.system.equations.items()}
    return {
        name: link
        for name, link in links.items()
        if isinstance(link, Ticks) and name in instrument.by_id
    }


def befalls(world: World, name: str) -> np.ndarray:
    """Whom something befalls (n,): nobody, if the truth file does not say so."""
    if name not in world.values:
        return np.zeros(len(world.place), bool)
    return world.of(name) == 1


def written(answers: Answers, ticks: dict[str, Ticks]) -> Answers:
    """Write ticks as text."""
    return {
        name: text_of(values, ticks[name]) if name in ticks else values
        for name, values in answers.items()
    }


def _slips(
    intended: Answers,
    generator: Generator,
    units: np.ndarray,
    streams: Streams,
    occasion: tuple[str, ...],
) -> Answers:
    """Let some of the careful miss an attention check: they choose the last answer."""
    given = dict(intended)
    for item in generator.main.with_role("attention_check"):
        chance = streams.uniform(units, "slip", item.id, *occasion)
        missed = chance < generator.truth.carelessness.slips
        given[item.id] = np.where(missed, float(item.values[-1]), given[item.id])
    return given
