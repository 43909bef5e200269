"""Imputed answers to the items of an exposure, moved before scores and constructs are made.

The shift δ of van Buuren (2018, *Flexible Imputation of Missing Data*, section 9.2), in standard
deviations of each item's known answers. A moved answer is a number that nobody could tick; scores
and constructs are made of it all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.data.design import Design, design
from coproduction.inference.data.tables import AllTables
from coproduction.inference.not_at_random.exposures import (
    items_of_exposure,
    origins,
    standardised,
)
from coproduction.instrument.expressions import variables_in
from coproduction.plan.hypotheses.hypotheses import Hypothesis
from coproduction.plan.models.models import Model
from coproduction.rows import Rows


@dataclass(frozen=True)
class Moving:
    """A model in one imputed table, some of whose imputed answers can be moved.

    Attributes
    ----------
    made, number, tables
        The imputed tables, the number of this one, and this one.
    model
        The model.
    design
        The model without a shift.
    steps
        By item one shift, in its own units and with its sign.
    count
        Rows of the model with an answer that is moved.
    """

    made: Imputations
    number: int
    tables: AllTables
    model: Model
    design: Design
    steps: Mapping[str, float]
    count: int

    @property
    def along_outcome(self) -> np.ndarray:
        """Places of the imputed rows along the outcome, zero for rows that the model has not."""
        places = pd.Series(standardised(self.design.outcome), self.design.matrix.index)
        return places.reindex(_index(self.made)).fillna(0.0).to_numpy()

    def shifted(self, shift: float, along: np.ndarray | None = None) -> Design:
        """Make the model anew under a shift.

        Parameters
        ----------
        shift
            Of every imputed answer, or of it for each unit of a direction.
        along
            That direction, for the rows that are imputed, if there is one.
        """
        if not shift:
            return self.design
        places = np.ones(len(self.made.completed.rows)) if along is None else along
        moved = {item: shift * step * places for item, step in self.steps.items()}
        table, rows = self._table(moved)
        return design(table, self.model, rows, self.tables.scales)

    def _table(self, moved: Mapping[str, np.ndarray]) -> tuple[pd.DataFrame, Rows | None]:
        """Give the model's table with moved answers.

        Where the model takes them from nothing but the items of its constructs, these alone are
        replaced: making the whole table anew takes longer than fitting.
        """
        model, instrument = self.model, self.made.completed.answers.instrument
        sources = origins(self.tables.plan, instrument)
        names = {each.name for each in model.entries if each.construct is None}
        names |= variables_in(model.subset) if model.subset is not None else set()
        if any(sources.get(name, {name}) & set(moved) for name in names):
            return self.made.table(self.number, moved).of(model)
        table, rows = self.tables.of(model)
        columns = {name: table[name].to_numpy(float).copy() for name in moved}
        for item in self.made.completed.items:
            if item.name in moved:
                places = self.made.completed.rows[item.missing]
                columns[item.name][places] += moved[item.name][item.missing]
        return table.assign(**columns), rows


def moving(
    made: Imputations, number: int, tables: AllTables, hypothesis: Hypothesis, model: Model
) -> Moving:
    """Find what a hypothesis's exposure has of imputed answers.

    Raises
    ------
    Refusal
        If the exposure is no construct, score or item, none of its answers is imputed, or the
        model cannot be made.
    """
    signs = items_of_exposure(hypothesis, model, made.completed.answers.instrument)
    table, rows = tables.of(model)
    first = design(table, model, rows, tables.scales)
    known = [each for each in made.completed.items if each.name in signs and each.missing.any()]
    steps = {
        each.name: signs[each.name] * float(each.values[each.observed].std(ddof=1))
        for each in known
    }
    touched = np.any(
        [np.zeros(len(made.completed.rows), bool), *(e.missing for e in known)], axis=0
    )
    count = int(pd.Series(touched, _index(made)).reindex(first.matrix.index).eq(True).sum())
    if not count:
        raise Refusal("exposure_never_imputed", model=model.id, term=hypothesis.estimand.term)
    return Moving(made, number, tables, model, first, steps, count)


def _index(made: Imputations) -> pd.Index:
    return made.completed.scores.index[made.completed.rows]
