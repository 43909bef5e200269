"""How a variable's value comes about from what moves it: one small class for each way.

Every error is standard normal before a link makes use of it, so that one rule serves all of them
when errors correlate or persist from wave to wave. Constants that make a share, mean or variance
come out as the truth file says are found once, in a large population, and are the same ever after:
neither a replicate nor an intervention changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Drive:
    """What moves a variable.

    Attributes
    ----------
    linear
        Sum of the causes: (n,), of options with causes of their own (n, K).
    noise
        Standard normal errors (n, width of the link).
    group
        Which of the link's groups each belongs to (n,), 0 for none of them.
    """

    linear: np.ndarray
    noise: np.ndarray
    group: np.ndarray


class Link(Protocol):
    """A way in which a value comes about, with the constants that its margins ask for."""

    @property
    def width(self) -> int:
        """Number of errors for each value."""
        ...

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the constants, in a large population."""
        ...

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the values (n,)."""
        ...
