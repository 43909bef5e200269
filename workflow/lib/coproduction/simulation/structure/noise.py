"""The errors of everyone's variables, drawn once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import brentq

from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS, Definition
from coproduction.simulation.structure.people import People
from coproduction.simulation.structure.system import System

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Noise:
    """All errors of a population, standard normal, by variable.

    Attributes
    ----------
    people
        Whose they are.
    persons
        Errors of each person's variables (n, width).
    communities
        Errors of communities' variables (J, width); of persons' variables the intercept's and the
        slopes' deviations of their community (J, 1 + slopes).
    shifts
        What is added to the causes of everyone's variables.
    """

    people: People
    persons: Values
    communities: Values
    shifts: Mapping[str, float] = field(default_factory=dict)

    def take(self, rows: np.ndarray) -> Noise:
        """Keep some persons, and all communities."""
        persons = {name: each[rows] for name, each in self.persons.items()}
        return replace(self, people=self.people.take(rows), persons=persons)

    def beside(self, other: Noise) -> Noise:
        """Join the errors of other variables of the same persons."""
        return replace(
            self,
            persons={**self.persons, **other.persons},
            communities={**self.communities, **other.communities},
        )


def draw(
    system: System,
    people: People,
    streams: Streams,
    *occasion: str,
    names: Collection[str] | None = None,
) -> Noise:
    """Draw errors.

    Parameters
    ----------
    system
        The equations.
    people
        Whose.
    streams
        Random numbers.
    *occasion
        Words that set these streams apart from those of another occasion.
    names
        Variables to draw errors of; all if left out.
    """
    persons: dict[str, np.ndarray] = {}
    communities: dict[str, np.ndarray] = {}
    wanted = system.equations if names is None else names
    for name, equation in system.equations.items():
        if isinstance(equation.link, Definition) or name not in wanted:
            continue
        width = equation.link.width
        if equation.level == PERSONS:
            named = ("equation", name, PERSONS, *occasion)
            persons[name] = streams.normals(people.units, width, *named)
            width = 1 + len(equation.slope_sd)
        named = ("equation", name, COMMUNITIES, *occasion)
        communities[name] = streams.normals(people.communities, width, *named)
    _correlate(system, persons)
    _correlate(system, communities)
    return Noise(people, persons, communities)


def _correlate(system: System, noise: dict[str, np.ndarray]) -> None:
    """Let the first errors of some variables correlate; they are drawn all or none."""
    names, root = system.correlated
    if not names or names[0] not in noise:
        return
    together = np.column_stack([noise[name][:, 0] for name in names]) @ root.T
    for position, name in enumerate(names):
        noise[name][:, 0] = together[:, position]


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
