"""All residents, as far as the sample asks for, and the rest of what is true of the drawn."""

from __future__ import annotations

from coproduction.instrument.expressions import variables_in
from coproduction.simulation.communities import sizes
from coproduction.simulation.generator import Generator
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.equations import COMMUNITIES
from coproduction.simulation.structure.noise import Noise, draw
from coproduction.simulation.structure.people import inhabitants
from coproduction.simulation.structure.world import World, solve


def needed(generator: Generator) -> set[str]:
    """Variables of all residents that frames, margins and communities follow from."""
    truth, system = generator.truth, generator.truth.system
    found = {name for name, each in system.equations.items() if each.level == COMMUNITIES}
    found |= set(truth.sample.margins)
    for frame in truth.sample.frames:
        found |= variables_in(system.conditions.get(frame.where, frame.where or "0 == 0"))
    found = system.preceding(found)
    together = set(system.correlated[0])
    return found | together if found & together else found


def population(generator: Generator, streams: Streams) -> tuple[World, Noise]:
    """Draw the residents of all communities, with what the sample asks for.

    Returns
    -------
    tuple
        What is true of them so far, and their errors.
    """
    truth, number = generator.truth, generator.truth.communities.number
    residents = sizes(truth.communities.residents, number, streams, "residents")
    names = needed(generator)
    noise = draw(truth.system, inhabitants(residents), streams, names=names)
    return solve(truth.system, noise, names=names), noise


def completed(world: World, noise: Noise, streams: Streams) -> tuple[World, Noise]:
    """Draw the rest of what is true of some persons.

    Parameters
    ----------
    world, noise
        What is true of them so far, and their errors.
    streams
        Random numbers.
    """
    system = world.system
    rest = set(system.equations) - set(world.values)
    further = draw(system, world.people, streams, names=rest)
    every = noise.beside(further)
    return solve(system, every, known=world.values), every
