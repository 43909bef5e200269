"""Who there is: persons in communities, each known by a number that nobody else has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COMMUNITY = 2**32
"""How far the numbers of the first persons of two communities are apart."""


@dataclass(frozen=True)
class People:
    """Persons in communities.

    Attributes
    ----------
    place
        Community of each person, from 0 (n,).
    units
        A number for each person (n,), which depends on community and place in it alone: the same
        whoever else is there.
    number
        Number of communities J.
    """

    place: np.ndarray
    units: np.ndarray
    number: int

    @property
    def communities(self) -> np.ndarray:
        """A number for each community (J,)."""
        return np.arange(self.number)

    def take(self, rows: np.ndarray) -> People:
        """Keep some persons, and all communities."""
        return People(self.place[rows], self.units[rows], self.number)


def inhabitants(residents: np.ndarray) -> People:
    """Give all residents of communities a number each, from how many live in each (J,)."""
    place = np.repeat(np.arange(len(residents)), residents)
    first = np.cumsum(residents) - residents
    within = np.arange(len(place)) - first[place]
    return People(place, place * COMMUNITY + within, len(residents))
