"""One variable of the structure: how its value comes about and what causes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coproduction.instrument.expressions import variables_in
from coproduction.simulation.structure.links import Link

Level = Literal["persons", "communities"]
PERSONS: Level = "persons"
COMMUNITIES: Level = "communities"
Causes = tuple[tuple[tuple[str, ...], float], ...]
"""Terms, each a product of names, with their coefficients."""


@dataclass(frozen=True)
class Expression:
    """What an expression of other variables gives."""

    text: str


@dataclass(frozen=True)
class Cut:
    """Codes of a number by limits."""

    of: str
    at: tuple[float, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Tally:
    """Number of ticks of a multiple choice."""

    of: str


@dataclass(frozen=True)
class Before:
    """The value of a variable in the wave before."""

    of: str
    first: float = 0.0


@dataclass(frozen=True)
class Aggregate:
    """Mean or sum over the residents of a community."""

    of: str
    statistic: str = "mean"
    times: float = 1.0


@dataclass(frozen=True)
class Constant:
    """The same value for all."""

    value: float | str


Definition = Expression | Cut | Tally | Before | Aggregate | Constant
"""What follows from other variables without an error of its own."""


@dataclass(frozen=True)
class Equation:
    """How one variable comes about.

    Attributes
    ----------
    name, level
        The variable, and whose it is.
    link
        How its value comes about.
    causes
        What moves it, on the scale of the link.
    option_causes
        Of categories and ticks, what further moves each option.
    reported
        What moves the report of it, the value itself staying what it is.
    community_share
        Share of a normal error's variance that is the community's.
    community_sd, slope_sd
        Standard deviation between communities of the intercept, and of the slope of a term.
    skew
        Skewness of a normal error among persons.
    stability
        Correlation of the error from wave to wave.
    """

    name: str
    level: Level
    link: Link | Definition
    causes: Causes = ()
    option_causes: tuple[Causes, ...] = ()
    reported: Causes = ()
    community_share: float = 0.0
    community_sd: float = 0.0
    slope_sd: Causes = ()
    skew: float = 0.0
    stability: float = 1.0

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions, by name or in full, of the groups that have shares of their own."""
        return tuple(condition for condition, _ in getattr(self.link, "where", ()))

    @property
    def names(self) -> set[str]:
        """Names of variables and conditions that its value depends on, those of its report too."""
        match self.link:
            case Expression(text):
                return variables_in(text)
            case Cut(of=of) | Tally(of=of) | Aggregate(of=of):
                return {of}
        terms = (*self.causes, *self.slope_sd, *self.reported)
        return names_in((*terms, *(term for causes in self.option_causes for term in causes)))


def names_in(causes: Causes) -> set[str]:
    """Names in the terms of some causes."""
    return {name for term, _ in causes for name in term}


def causes_of(coefficients: Mapping[str, float]) -> Causes:
    """Read coefficients by term, such as `a*b`."""
    return tuple(
        (tuple(name.strip() for name in term.split("*")), value)
        for term, value in coefficients.items()
    )
