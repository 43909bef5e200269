"""Times at which persons are interviewed: the survey, a retest, further waves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.simulation.fieldwork import SIMULATOR, Forms, forms, sent, starts
from coproduction.simulation.generator import Generator
from coproduction.simulation.response.interview import Interviews, interviews
from coproduction.simulation.response.routing import Answers
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.noise import Noise
from coproduction.simulation.structure.world import World, reported
from coproduction.simulation.truth.content import RETEST
from coproduction.simulation.waves import asked_again, next_wave, staying

DAY, HOUR = 86400, 3600
LINKS = ("submission", "first", "submitted_by")


@dataclass(frozen=True)
class Occasion:
    """One time at which persons are interviewed.

    Attributes
    ----------
    world
        What is true of them.
    interviews
        What they answer, a row for each person.
    persons
        Which persons of the first occasion they are (n,).
    made
        Their forms as filled in, in the order of the persons.
    forms, rows, answers
        What came in, a row for each form in order of arrival: ids and moments, the row of the
        interview that it holds, and the answers.
    """

    world: World
    interviews: Interviews
    persons: np.ndarray
    made: Forms
    forms: Forms
    rows: np.ndarray
    answers: Answers


def survey(generator: Generator, world: World, noise: Noise, streams: Streams) -> Occasion:
    """Interview persons for the first time; some forms come in twice, or wrong."""
    given = interviews(generator, world, reported(world, noise), streams)
    rule, units = generator.truth.fieldwork, world.people.units
    made = forms(rule, units, starts(rule, units, streams), given.careless, streams)
    return Occasion(
        world, given, np.arange(len(units)), made, *sent(rule, units, made, given.given, streams)
    )


def later(
    generator: Generator, first: Occasion, noise: Noise, streams: Streams
) -> dict[str, Occasion]:
    """Ask persons of the first occasion again, by name of the occasion."""
    found = {}
    if generator.truth.retest.respondents:
        found[RETEST] = _retest(generator, first, noise, streams)
    world, persons = first.world, np.arange(len(first.world.place))
    for wave in generator.truth.waves:
        stay = staying(world)
        world, noise, persons = world.take(stay), noise.take(stay), persons[stay]
        world, noise = next_wave(world, noise, wave, streams)
        rule = generator.truth.fieldwork
        began = starts(rule, world.people.units, streams, wave.id)
        began = began + np.timedelta64(wave.days * DAY, "s")
        found[wave.id] = _occasion(generator, world, noise, persons, began, streams, wave.id)
    return found


def links(first: Occasion, again: Occasion, lost: int, streams: Streams) -> pd.DataFrame:
    """Write down which form is of the same person as which first one, but for the lost.

    Returns
    -------
    pandas.DataFrame
        `submission, first, submitted_by`.
    """
    table = pd.DataFrame(
        {
            "submission": again.made.submission,
            "first": first.made.submission[again.persons],
            "submitted_by": SIMULATOR,
        }
    )
    order = np.argsort(streams.uniform(again.world.people.units, "links"))
    return table.iloc[np.sort(order[: max(len(table) - lost, 0)])].reset_index(drop=True)


def _occasion(
    generator: Generator,
    world: World,
    noise: Noise,
    persons: np.ndarray,
    began: np.ndarray,
    streams: Streams,
    name: str,
) -> Occasion:
    given = interviews(generator, world, reported(world, noise), streams, name)
    units = world.people.units
    made = forms(generator.truth.fieldwork, units, began, given.careless, streams, name)
    order = np.lexsort((made.submission, made.uploaded))
    answers = {item: values[order] for item, values in given.given.items()}
    return Occasion(world, given, persons, made, made.take(order), order, answers)


def _retest(generator: Generator, first: Occasion, noise: Noise, streams: Streams) -> Occasion:
    rule, units = generator.truth.retest, first.world.people.units
    agreed = np.ones(len(units), bool)
    for item in generator.main.with_role("consent_recontact"):
        agreed &= first.interviews.given[item.id] == float(item.values[0])
    order = streams.uniform(units, RETEST, "who")
    willing = np.flatnonzero(agreed)
    persons = np.sort(willing[np.argsort(order[willing])][: rule.respondents])
    passed = DAY * streams.whole(units[persons], rule.least, rule.most, RETEST, "days")
    passed = passed + streams.whole(units[persons], 0, HOUR - 1, RETEST, "seconds")
    began = first.made.started[persons] + passed.astype("timedelta64[s]")
    world, errors = asked_again(first.world.take(persons), noise.take(persons), streams)
    return _occasion(generator, world, errors, persons, began, streams, RETEST)
