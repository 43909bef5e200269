"""The models that are fitted to every imputed table, and what they give together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.completed.completed import Completed, complete
from coproduction.inference.completed.items import Answers
from coproduction.inference.completed.pooled import pool_estimates, pool_results
from coproduction.inference.data.tables import AllTables, tables_of
from coproduction.inference.results import (
    Inflations,
    Results,
    estimates_of,
    inflations,
    results,
)
from coproduction.instrument.expressions import variables_in
from coproduction.numerics.processes import run
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan
from coproduction.rows.counted import counted


@dataclass(frozen=True)
class Imputations:
    """Tables of the plan in which missing answers are imputed.

    Attributes
    ----------
    tables
        Tables before imputation.
    scores
        Analysis table of those who count.
    sheets
        One row per community, if the plan joins them.
    completed
        What the imputed tables are made of.
    models
        Names of the models, and of cells of grids, that are fitted to them: those that name
        something imputed.
    """

    tables: AllTables
    scores: pd.DataFrame
    sheets: pd.DataFrame | None
    completed: Completed
    models: frozenset[str]

    def __len__(self) -> int:
        """Count the imputations."""
        return len(self.completed.imputed.completed)

    @property
    def told(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What was imputed and whether it settled, see `missing.imputation.Imputed`."""
        return self.completed.imputed.summary, self.completed.imputed.chains

    def table(self, number: int, moved: Mapping[str, np.ndarray] | None = None) -> AllTables:
        """Give the tables with the answers of one imputation; `moved` as in `Completed.table`."""
        scales = self.tables.scales.by_construct
        scores = self.completed.table(number, moved)
        sample = self.tables.usual.sample
        made = tables_of(scores, self.tables.plan, self.sheets, scales, sample)
        return replace(self.tables, completed=made, imputed=self.models)


def imputations(
    scores: pd.DataFrame,
    tables: AllTables,
    sheets: pd.DataFrame | None,
    answers: Answers | None,
    seed: int,
    cores: int = 1,
) -> Imputations | None:
    """Impute missing answers, if the plan asks for it.

    Parameters
    ----------
    scores
        Analysis table, one row per analysed respondent.
    tables
        Tables of the plan.
    sheets
        One row per community, if the plan joins them.
    answers
        The questionnaire and the kinds of missing answers.
    seed
        Seed of the study.
    cores
        Number of processes.

    Raises
    ------
    StudyError
        If nothing is told of the answers.
    """
    plan = tables.plan
    if plan.missing is None or not plan.imputed_rows({}):
        return None
    if answers is None:
        raise StudyError("The plan imputes missing answers; say which are missing, and why.")
    kept = scores[counted(scores, plan.flagged_rows)]
    everybody = tables.usual.respondents
    completed = complete(kept, everybody, plan, plan.missing, answers, seed, cores)
    models = _models(completed, plan, answers)
    return Imputations(tables, kept, sheets, completed, models)


def pooled_results(made: Imputations, known: Inflations, seed: int, cores: int = 1) -> Results:
    """Fit the imputed models to every imputed table and pool; fits to the first one are checked.

    Parameters
    ----------
    made
        The imputed tables.
    known
        From `measurement_steps`.
    seed
        Seed of the bootstrap.
    cores
        Number of processes.
    """
    tasks = {str(number): (_results, (made, number, seed, known)) for number in range(len(made))}
    return pool_results(list(run(tasks, cores).values()), made.tables.plan)


def pooled_estimates(made: Imputations, seed: int, cores: int = 1) -> pd.DataFrame:
    """Estimate the hypotheses that rest on the imputed models in every imputed table, and pool."""
    known = measurement_steps(made, cores)
    tasks = {str(number): (_estimates, (made, number, seed, known)) for number in range(len(made))}
    return pool_estimates(list(run(tasks, cores).values()), {})


def measurement_steps(made: Imputations, cores: int) -> Inflations:
    """Compute in the first imputed table how measurement steps count; other tables take it over."""
    measured = [
        each.id for each in made.tables.plan.models if each.measured and each.id in made.models
    ]
    first = made.table(0)
    tasks = {name: (inflations, (first, [name])) for name in measured}
    return {name: each for found in run(tasks, cores).values() for name, each in found.items()}


def _results(made: Imputations, number: int, seed: int, known: Inflations) -> Results:
    return results(made.table(number), made.models, seed, checked=number == 0, known=known)


def _estimates(made: Imputations, number: int, seed: int, known: Inflations) -> pd.DataFrame:
    return estimates_of(made.table(number), made.models, seed, known)


def _models(completed: Completed, plan: Plan, answers: Answers) -> frozenset[str]:
    constructs = answers.instrument.scale_items
    origins, touched = plan.origins(constructs), completed.touched
    planned = (*plan.imputed, *plan.imputed_cells, *plan.imputed_rows(constructs))
    return frozenset(
        model.id
        for model in planned
        if any(origins.get(name, {name}) & touched for name in _named(model))
    )


def _named(model: Model) -> set[str]:
    selecting = variables_in(model.subset) if model.subset is not None else set()
    return {model.outcome, *model.names, *selecting}
