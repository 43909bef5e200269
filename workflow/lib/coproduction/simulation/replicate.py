"""One synthetic study: what is true, what came in, and what is known of those who were drawn.

A replicate depends on the seed and its number alone. Residents of all communities are drawn first,
with as much as frames, margins and the sheets of communities ask for; the rest of what is true only
for those who are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.simulation.contact_log import contact_log
from coproduction.simulation.fieldwork import Forms, forms, sent, starts
from coproduction.simulation.generator import Generator
from coproduction.simulation.residents import completed, population
from coproduction.simulation.response.interview import Interviews, interviews
from coproduction.simulation.response.routing import Answers
from coproduction.simulation.sampling import margins, sample
from coproduction.simulation.sheets import sheets
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.world import World, reported
from coproduction.simulation.truth.content import RESPONDS


@dataclass(frozen=True)
class Occasion:
    """One time at which persons are interviewed.

    Attributes
    ----------
    world
        What is true of them.
    interviews
        What they answer, a row for each person.
    forms, rows, answers
        What came in, a row for each form in order of arrival: ids and moments, the person whose
        interview it holds, and the answers.
    """

    world: World
    interviews: Interviews
    forms: Forms
    rows: np.ndarray
    answers: Answers


@dataclass(frozen=True)
class Replicate:
    """A synthetic study.

    Attributes
    ----------
    first
        The survey.
    communities
        The sheets of communities; None where the study has none.
    contacts
        Everybody drawn, with the final disposition and the probability of being drawn.
    frames
        How many were on each list and how many were drawn: `community, frame, listed, drawn`.
    margins
        Answers of all residents to some questions: `item, value, residents, share`.
    """

    first: Occasion
    communities: pd.DataFrame | None
    contacts: pd.DataFrame
    frames: pd.DataFrame
    margins: pd.DataFrame


def replicate(generator: Generator, seed: int, number: int = 0) -> Replicate:
    """Make one synthetic study.

    Parameters
    ----------
    generator
        What it is drawn from.
    seed, number
        Seed of the study and number of the replicate; the same two give the same bytes.
    """
    streams = Streams(seed, number)
    residents, noise = population(generator, streams)
    drawn = sample(generator, residents, streams)
    world, noise = completed(residents.take(drawn.rows), noise.take(drawn.rows), streams)
    responds = world.of(RESPONDS) == 1 if RESPONDS in world.values else world.holds("")
    rows = np.flatnonzero(responds)
    asked, told = world.take(rows), reported(world, noise).take(rows)
    given = interviews(generator, asked, told, streams)
    rule = generator.truth.fieldwork
    made = forms(rule, starts(rule, len(rows), streams), given.careless, streams)
    return Replicate(
        first=Occasion(asked, given, *sent(rule, made, given.given, streams)),
        communities=sheets(generator, world, streams) if generator.sheet else None,
        contacts=contact_log(generator, drawn, world, responds, made, given.given, streams),
        frames=drawn.frames,
        margins=margins(generator, residents),
    )
