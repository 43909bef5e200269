"""What a rule is told of a supported hypothesis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from coproduction.codes import factors_of
from coproduction.dictionary import dictionary
from coproduction.notes import Note
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.model import Model
from coproduction.plan.paths.questions import PathHypothesis
from coproduction.plan.plan import Plan


@dataclass(frozen=True)
class Objection:
    """What a rule has against a verdict: its code, and why, in words of the notes."""

    code: str
    why: Note


@dataclass(frozen=True)
class Case:
    """A supported hypothesis and what is known of it.

    Attributes
    ----------
    hypothesis, plan
        The hypothesis and its plan.
    decided
        Its row of the verdicts.
    tables
        Finished result tables by file, such as `measurement/validity.csv`; one that is not there is
        not known yet, and no rule objects for want of it.
    """

    hypothesis: Hypothesis | PathHypothesis
    plan: Plan
    decided: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @property
    def model(self) -> Model:
        """The model that the hypothesis rests on; of a path model what its rows must have."""
        if isinstance(self.hypothesis, PathHypothesis):
            if self.hypothesis.path is None:
                named = self.hypothesis.mediation
                return next(each.model for each in self.plan.mediations if each.id == named)
            (own,) = (each for each in self.plan.paths if each.id == self.hypothesis.path)
            return own.rows({})
        return self.plan.by_name[self.hypothesis.model]

    @cached_property
    def about(self) -> list[str]:
        """Variables of the estimand, and the outcome."""
        if isinstance(self.hypothesis, PathHypothesis):
            estimand = self.hypothesis.estimand
            named = [*estimand.along, *estimand.less]
            return [*dict.fromkeys(part for name in named for part in factors_of(name))]
        return [*dict.fromkeys([*self._variables(self.hypothesis), self.model.outcome])]

    @property
    def held(self) -> list[str]:
        """Variables of the model, and its outcome."""
        return [*dict.fromkeys([self.model.outcome, *(each.name for each in self.model.entries)])]

    def table(self, file: str, **cells: str) -> pd.DataFrame:
        """Give the rows of a result table that have these cells; none of a missing table."""
        table = self.tables[file] if file in self.tables else dictionary().empty(file)
        for column, value in cells.items():
            table = table[table[column].eq(value)]
        return table

    def _variables(self, hypothesis: Hypothesis) -> Iterator[str]:
        for term in hypothesis.estimand.names:
            name = term.partition("[")[0]
            owner = next((each for each in self.model.entries if name in each.terms), None)
            yield owner.name if owner else name
