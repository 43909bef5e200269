"""A small town and its truths, for tests of the generator."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from coproduction.instrument.definition import Instrument
from coproduction.instrument.reading import read_instrument
from coproduction.schemas import schema
from coproduction.simulation.generator import Generator, prepare
from coproduction.simulation.response.measurement import answers
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.noise import Noise, draw
from coproduction.simulation.structure.people import inhabitants
from coproduction.simulation.structure.world import World, solve
from coproduction.simulation.truth.content import Truth
from coproduction.simulation.truth.reading import read_truth
from coproduction.yamlfiles.yamlfile import read_yaml

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parents[1] / "instruments/coproduction"
NOTHING = "equations: {}"


@cache
def questionnaire(path: Path) -> Instrument:
    return read_instrument(read_yaml(path.read_text("utf-8"), path.name, schema("instrument")))


def town() -> tuple[Instrument, Instrument]:
    """Questionnaires of the small town: of its residents, of its communities."""
    return questionnaire(HERE / "town.yaml"), questionnaire(HERE / "town_sheet.yaml")


def shipped() -> tuple[Instrument, Instrument]:
    """Questionnaires of the shipped study."""
    return questionnaire(SHIPPED / "instrument.yaml"), questionnaire(SHIPPED / "community.yaml")


def truth_of(text: str, *of: Instrument) -> Truth:
    return read_truth(read_yaml(text, "truth.yaml", schema("truth")), *(of or town()))


@cache
def ready(text: str) -> Generator:
    """A truth of the small town, ready to be drawn from."""
    return prepare(truth_of(text), *town())


@cache
def residents_ready() -> Generator:
    """What is true of the residents of the shipped study."""
    text = (SHIPPED / "truth.yaml").read_text("utf-8")
    return prepare(truth_of(text, *shipped()), *shipped())


def world(generator: Generator, communities=100, residents=100, replicate=0, seed=5) -> World:
    """What is true of a population drawn anew."""
    noise = errors(generator, communities, residents, replicate, seed)
    return solve(generator.truth.system, noise)


def errors(generator: Generator, communities=100, residents=100, replicate=0, seed=5) -> Noise:
    """Errors of that population."""
    people = inhabitants(np.full(communities, residents))
    return draw(generator.truth.system, people, Streams(seed, replicate))


def answered(generator: Generator, true: World, replicate=0, seed=5) -> dict[str, np.ndarray]:
    """Careful answers of a population to all items of scales."""
    streams = Streams(seed, replicate)
    return answers(generator.truth, generator.measured, true, generator.main, streams)


def alpha(items: np.ndarray) -> float:
    """Cronbach's alpha of keyed items (n, k)."""
    k = items.shape[1]
    return k / (k - 1) * (1 - items.var(axis=0).sum() / items.sum(axis=1).var())


def intraclass(values: np.ndarray, place: np.ndarray) -> tuple[float, float]:
    """ICC(1) of communities of one size, and its standard error (Donner 1986, equation 2.3)."""
    number = place.max() + 1
    size = len(values) / number
    means = np.bincount(place, values) / size
    between = size * ((means - values.mean()) ** 2).sum() / (number - 1)
    within = ((values - means[place]) ** 2).sum() / (len(values) - number)
    share = (between - within) / (between + (size - 1) * within)
    error = (1 - share) * (1 + (size - 1) * share) * np.sqrt(2 / (size * (size - 1) * (number - 1)))
    return share, error
