"""The content of a truth file, checked and with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coproduction.simulation.structure.system import System
from coproduction.yamlfile import Document

ACQUIESCENCE, DESIRABILITY = "acquiescence", "desirability"
EXTREME, MIDPOINT = "extreme", "midpoint"
STYLES = (ACQUIESCENCE, DESIRABILITY, EXTREME, MIDPOINT)


@dataclass(frozen=True)
class Size:
    """A number of persons in each community: normal, rounded, at least `least`."""

    mean: float
    spread: float
    least: int


@dataclass(frozen=True)
class Communities:
    """The communities: how many, the form of their codes, residents of each."""

    number: int
    code: str
    residents: Size


@dataclass(frozen=True)
class Difference:
    """Items that some answer otherwise although they are alike in what these measure."""

    condition: str
    items: tuple[str, ...]
    shift: float
    loading: float


@dataclass(frozen=True)
class ItemTruth:
    """How one item of a scale, or one marker, is answered.

    Attributes
    ----------
    id
        The item.
    loadings
        Standardised loadings on latents and facets, negative where agreeing means less of it.
    agreement, desirability
        Loadings on these styles.
    thresholds
        What cuts the response into the item's answers; of a number, empty.
    dont_know
        Share who do not know; zero where the item does not offer it.
    """

    id: str
    loadings: Mapping[str, float]
    agreement: float
    desirability: float
    thresholds: tuple[float, ...]
    dont_know: float


@dataclass(frozen=True)
class Scales:
    """How all items of scales are answered.

    Attributes
    ----------
    items
        The items, in the order asked.
    differences
        Groups that answer some of them otherwise.
    extreme, midpoint
        Strengths of these styles.
    ignorance
        Coefficients, by term, of the logarithm of not knowing.
    """

    items: tuple[ItemTruth, ...]
    differences: tuple[Difference, ...]
    extreme: float
    midpoint: float
    ignorance: tuple[tuple[tuple[str, ...], float], ...]


@dataclass(frozen=True)
class Truth:
    """What is true in a synthetic study.

    Attributes
    ----------
    document
        The file, to say where something stands.
    communities
        The communities that persons live in.
    system
        The variables and what causes them.
    scales
        How scales are answered.
    """

    document: Document
    communities: Communities
    system: System
    scales: Scales
