"""Variables that the analysis plan derives from answers and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.errors import Refusal
from coproduction.instrument.expressions import evaluate, variables_in


def derive(table: pd.DataFrame, variables: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Add the plan's derived variables to an analysis table.

    Parameters
    ----------
    table
        One row per analysed respondent: numeric items with missing answers as NaN, multiple choices
        as text of ticked codes, construct scores.
    variables
        The `variables` block of the plan, each with `expression`, `recode`, `count` or `first`.

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
        table[variable["id"]] = _derived(table, variable).astype("float64")
    return table


def columns_of(variable: Mapping[str, Any]) -> set[str]:
    """Name the columns that a derived variable, or a summary of communities, is made of."""
    if "expression" in variable:
        return variables_in(variable["expression"])
    if "first" in variable:
        return set(variable["first"])
    if "statistic" in variable:
        return {variable["variable"], *([variable["by"]] if "by" in variable else [])}
    return {(variable.get("recode") or variable["count"])["item"]}


def origins_of(
    plan: Mapping[str, Any], constructs: Mapping[str, Sequence[str]] | None = None
) -> dict[str, set[str]]:
    """Name the items that constructs, derived variables and summaries of communities come from.

    Parameters
    ----------
    plan
        Its blocks `variables` and `communities`.
    constructs
        Items of each construct; a construct that is not named stands for itself.
    """
    origins = {name: set(items) for name, items in (constructs or {}).items()}
    summaries = plan.get("communities", {}).get("summaries", ())
    for variable in (*plan.get("variables", ()), *summaries):
        parts = (origins.get(name, {name}) for name in columns_of(variable))
        origins[variable["id"]] = set().union(*parts)
    return origins


def check_apart(model: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Refuse a model whose predictors come from what the plan keeps apart from its outcome.

    Raises
    ------
    Refusal
        Naming the predictor and the plan's reason.
    """
    origins = origins_of(plan)
    entries = [*model["predictors"], *model.get("covariates", ())]
    names = [entry if isinstance(entry, str) else entry["variable"] for entry in entries]
    outcome = model["outcome"]
    for rule in plan.get("keep_apart", ()):
        if not origins.get(outcome, {outcome}) & set(rule["outcomes"]):
            continue
        for name in names:
            if origins.get(name, {name}) & set(rule["predictors"]):
                told = {"model": model["id"], "name": name, "outcome": outcome}
                raise Refusal("must_not_predict", **told, reason=rule["reason"])


def _derived(table: pd.DataFrame, variable: Mapping[str, Any]) -> pd.Series:
    if "expression" in variable:
        return evaluate(variable["expression"], table)
    if "first" in variable:
        return table[list(variable["first"])].astype("float64").bfill(axis=1).iloc[:, 0]
    if "recode" in variable:
        values = {int(code): number for code, number in variable["recode"]["values"].items()}
        return table[variable["recode"]["item"]].map(values)
    excluded = {str(code) for code in variable["count"].get("exclude", ())}
    ticked = table[variable["count"]["item"]].astype("string").str.split(" ")
    counted = ticked.map(lambda codes: len(set(codes) - excluded), na_action="ignore")
    return counted.astype("Float64")
