"""Random numbers: one stream for each mechanism, so that none moves another's draws."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

WORDS = 4


@dataclass(frozen=True)
class Streams:
    """All random numbers of one synthetic study.

    A stream depends on the seed, the number of the replicate and its own name alone. A mechanism
    that draws more, or is turned on, changes nothing of what others draw; and a replicate is the
    same whether or not those before it were made.

    Attributes
    ----------
    seed
        Seed of the study.
    replicate
        Number of the replicate.
    """

    seed: int
    replicate: int = 0

    def of(self, *name: str) -> np.random.Generator:
        """Give the stream of a mechanism, at its start.

        Parameters
        ----------
        *name
            What names the mechanism, such as `("equation", "b1", "persons")`.
        """
        digest = sha256("\0".join(name).encode("utf-8")).digest()
        words = np.frombuffer(digest, "<u4")[:WORDS]
        key = (self.replicate, *map(int, words))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
