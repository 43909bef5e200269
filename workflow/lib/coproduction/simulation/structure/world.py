"""The structure: what follows for everyone from equations and errors.

Every variable of persons and of communities follows from others and from an error of its own.
Errors are drawn once; the system can then be solved again with some variables given other values,
and what follows from them follows: these are the potential outcomes of the same persons.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from coproduction.simulation.structure.arithmetic import compute
from coproduction.simulation.structure.choices import Ticks
from coproduction.simulation.structure.equations import (
    COMMUNITIES,
    PERSONS,
    Aggregate,
    Before,
    Causes,
    Constant,
    Cut,
    Definition,
    Equation,
    Expression,
    Level,
    Tally,
)
from coproduction.simulation.structure.links import Drive
from coproduction.simulation.structure.noise import Noise, Values, skewed
from coproduction.simulation.structure.numbers import Normal
from coproduction.simulation.structure.people import People
from coproduction.simulation.structure.system import System


@dataclass(frozen=True)
class World:
    """What is true of everyone: the values of all variables.

    Attributes
    ----------
    system
        The equations.
    people
        Who they are.
    values
        By name: (n,) of persons, (J,) of communities.
    conditions
        Where conditions hold, kept from the first time that it was asked.
    """

    system: System
    people: People
    values: dict[str, np.ndarray]
    conditions: dict[tuple[str, Level], np.ndarray] = field(default_factory=dict)

    @property
    def place(self) -> np.ndarray:
        """Community of each person (n,)."""
        return self.people.place

    @property
    def number(self) -> int:
        """Number of communities."""
        return self.people.number

    def of(self, name: str, level: Level = PERSONS) -> np.ndarray:
        """Values of a variable or, as 0 and 1, of a condition, at a level."""
        if name in self.system.conditions:
            return self.holds(name, level).astype(float)
        found = self.values[name]
        own = self.system.equations[name].level
        return found[self.place] if own == COMMUNITIES and level == PERSONS else found

    def holds(self, condition: str, level: Level = PERSONS) -> np.ndarray:
        """Whether a condition, by name or in full, is true of each; what is empty is."""
        if not condition:
            return np.ones(self.size(level), bool)
        if (condition, level) not in self.conditions:
            text = self.system.conditions.get(condition, condition)
            self.conditions[condition, level] = self.evaluate(text, level).astype(bool)
        return self.conditions[condition, level]

    def evaluate(self, text: str, level: Level = PERSONS) -> np.ndarray:
        """Value of an expression for each, of a condition whether it holds."""
        found = compute(text, lambda name: self.of(name, level), self.system.ticks)
        return np.broadcast_to(found, self.size(level))

    def column(self, name: str, level: Level = PERSONS) -> np.ndarray:
        """Values as a canonical table has them: ticks as text."""
        found, equation = self.of(name, level), self.system.equations.get(name)
        if equation is not None and isinstance(equation.link, Ticks):
            return equation.link.texts(found)
        return found

    def sum(self, causes: Causes, level: Level = PERSONS) -> np.ndarray:
        """Sum of terms times their coefficients, for each."""
        total = np.zeros(self.size(level))
        for term, coefficient in causes:
            if coefficient:
                total = total + coefficient * self.product(term, level)
        return total

    def product(self, term: tuple[str, ...], level: Level = PERSONS) -> np.ndarray:
        """Product of some variables and conditions, for each."""
        first, *others = (self.of(name, level) for name in term)
        for other in others:
            first = first * other
        return first

    def size(self, level: Level) -> int:
        """Give the number of persons or of communities."""
        return len(self.place) if level == PERSONS else self.number

    def take(self, rows: np.ndarray) -> World:
        """Keep some persons, and all communities."""
        values = {
            name: each[rows] if self.system.equations[name].level == PERSONS else each
            for name, each in self.values.items()
        }
        return World(self.system, self.people.take(rows), values)


def solve(
    system: System,
    noise: Noise,
    known: Values | None = None,
    names: Collection[str] | None = None,
) -> World:
    """Find the values of variables from errors and from what is known already.

    Parameters
    ----------
    system
        The equations, with their constants.
    noise
        The errors.
    known
        Values that stay as they are, at their own level.
    names
        Variables to find, with all that they follow from; all if left out.
    """
    known = known or {}
    world = World(system, noise.people, {})
    for name, equation in system.equations.items():
        if name in known:
            world.values[name] = known[name]
        elif names is None or name in names:
            world.values[name] = value(world, equation, noise)
    return world


def intervene(
    base: World, noise: Noise, given: Values, names: Collection[str] | None = None
) -> World:
    """Give variables other values, and find what follows from them for the same persons.

    Parameters
    ----------
    base
        What is true of the persons when nothing is done.
    noise
        Their errors.
    given
        Values that variables are given whatever causes them, at their own level.
    names
        Variables to find, with all that they follow from; all if left out.
    """
    following = base.system.following(given)
    kept = {name: each for name, each in base.values.items() if name not in following}
    return solve(base.system, noise, {**kept, **given}, names)


def reported(world: World, noise: Noise) -> World:
    """Find what everyone reports: values moved by styles, and what is defined by such values."""
    system, moved = world.system, dict(world.values)
    told = World(system, world.people, moved)
    changed: set[str] = set()
    for name, equation in system.equations.items():
        if equation.reported:
            moved[name] = value(world, equation, noise, equation.reported)
            changed.add(name)
        elif isinstance(equation.link, Definition) and system.parents[name] & changed:
            moved[name] = value(told, equation, noise)
            changed.add(name)
    return told


def value(world: World, equation: Equation, noise: Noise, further: Causes = ()) -> np.ndarray:
    """Compute one variable, further causes added to its own, within its limits."""
    if isinstance(equation.link, Definition):
        found = _defined(world, equation)
    else:
        moving = drive(world, equation, noise, further)
        found = equation.link.value(moving, world.system.constants[equation.name])
    return _within(world.system, equation.name, found)


def drive(world: World, equation: Equation, noise: Noise, further: Causes = ()) -> Drive:
    """Gather what moves a variable: causes, communities' deviations, errors, groups."""
    own = equation.level
    linear = world.sum((*equation.causes, *further), own)
    linear = linear + noise.shifts.get(equation.name, 0.0)
    errors = noise.persons[equation.name] if own == PERSONS else noise.communities[equation.name]
    if own == PERSONS:
        errors, linear = _of_communities(world, equation, noise, errors, linear)
    elif isinstance(equation.link, Normal):
        errors = skewed(errors, equation.skew)
    if equation.option_causes:
        single = [world.sum(causes, own) for causes in equation.option_causes]
        linear = linear[:, None] + np.column_stack(single)
    group = np.zeros(world.size(own), np.int64)
    for position, condition in enumerate(equation.conditions, start=1):
        group[world.holds(condition, own)] = position
    return Drive(linear, errors, group)


def _of_communities(
    world: World, equation: Equation, noise: Noise, errors: np.ndarray, linear: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add a community's share of the error, its intercept and its slopes."""
    deviations = noise.communities[equation.name][world.place]
    if isinstance(equation.link, Normal):
        share = equation.community_share
        errors = np.sqrt(1 - share) * skewed(errors, equation.skew)
        errors = errors + np.sqrt(share) * deviations[:, :1]
    if equation.community_sd:
        linear = linear + equation.community_sd * deviations[:, 0]
    for position, (term, spread) in enumerate(equation.slope_sd, start=1):
        linear = linear + spread * deviations[:, position] * world.product(term)
    return errors, linear


def _defined(world: World, equation: Equation) -> np.ndarray:
    match equation.link:
        case Expression(text):
            return world.evaluate(text, equation.level).astype(float)
        case Cut(of, at, codes):
            places = np.searchsorted(at, world.of(of, equation.level), side="right")
            return np.array(codes, float)[places]
        case Tally(of):
            return world.system.ticks(of).number(world.of(of, equation.level))
        case Before(_, first):
            return np.full(world.size(equation.level), first)
        case Aggregate(of, statistic, times):
            total = np.bincount(world.place, world.of(of), world.number)
            sizes = np.bincount(world.place, minlength=world.number)
            return times * (total if statistic == "sum" else total / np.maximum(sizes, 1))
        case Constant(fixed):
            return np.full(
                world.size(equation.level), fixed, dtype=object if isinstance(fixed, str) else float
            )
    raise TypeError(f"`{equation.name}` is not defined by other variables")


def _within(system: System, name: str, values: np.ndarray) -> np.ndarray:
    if name in system.whole:
        values = np.rint(values)
    if name in system.limits:
        values = np.clip(values, *system.limits[name])
        # Nobody tells an amount more exactly.
        return values if name in system.whole else np.round(values, 2)
    return values
