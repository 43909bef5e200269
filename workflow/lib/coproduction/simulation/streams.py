"""Random numbers that belong to somebody: none moves another's, whoever else is there."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy.special import ndtri

STEP = np.uint64(0x9E3779B97F4A7C15)
ROUNDS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
LAST = np.uint64(31)


@dataclass(frozen=True)
class Streams:
    """All random numbers of one synthetic study.

    A number depends on the seed, the replicate, the name of the mechanism that draws it, and whom
    it is drawn for: nothing else. A mechanism that is turned on, or draws more, changes nothing of
    what others draw; whoever joins a sample or leaves it changes nothing for the others; and a
    replicate is the same whether or not those before it were made.

    Attributes
    ----------
    seed
        Seed of the study.
    replicate
        Number of the replicate.

    Notes
    -----
    Numbers are those of SplitMix64 (Steele, Lea & Flood 2014, *Proceedings of OOPSLA*, 453–472)
    with the mixing of its published version: each mechanism has a generator that gives everybody a
    generator, of which the numbers are drawn.
    """

    seed: int
    replicate: int = 0

    def words(self, units: np.ndarray, number: int, *name: str) -> np.ndarray:
        """Draw 64 random bits some times for each.

        Parameters
        ----------
        units
            Whom they are drawn for: whole numbers, one a person or community (n,).
        number
            How many for each.
        *name
            What names the mechanism, such as `("equation", "b1", "persons")`.

        Returns
        -------
        numpy.ndarray
            Unsigned integers (n, number).
        """
        told = "\0".join((str(self.seed), str(self.replicate), *name))
        key = np.frombuffer(sha256(told.encode("utf-8")).digest(), "<u8")[:1]
        own = _mixed(key + units.astype(np.uint64) * STEP)
        return _mixed(own[:, None] + np.arange(1, number + 1, dtype=np.uint64) * STEP)

    def uniform(self, units: np.ndarray, *name: str) -> np.ndarray:
        """Draw a number in [0, 1) for each (n,)."""
        return (self.words(units, 1, *name)[:, 0] >> np.uint64(11)) * 2.0**-53

    def normal(self, units: np.ndarray, *name: str) -> np.ndarray:
        """Draw a standard normal number for each (n,)."""
        return self.normals(units, 1, *name)[:, 0]

    def normals(self, units: np.ndarray, number: int, *name: str) -> np.ndarray:
        """Draw some standard normal numbers for each (n, number)."""
        return ndtri(((self.words(units, number, *name) >> np.uint64(12)) + 0.5) * 2.0**-52)

    def whole(self, units: np.ndarray, low: int, high: int, *name: str) -> np.ndarray:
        """Draw a whole number from `low` to `high`, both possible, for each (n,)."""
        return low + (self.uniform(units, *name) * (high + 1 - low)).astype(int)


def _mixed(numbers: np.ndarray) -> np.ndarray:
    for shift, factor in ROUNDS:
        numbers = (numbers ^ (numbers >> shift)) * factor
    return numbers ^ (numbers >> LAST)
