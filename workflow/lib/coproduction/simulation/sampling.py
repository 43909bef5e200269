"""Who of the residents is drawn: frames with known probabilities, and the margins of everyone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.simulation.communities import codes, sizes
from coproduction.simulation.fieldwork import SIMULATOR
from coproduction.simulation.generator import Generator
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.world import World


@dataclass(frozen=True)
class Sample:
    """The persons drawn, of all residents.

    Attributes
    ----------
    rows
        Positions of the drawn among the residents (n,), by community.
    frame
        Name of the first frame that each was drawn from (n,).
    probability
        Probability with which each was drawn, from any frame (n,).
    frames
        How many are on each list and how many were drawn: `community, frame, listed, drawn,
        submitted_by`.
    """

    rows: np.ndarray
    frame: np.ndarray
    probability: np.ndarray
    frames: pd.DataFrame


def sample(generator: Generator, residents: World, streams: Streams) -> Sample:
    """Draw persons from each frame of each community, without replacement.

    Parameters
    ----------
    generator
        What the study is drawn from.
    residents
        All residents, with what the frames ask for.
    streams
        Random numbers.
    """
    place, number = residents.place, residents.number
    chosen = np.zeros(len(place), bool)
    frame = np.empty(len(place), object)
    missed, rows = np.ones(len(place)), []
    for each in generator.truth.sample.frames:
        on_list = residents.holds(each.where)
        listed = np.bincount(place[on_list], minlength=number)
        wanted = sizes(each.drawn, number, streams, "frame", each.name)
        drawn = np.minimum(wanted, listed)
        key = streams.uniform(residents.people.units, "frame", each.name, "order")
        hit = _first(place, on_list, key, drawn)
        frame[hit & ~chosen] = each.name
        chosen |= hit
        share = drawn / np.maximum(listed, 1)
        missed *= np.where(on_list, 1 - share[place], 1.0)
        rows.append(_counts(generator, each.name, listed, drawn))
    found = np.flatnonzero(chosen)
    frames = pd.concat(rows, ignore_index=True)
    return Sample(found, frame[found].astype(str), 1 - missed[found], frames)


def _first(
    place: np.ndarray, on_list: np.ndarray, key: np.ndarray, drawn: np.ndarray
) -> np.ndarray:
    """Mark the persons on a list whose keys are the smallest of their community (n,)."""
    candidates = np.flatnonzero(on_list)
    order = candidates[np.lexsort((key[candidates], place[candidates]))]
    starts = np.searchsorted(place[order], np.arange(len(drawn)))
    rank = np.arange(len(order)) - starts[place[order]]
    hit = np.zeros(len(place), bool)
    hit[order[rank < drawn[place[order]]]] = True
    return hit


def _counts(
    generator: Generator, frame: str, listed: np.ndarray, drawn: np.ndarray
) -> pd.DataFrame:
    names = codes(generator.truth.communities.code, len(listed))
    return pd.DataFrame(
        {
            "community": names,
            "frame": frame,
            "listed": listed,
            "drawn": drawn,
            "submitted_by": SIMULATOR,
        }
    )


def margins(generator: Generator, residents: World) -> pd.DataFrame:
    """Count the answers that all residents would give to some questions.

    Returns
    -------
    pandas.DataFrame
        `item, value, residents, share, submitted_by`.
    """
    rows = []
    for name in generator.truth.sample.margins:
        values, counts = np.unique(residents.of(name), return_counts=True)
        for value, count in zip(values.astype(int), counts, strict=True):
            rows.append((name, value, count, count / len(residents.place)))
    table = pd.DataFrame(rows, columns=["item", "value", "residents", "share"])
    return table.assign(submitted_by=SIMULATOR)
