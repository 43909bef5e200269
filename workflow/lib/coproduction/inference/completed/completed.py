"""Tables of the analysis in which missing answers are imputed; they are never written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.cleaning.scoring import scored
from coproduction.inference.completed.equations import equations
from coproduction.inference.completed.items import (
    Answers,
    item_targets,
    needed,
    of_one_value,
    who_may,
)
from coproduction.missing.imputation import Imputed, impute
from coproduction.missing.problem import Target
from coproduction.plan.data.missing import MissingAnswers
from coproduction.plan.plan import Plan


@dataclass(frozen=True)
class Completed:
    """What every imputed table is made of.

    Attributes
    ----------
    scores
        Analysis table before imputation.
    answers
        The questionnaire, and kinds of missing answers.
    rows
        Places of the rows that are imputed.
    items
        Items, of those rows.
    same
        For each item the rows that get one and the same value, and that value.
    imputed
        The imputations.
    """

    scores: pd.DataFrame
    answers: Answers
    rows: np.ndarray
    items: tuple[Target, ...]
    same: dict[str, tuple[np.ndarray, float]]
    imputed: Imputed

    @property
    def imputing(self) -> frozenset[str]:
        """Items and outcomes that impute each other."""
        return frozenset(self.imputed.completed[0])

    @property
    def touched(self) -> frozenset[str]:
        """Items of which some cell is another than before."""
        return self.answered | self.same.keys()

    @property
    def answered(self) -> frozenset[str]:
        """Items of which some missing answer is imputed, or counts as an answer of its own."""
        before = self.scores.iloc[self.rows]
        return frozenset(
            each.name
            for each in self.items
            if each.missing.any()
            or not np.array_equal(each.values, before[each.name].to_numpy(float), equal_nan=True)
        )

    def table(
        self,
        number: int,
        moved: Mapping[str, np.ndarray] | None = None,
        *,
        filled: bool = True,
    ) -> pd.DataFrame:
        """Make an imputed analysis table: items, reversed ones and scores of constructs.

        Parameters
        ----------
        number
            Number of the imputation.
        moved
            By item, what is added to the answers of the rows that are imputed where they are
            imputed; they may leave the range of answers.
        filled
            Whether sensitive items of those who did not consent to them get their one value, with
            which they stay in models that hold the consent too.
        """
        table = self.scores.copy(deep=False)
        for item in self.items:
            values = item.values.copy()
            values[item.missing] = self.imputed.completed[number][item.name]
            if moved and item.name in moved:
                values[item.missing] += moved[item.name][item.missing]
            if filled and item.name in self.same:
                cells, value = self.same[item.name]
                values[cells] = value
            column = table[item.name].to_numpy(float).copy()
            column[self.rows] = values
            table[item.name] = column
        return scored(table, self.answers.instrument)


def complete(
    scores: pd.DataFrame,
    table: pd.DataFrame,
    plan: Plan,
    planned: MissingAnswers,
    answers: Answers,
    seed: int,
    cores: int = 1,
) -> Completed:
    """Impute what the plan's imputed models miss.

    Parameters
    ----------
    scores, table
        Analysis table, one row per respondent who counts; the same with derived variables.
    plan, planned
        The plan, and its block `missing`.
    answers
        The questionnaire, and the kind of every missing answer.
    seed
        Seed of the study.
    cores
        Number of processes.
    """
    rows = np.flatnonzero(who_may(table, plan))
    items = needed(plan, answers.instrument)
    targets = item_targets(scores.iloc[rows], answers, planned, items)
    problem = equations(table.iloc[rows], plan, answers.instrument, targets)
    same = {
        each.name: (cells, value) for each, cells, value in of_one_value(targets, items, planned)
    }
    found = impute(problem, planned.imputations, planned.iterations, seed, cores)
    return Completed(scores, answers, rows, tuple(targets), same, found)
