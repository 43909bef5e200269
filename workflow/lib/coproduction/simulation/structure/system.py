"""The equations of a study, causes before what they cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np

from coproduction.instrument.expressions import variables_in
from coproduction.simulation.structure.choices import Ticks
from coproduction.simulation.structure.equations import Equation


@dataclass(frozen=True)
class System:
    """The equations of a study.

    Attributes
    ----------
    equations
        By name, causes before what they cause.
    conditions
        Named conditions.
    limits
        Lowest and highest value of the variables that have them.
    whole
        Variables whose values are whole numbers.
    correlated
        Names of the variables whose errors correlate, with the Cholesky root of the correlations.
    constants
        What the margins ask of each link, by name; see `calibration`.
    """

    equations: Mapping[str, Equation]
    conditions: Mapping[str, str]
    limits: Mapping[str, tuple[float, float]]
    whole: frozenset[str]
    correlated: tuple[tuple[str, ...], np.ndarray]
    constants: Mapping[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def parents(self) -> Mapping[str, frozenset[str]]:
        """Variables that each variable follows from."""
        return {name: frozenset(self.origins(each)) for name, each in self.equations.items()}

    def origins(self, equation: Equation) -> set[str]:
        """Variables that an equation names, those in its conditions too."""
        found = set()
        for name in equation.names:
            found |= variables_in(self.conditions[name]) if name in self.conditions else {name}
        for condition in equation.conditions:
            found |= variables_in(self.conditions.get(condition, condition))
        return found

    def ticks(self, name: str) -> Ticks:
        """Give the link of a multiple choice.

        Raises
        ------
        TypeError
            If the variable is none; checks have seen to that.
        """
        link = self.equations[name].link
        if not isinstance(link, Ticks):
            raise TypeError(f"`{name}` is no multiple choice")
        return link

    def preceding(self, names: Iterable[str]) -> set[str]:
        """Variables that any of some follow from, at any distance, and these themselves."""
        reached = set(names)
        for name in reversed(list(self.equations)):
            if name in reached:
                reached |= self.parents[name]
        return reached

    def following(self, names: Iterable[str]) -> set[str]:
        """Variables that follow from any of some, at any distance."""
        reached = set(names)
        for name, parents in self.parents.items():
            if parents & reached:
                reached.add(name)
        return reached - set(names)


def in_order(equations: Mapping[str, Equation], parents: Mapping[str, Iterable[str]]) -> list[str]:
    """Put names behind all that they follow from, else in the order in which they stand.

    Raises
    ------
    graphlib.CycleError
        If some follow from each other.
    """
    sorter = TopologicalSorter({name: parents[name] for name in equations})
    sorter.prepare()
    place = {name: position for position, name in enumerate(equations)}
    found: list[str] = []
    ready = sorted(sorter.get_ready(), key=place.__getitem__)
    while ready:
        found.append(first := ready.pop(0))
        sorter.done(first)
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
    return found
