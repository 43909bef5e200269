"""One synthetic study: what is true, what came in, and what is known of those who were drawn.

A replicate depends on the seed and its number alone. Residents of all communities are drawn first,
with as much as frames, margins and the sheets of communities ask for; the rest of what is true only
for those who are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.simulation.contact_log import contact_log
from coproduction.simulation.generator import Generator
from coproduction.simulation.occasions import Occasion, later, links, survey
from coproduction.simulation.residents import completed, population
from coproduction.simulation.sampling import margins, sample
from coproduction.simulation.sheets import sheets
from coproduction.simulation.streams import Streams
from coproduction.simulation.truth.content import RESPONDS, RETEST


@dataclass(frozen=True)
class Replicate:
    """A synthetic study.

    Attributes
    ----------
    first
        The survey.
    later
        Occasions on which persons were asked again, by name.
    links
        By the same names, which form is of the same person as which first one.
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
    later: Mapping[str, Occasion]
    links: Mapping[str, pd.DataFrame]
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
    streams, sheet = Streams(seed, number), generator.sheet
    residents, noise = population(generator, streams)
    drawn = sample(generator, residents, streams)
    world, noise = completed(residents.take(drawn.rows), noise.take(drawn.rows), streams)
    responds = world.of(RESPONDS) == 1 if RESPONDS in world.values else world.holds("")
    rows = np.flatnonzero(responds)
    first = survey(generator, world.take(rows), noise.take(rows), streams)
    again = later(generator, first, noise.take(rows), streams)
    lost = generator.truth.retest.lost_links
    return Replicate(
        first=first,
        later=again,
        links={
            name: links(first, each, lost if name == RETEST else 0, streams)
            for name, each in again.items()
        },
        communities=None if sheet is None else sheets(generator, sheet, world, streams),
        contacts=contact_log(generator, drawn, world, responds, first, streams),
        frames=drawn.frames,
        margins=margins(generator, residents),
    )
