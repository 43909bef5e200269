"""Rows that a planned model analyses, and why the others are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.split import split
from coproduction.inference.data.terms import cluster_of, number
from coproduction.instrument.expressions import holds, variables_in
from coproduction.plan.models.model import Model
from coproduction.plan.options import OTHERS_ALONE
from coproduction.plan.vocabulary.predictors import OTHERS, Predictor
from coproduction.rows import Rows

Dropped = list[tuple[str, str, int]]


def complete_cases(
    table: pd.DataFrame, rows: Rows, model: Model, items: Sequence[str] = ()
) -> tuple[np.ndarray, pd.DataFrame]:
    """Find the rows that are analysed (n,), and count the others by the reason.

    Parameters
    ----------
    table, rows
        One row per respondent, and what they stand for.
    model
        The model.
    items
        Items of its measurement step, all of which must be answered.

    Returns
    -------
    numpy.ndarray, pandas.DataFrame
        Whether each row is analysed; `reason, variable, n` of those that meet the model's condition
        and are not: the first variable that misses (`missing`), or that nobody else of the cluster
        has a value (`alone_in_cluster`).

    Raises
    ------
    Refusal
        If no row is left, or no more rows than terms.
    """
    _, kept, dropped = losses(table, rows, model, items)
    if not kept.any():
        raise _nobody(dropped, model)
    _check_rows(int(kept.sum()), model)
    return kept, pd.DataFrame(dropped, columns=["reason", "variable", "n"])


def losses(
    table: pd.DataFrame, rows: Rows, model: Model, items: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray, Dropped]:
    """Find the rows that meet a model's condition, those that it analyses, and why others are lost.

    Parameters
    ----------
    table, rows, model, items
        As in `complete_cases`.

    Returns
    -------
    numpy.ndarray, numpy.ndarray, list
        Whether each row meets the condition and whether it is analysed (n,); reason, variable and
        number of those that do the first only, the outcome before everything else.
    """
    meant = np.ones(len(table), bool)
    if model.subset is not None:
        meant = np.asarray(holds(model.subset, table), bool)
    kept, dropped = meant.copy(), []
    for name in dict.fromkeys([*_needed(model), *items]):
        column = table[name]
        missing = np.isnan(column.to_numpy()) if column.dtype == float else column.isna().to_numpy()
        if missing.any():
            lost = kept & missing
            dropped += [("missing", name, int(lost.sum()))] if lost.any() else []
            kept &= ~missing
    for entry in model.entries:
        if OTHERS in entry.terms.values():
            lonely = kept & ~_with_others(table, rows, entry, model, items)
            term = f"{entry.name}_{OTHERS}"
            dropped += [("alone_in_cluster", term, int(lonely.sum()))] if lonely.any() else []
            kept &= ~lonely
    return meant, kept, dropped


def check_variables(table: pd.DataFrame, model: Model, items: Sequence[str] = ()) -> None:
    """Refuse a model of a variable that the table does not have.

    Raises
    ------
    Refusal
        Naming it.
    """
    for name in columns_of(model, items):
        if name not in table:
            raise Refusal("model_unknown_variable", model=model.id, name=name)


def columns_of(model: Model, items: Sequence[str] = ()) -> list[str]:
    """Name the columns that a model needs: variables, items, and those of its condition."""
    selecting = sorted(variables_in(model.subset)) if model.subset is not None else []
    return [*_needed(model), *items, *selecting]


def _needed(model: Model) -> list[str]:
    """Name the variables without which a row is not analysed."""
    names = [model.outcome, *(each.variable for each in model.entries if each.variable)]
    return names if model.cluster is None else [*names, model.cluster]


def _with_others(
    table: pd.DataFrame, rows: Rows, entry: Predictor, model: Model, items: Sequence[str]
) -> np.ndarray:
    """Tell in whose cluster somebody else has a value, or has answered all items (n,)."""
    if entry.construct is None:
        values = number(table, entry.name, model)
    else:
        values = table[list(items)].notna().all(axis=1).replace(False, np.nan).astype(float)
    parts = split(values, cluster_of(rows, entry.name, model), OTHERS_ALONE, rows.weight)
    return parts[OTHERS].notna().to_numpy()


def _nobody(dropped: Dropped, model: Model) -> Refusal:
    """Say why no row is left, naming the variable that most lack."""
    if not dropped and model.subset is not None:
        return Refusal("model_nobody_selected", model=model.id, condition=model.subset)
    if not dropped:
        return Refusal("model_no_rows", model=model.id)
    reason, name, count = max(dropped, key=lambda each: each[2])
    if reason == "missing":
        return Refusal("model_nobody_complete", model=model.id, name=name, n=count)
    return Refusal("model_all_alone", model=model.id, term=name, cluster=model.cluster, n=count)


def _check_rows(n: int, model: Model) -> None:
    """Refuse fewer rows than terms before few rows can look like variables that do not vary."""
    made = [1 if entry.categorical else len(entry.terms) for entry in model.entries]
    k = 1 + sum(made) + len(model.interactions)
    if n <= k:
        raise Refusal("model_few_rows", model=model.id, n=n, k=k)
