"""What people would answer who answer everything, with care: the outcomes of a plan in a world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from coproduction.careless import FLAGS
from coproduction.cleaning.scoring import score
from coproduction.inference.data import derive
from coproduction.instrument.definition import Instrument
from coproduction.instrument.expressions import holds, variables_in
from coproduction.plan.data.variables import Variable
from coproduction.simulation.communities import named
from coproduction.simulation.generator import Generator
from coproduction.simulation.response.measurement import complete_answers
from coproduction.simulation.response.routing import parts_of
from coproduction.simulation.streams import Streams
from coproduction.simulation.structure.choices import Ticks
from coproduction.simulation.structure.world import World
from coproduction.simulation.truth.content import STYLES


@dataclass(frozen=True)
class Careful:
    """Complete, careful answers of persons, and what a plan derives from them.

    What is not asked of somebody is missing, as the questionnaire's logic says; nothing else is.
    Behaviour is the true one, whatever style its report follows.

    Attributes
    ----------
    generator
        What the persons are drawn from.
    variables
        Derived variables of the plan, by name.
    world
        What is true of the persons.
    streams
        Random numbers of their errors of measurement.
    usual, changed
        Answers of the same persons when nothing is done, and the variables that have other values
        now; what does not follow from these is taken from there.
    known, conditions, measured
        Columns, conditions and answers to scales that were asked for.
    """

    generator: Generator
    variables: Mapping[str, Variable]
    world: World
    streams: Streams
    usual: Careful | None = None
    changed: frozenset[str] = frozenset()
    known: dict[str, pd.Series] = field(default_factory=dict)
    conditions: dict[str, np.ndarray] = field(default_factory=dict)
    measured: dict[str, np.ndarray] = field(default_factory=dict)

    def column(self, name: str) -> pd.Series:
        """Give a name of the plan for each person: an item, a score, a derived variable.

        Raises
        ------
        KeyError
            If there is no such name, or its answers are words that nobody thinks up.
        """
        if name not in self.known:
            if self.usual is not None and not self.behind(name) & self.changed:
                return self.usual.column(name)
            self.known[name] = self._made(name)
        return self.known[name]

    def holds(self, condition: str | None) -> np.ndarray:
        """Of whom a condition of the plan is true (n,)."""
        if not condition:
            return np.ones(len(self.world.place), bool)
        if condition not in self.conditions:
            names = variables_in(condition)
            if self.usual is not None and not self._behind(names) & self.changed:
                return self.usual.holds(condition)
            self.conditions[condition] = holds(condition, self._table(names)).to_numpy(bool)
        return self.conditions[condition]

    def behind(self, name: str) -> frozenset[str]:
        """Variables of the truth that a name follows from at once, through questions and scores."""
        if self.usual is not None:
            return self.usual.behind(name)
        if name not in self._origins:
            self._origins[name] = frozenset(self._found(name))
        return self._origins[name]

    def _found(self, name: str) -> set[str]:
        generator = self.generator
        sheet = generator.sheet.by_id if generator.sheet is not None else {}
        item = generator.main.by_id.get(name, sheet.get(name))
        if name in self.variables:
            return self._behind(self.variables[name].columns)
        if item is not None:
            found = {name} if name in self.world.values else set()
            for measured in generator.measured.items:
                if measured.id == name:
                    found |= {*measured.loadings, *self.world.values.keys() & set(STYLES)}
            return found | (self._behind(variables_in(item.asked_if)) if item.asked_if else set())
        return self._behind({each.id for each in generator.main.scale(name)})

    def _behind(self, names: Iterable[str]) -> set[str]:
        return set().union(*(self.behind(name) for name in names))

    @cached_property
    def _origins(self) -> dict[str, frozenset[str]]:
        return {}

    def score(self, construct: str) -> pd.Series:
        """Score a construct."""
        main = self.generator.main
        table = pd.DataFrame({item.id: self.column(item.id) for item in main.scale(construct)})
        for item in main.scale(construct):
            if item.reverse:
                table[f"{item.id}_r"] = item.mirrored(table[item.id])
        return score(table, main, construct)

    def _table(self, names: set[str]) -> pd.DataFrame:
        index = pd.RangeIndex(len(self.world.place))
        return pd.DataFrame({name: self.column(name) for name in sorted(names)}, index=index)

    def _made(self, name: str) -> pd.Series:
        main, sheet = self.generator.main, self.generator.sheet
        if name in self.variables:
            planned = self.variables[name]
            return derive(self._table(planned.columns), [planned])[name]
        if name == FLAGS:
            return pd.Series(0.0, index=range(len(self.world.place)))
        if name in main.by_id:
            return self._answer(name, main)
        if sheet is not None and name in sheet.by_id:
            return self._answer(name, sheet)
        if name in main.constructs:
            return self.score(name)
        raise KeyError(name)

    def _answer(self, name: str, instrument: Instrument) -> pd.Series:
        item = instrument.by_id[name]
        if item.role == "cluster":
            form = self.generator.truth.communities.code
            values = named(item, form, self.world.number)[self.world.place]
        elif name in self.world.values:
            values = self.world.column(name)
        elif name in self.generator.truth.texts:
            values = np.full(len(self.world.place), self.generator.truth.texts[name], object)
        else:
            values = self._measured(name)
        found = pd.Series(values)
        if isinstance(getattr(self.world.system.equations.get(name), "link", None), Ticks):
            found = found.astype("string")
        for part in parts_of(item.asked_if) if item.asked_if else ():
            found = found.where(self.holds(part))
        return found

    def _measured(self, name: str) -> np.ndarray:
        """Answer all items of scales at once, and keep them."""
        generator = self.generator
        if not self.measured:
            found = complete_answers(
                generator.truth, generator.measured, self.world, generator.main, self.streams
            )
            self.measured.update(found)
        return self.measured[name]
