"""The errors of everyone's variables, drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS
from coproduction.simulation.structure.system import System

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Noise:
    """All errors of a population, standard normal, by variable.

    Attributes
    ----------
    place
        Community of each person, from 0 (n,).
    number
        Number of communities J.
    persons
        Errors of each person's variables (n, width).
    communities
        Errors of communities' variables (J, width); of persons' variables the intercept's and the
        slopes' deviations of their community (J, 1 + slopes).
    """

    place: np.ndarray
    number: int
    persons: Values
    communities: Values


def draw(system: System, sizes: np.ndarray, streams: Streams, *wave: str) -> Noise:
    """Draw the errors of communities of given sizes.

    Parameters
    ----------
    system
        The equations.
    sizes
        Number of residents of each community (J,).
    streams
        Random numbers.
    *wave
        Words that set these streams apart from those of another occasion.
    """
    place, number = np.repeat(np.arange(len(sizes)), sizes), len(sizes)
    persons: dict[str, np.ndarray] = {}
    communities: dict[str, np.ndarray] = {}
    for name, equation in system.equations.items():
        if equation.is_definition:
            continue
        width = equation.link.width
        if equation.level == PERSONS:
            stream = streams.of("equation", name, PERSONS, *wave)
            persons[name] = stream.standard_normal((len(place), width))
            width = 1 + len(equation.slope_sd)
        stream = streams.of("equation", name, COMMUNITIES, *wave)
        communities[name] = stream.standard_normal((number, width))
    _correlate(system, persons, 0)
    _correlate(system, communities, 0)
    return Noise(place, number, persons, communities)


def _correlate(system: System, noise: dict[str, np.ndarray], column: int) -> None:
    """Let the first errors of some variables correlate."""
    names, root = system.correlated
    if not names:
        return
    together = np.column_stack([noise[name][:, column] for name in names]) @ root.T
    for position, name in enumerate(names):
        noise[name] = noise[name].copy()
        noise[name][:, column] = together[:, position]


def skewed(noise: np.ndarray, skewness: float) -> np.ndarray:
    """Bend standard normal numbers into ones of mean 0, variance 1 and a skewness.

    The bent numbers are a shifted lognormal (Johnson's S_L); their order stays.
    """
    if not skewness:
        return noise
    # With w = exp(s²) the skewness is (w + 2) √(w − 1).
    w = brentq(lambda w: (w + 2) * np.sqrt(w - 1) - abs(skewness), 1.0, 1e4)
    sign, s = np.sign(skewness), np.sqrt(np.log(w))
    bent = (np.exp(s * sign * noise) - np.sqrt(w)) / np.sqrt(w * (w - 1))
    return sign * bent
