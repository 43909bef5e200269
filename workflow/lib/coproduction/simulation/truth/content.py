"""The content of a truth file, checked and with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coproduction.simulation.structure.equations import Causes
from coproduction.simulation.structure.system import System
from coproduction.yamlfiles.document import Document

ACQUIESCENCE, DESIRABILITY = "acquiescence", "desirability"
EXTREME, MIDPOINT = "extreme", "midpoint"
STYLES = (ACQUIESCENCE, DESIRABILITY, EXTREME, MIDPOINT)
RESPONDS, CARELESS, MISREADS = "responds", "careless", "misreads"
BREAKS_OFF, STAYS = "breaks_off", "stays"
MECHANISMS = (RESPONDS, CARELESS, MISREADS, BREAKS_OFF, STAYS)
"""Variables, 0 or 1, of what befalls a person on the way into the data."""
RETEST = "retest"
"""Name of the occasion on which some are asked again."""


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
    reversed
        Whether the questionnaire says so.
    agreement, desirability
        Loadings on these styles.
    thresholds
        What cuts the response into the item's answers; of a number, empty.
    dont_know
        Share who do not know; zero where the item does not offer it.
    """

    id: str
    loadings: Mapping[str, float]
    reversed: bool
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
    ignorance: Causes


@dataclass(frozen=True)
class Frame:
    """A list from which persons are drawn in each community: how many, and who is on it."""

    name: str
    drawn: Size
    where: str


@dataclass(frozen=True)
class SampleRule:
    """Who is drawn, and what becomes of those who are.

    Attributes
    ----------
    frames
        The lists.
    mode
        Mode of the interviews.
    dispositions
        Shares of the final dispositions of those who do not respond.
    seen
        Conditions on the answers under which an interview has another disposition.
    margins
        Questions whose shares among all residents are known.
    """

    frames: tuple[Frame, ...]
    mode: str
    dispositions: Mapping[str, float]
    seen: Mapping[str, str]
    margins: tuple[str, ...]


@dataclass(frozen=True)
class ItemNonresponse:
    """Shares of blanks (None for the general one) and refusals at one question, and causes."""

    blank: float | None
    refused: float
    causes: Causes


@dataclass(frozen=True)
class Nonresponse:
    """Shares of blanks in general, what multiplies them, and single questions."""

    blank: float
    causes: Causes
    items: Mapping[str, ItemNonresponse]


@dataclass(frozen=True)
class Carelessness:
    """How the careless answer; see the schema."""

    kinds: Mapping[str, float]
    partial: float
    questions: Literal["scales", "all"]
    slips: float


@dataclass(frozen=True)
class Length:
    """Length of interviews: the median in minutes, the standard deviation of the logarithm."""

    median: float
    spread: float


@dataclass(frozen=True)
class Impossible:
    """An answer that is none, and the share of interviews in which it stands for one."""

    item: str
    value: int
    share: float


@dataclass(frozen=True)
class Fieldwork:
    """When interviews take place, how long, and what goes wrong with the forms; see the schema."""

    start: str
    days: int
    hours_ahead: float
    minutes: Length
    careless_minutes: Length
    devices: int
    version: str
    duplicates: float
    tests: int
    tests_days_before: int
    impossible: tuple[Impossible, ...]


@dataclass(frozen=True)
class Retest:
    """A second interview of some: how many, after how many days, how many links are lost."""

    respondents: int
    least: int
    most: int
    lost_links: int


@dataclass(frozen=True)
class Wave:
    """A further wave.

    Attributes
    ----------
    id, days
        Its name, and how many days after the first it starts.
    starts
        Shares of communities in which variables take their second value.
    shifts
        What is added to the causes of variables.
    """

    id: str
    days: int
    starts: Mapping[str, float]
    shifts: Mapping[str, float]


@dataclass(frozen=True)
class SecondInformant:
    """Share of communities with a second sheet, and of its answers that are others'."""

    share: float
    disagreement: float


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
    sample
        Who is drawn.
    nonresponse, carelessness
        What befalls answers.
    fieldwork
        What befalls forms.
    retest, waves
        When some, or all who stay, are asked again.
    texts
        What stands in questions for a text.
    second_informant
        Who else fills in the sheets of communities.
    """

    document: Document
    communities: Communities
    system: System
    scales: Scales
    sample: SampleRule
    nonresponse: Nonresponse
    carelessness: Carelessness
    fieldwork: Fieldwork
    retest: Retest
    waves: tuple[Wave, ...]
    texts: Mapping[str, str]
    second_informant: SecondInformant
