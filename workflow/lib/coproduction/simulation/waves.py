"""The same persons later: errors that persist in part, treatments that start, persons who leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.choices import Binary
from coproduction.simulation.structure.equations import COMMUNITIES, Aggregate, Before
from coproduction.simulation.structure.noise import Noise, draw
from coproduction.simulation.structure.world import World, solve
from coproduction.simulation.truth.content import MECHANISMS, STAYS, Wave


def asked_again(world: World, noise: Noise, streams: Streams) -> tuple[World, Noise]:
    """Take the same persons to a second interview: only what befalls them is new."""
    anew = draw(world.system, world.people, streams, "retest", names=MECHANISMS)
    noise = noise.beside(anew)
    kept = {name: each for name, each in world.values.items() if name not in MECHANISMS}
    return solve(world.system, noise, kept), noise


def staying(world: World) -> np.ndarray:
    """Places of those who stay for the next wave."""
    if STAYS not in world.values:
        return np.arange(len(world.place))
    return np.flatnonzero(world.of(STAYS) == 1)


def next_wave(world: World, noise: Noise, wave: Wave, streams: Streams) -> tuple[World, Noise]:
    """Take persons from one wave to the next.

    An error z becomes s z + √(1 − s²) e with a new error e, s being the variable's stability.
    Sums and means over communities stay those of the first wave, in which all residents are known.

    Parameters
    ----------
    world, noise
        What is true of them in the wave before, and their errors.
    wave
        The wave.
    streams
        Random numbers.
    """
    noise = replace(_later(world, noise, wave, streams), shifts=wave.shifts)
    equations = world.system.equations
    known = {
        name: world.values[name]
        for name, each in equations.items()
        if isinstance(each.link, Aggregate)
    }
    known |= {
        name: world.of(each.link.of)
        for name, each in equations.items()
        if isinstance(each.link, Before)
    }
    return solve(world.system, noise, {**known, **_started(world, wave, streams)}), noise


def _later(world: World, noise: Noise, wave: Wave, streams: Streams) -> Noise:
    anew = draw(world.system, world.people, streams, "wave", wave.id)
    persons, communities = dict(noise.persons), dict(noise.communities)
    for name, equation in world.system.equations.items():
        s = equation.stability
        both = communities if equation.level == COMMUNITIES else persons
        if name in both and s < 1:
            new = (anew.communities if both is communities else anew.persons)[name]
            both[name] = s * both[name] + np.sqrt(1 - s**2) * new
    return replace(noise, persons=persons, communities=communities)


def _started(world: World, wave: Wave, streams: Streams) -> Mapping[str, np.ndarray]:
    """Let variables of some communities take their second value, and keep it where they have it."""
    found = {}
    for name in world.system.equations:
        if world.system.equations[name].level != COMMUNITIES or name not in wave.starts:
            continue
        values, link = world.values[name], world.system.equations[name].link
        if not isinstance(link, Binary):
            continue
        first, second = link.values
        waiting = np.flatnonzero(values == first)
        chance = streams.uniform(waiting, "starts", name, wave.id)
        started = waiting[np.argsort(chance)][: round(wave.starts[name] * len(waiting))]
        found[name] = values.copy()
        found[name][started] = second
    return found
