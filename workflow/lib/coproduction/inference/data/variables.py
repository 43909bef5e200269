"""Variables that the analysis plan derives from answers and scores."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coproduction.errors import Refusal
from coproduction.instrument.expressions import evaluate
from coproduction.plan.data.variables import Variable
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan


def derive(table: pd.DataFrame, variables: Sequence[Variable]) -> pd.DataFrame:
    """Add the plan's derived variables to an analysis table.

    Parameters
    ----------
    table
        One row per analysed respondent: numeric items with missing answers as NaN, multiple choices
        as text of ticked codes, construct scores.
    variables
        The block `variables` of the plan.

    Returns
    -------
    pandas.DataFrame
        The table with one float column more per variable; a condition gives 1, 0 or NaN.

    Raises
    ------
    StudyError
        If an expression names a column the table does not have.
    """
    table = table.copy()
    for variable in variables:
        table[variable.id] = _derived(table, variable).astype("float64")
    return table


def check_apart(model: Model, plan: Plan) -> None:
    """Refuse a model whose predictors come from what the plan keeps apart from its outcome.

    Raises
    ------
    Refusal
        Naming the predictor and the plan's reason.
    """
    origins = plan.origins()
    for rule in plan.keep_apart:
        if not origins.get(model.outcome, {model.outcome}) & set(rule.outcomes):
            continue
        for name in (entry.name for entry in model.entries):
            if origins.get(name, {name}) & set(rule.predictors):
                names = {"model": model.id, "name": name, "outcome": model.outcome}
                raise Refusal("must_not_predict", **names, reason=rule.reason)


def _derived(table: pd.DataFrame, variable: Variable) -> pd.Series:
    if variable.expression is not None:
        return evaluate(variable.expression, table)
    if variable.recode:
        values = {int(code): number for code, number in variable.recode.values.items()}
        return table[variable.recode.item].map(values)
    if variable.count:
        excluded = set(map(str, variable.count.exclude))
        ticked = table[variable.count.item].astype("string").str.split(" ")
        counted = ticked.map(lambda codes: len(set(codes) - excluded), na_action="ignore")
        return counted.astype("Float64")
    return table[list(variable.first)].astype("float64").bfill(axis=1).iloc[:, 0]
