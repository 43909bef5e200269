"""The log of contacts: everybody drawn, with the final disposition."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds, variables_in
from coproduction.simulation.communities import codes
from coproduction.simulation.fieldwork import SIMULATOR
from coproduction.simulation.generator import Generator
from coproduction.simulation.occasions import Occasion
from coproduction.simulation.response.routing import Answers
from coproduction.simulation.sampling import Sample
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.world import World
from coproduction.simulation.truth.content import SampleRule

INTERVIEW = "1.10"
MOST_ATTEMPTS = 6


def contact_log(
    generator: Generator,
    drawn: Sample,
    world: World,
    responds: np.ndarray,
    first: Occasion,
    streams: Streams,
) -> pd.DataFrame:
    """Log all contacts.

    Dispositions are final codes of the AAPOR *Standard Definitions* (1.10 interview, 2.11 refusal,
    2.20 non-contact, …).

    Parameters
    ----------
    generator
        What the study is drawn from.
    drawn, world
        The persons drawn (n), and what is true of them.
    responds
        Who responds (n,).
    first
        The interviews of those.
    streams
        Random numbers.

    Returns
    -------
    pandas.DataFrame
        `contact, community, frame, mode, attempts, disposition, submission, probability,
        submitted_by`.
    """
    rule, n = generator.truth.sample, len(responds)
    lost, shares = list(rule.dispositions), np.array(list(rule.dispositions.values()))
    limits = np.cumsum(shares)[:-1] / shares.sum()
    units = world.people.units
    place = np.searchsorted(limits, streams.uniform(units, "disposition"), side="right")
    disposition = np.array(lost, object)[place]
    disposition[responds] = at_the_door(rule, first.interviews.given, generator.main)
    linked = np.full(n, "", object)
    linked[responds] = first.made.submission
    return pd.DataFrame(
        {
            "contact": [f"K{number:05d}" for number in range(1, n + 1)],
            "community": codes(generator.truth.communities.code, world.number)[world.place],
            "frame": drawn.frame,
            "mode": rule.mode,
            "attempts": streams.whole(units, 1, MOST_ATTEMPTS, "attempts"),
            "disposition": disposition,
            "submission": linked,
            "probability": np.round(drawn.probability, 6),
            "submitted_by": SIMULATOR,
        }
    )


def at_the_door(rule: SampleRule, given: Answers, instrument: Instrument) -> np.ndarray:
    """Tell the disposition of each interview from what was answered at the door."""
    found = np.full(len(next(iter(given.values()))), INTERVIEW, object)
    for code, condition in rule.seen.items():
        table = pd.DataFrame({name: given[name] for name in variables_in(condition)})
        found[holds(condition, table, instrument.missing_values).to_numpy(bool)] = code
    return found
