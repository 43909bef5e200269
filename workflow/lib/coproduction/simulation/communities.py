"""The communities: their number of residents and what they are called."""

from __future__ import annotations

import numpy as np

from coproduction.instrument.definition import Item
from coproduction.simulation.streams import Streams
from coproduction.simulation.truth.content import Size


def sizes(size: Size, number: int, streams: Streams, *what: str) -> np.ndarray:
    """Draw numbers of persons of some communities (J,).

    Parameters
    ----------
    size
        Mean, spread and least number.
    number
        Number of communities.
    streams, *what
        Random numbers, and what they are of.
    """
    drawn = size.mean + size.spread * streams.normal(np.arange(number), *what, "sizes")
    return np.maximum(np.rint(drawn).astype(int), size.least)


def codes(form: str, number: int) -> np.ndarray:
    """Write the codes of communities, counted from 1 (J,)."""
    return np.array([form.format(place + 1) for place in range(number)], object)


def named(item: Item, form: str, number: int) -> np.ndarray:
    """Give what a question for the community holds in each of them (J,).

    A text holds the community's code; a choice its options in turn, a number counts from 1.
    """
    if item.values:
        return np.resize(np.array(item.values, float), number)
    if item.type in ("integer", "decimal"):
        return np.arange(1.0, number + 1)
    return codes(form, number)
