"""From what was received down to the rows of each model, with the reason of every loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coproduction.inference.calibrated.contents import items_of
from coproduction.inference.data.complete_cases import columns_of, losses
from coproduction.inference.data.tables import AllTables
from coproduction.plan.models.model import Model
from coproduction.plan.options import COMMUNITIES
from coproduction.rows import Rows, rows_of

COLUMNS = ("model", "role", "unit", "step", "variable", "n_removed", "n_remaining")
RESPONDENTS = "respondents"
Step = tuple[str, str, str, float, int]
"""Unit, step, variable, number removed, number left."""


def model_flow(tables: AllTables, n_analysed: int, n_received: int | None = None) -> pd.DataFrame:
    """Count for every planned model how many rows each step leaves out and how many remain.

    Steps are `received`, `analysed` (by cleaning), `counted` (left by the quality flags),
    `population` (the model's condition), a step `missing` per variable, the outcome first, of those
    who answered all before it, `alone_in_cluster`, and `modelled`. A model of communities goes over
    to these at `communities`.

    Parameters
    ----------
    tables
        Tables of the plan.
    n_analysed, n_received
        Number of respondents that cleaning left, and of submissions, if it is known.

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`; a model of which a variable is not known ends with those who count.
    """
    first: list[Step] = []
    if n_received is not None:
        first.append((RESPONDENTS, "received", "", 0, n_received))
    removed = 0 if n_received is None else n_received - n_analysed
    first.append((RESPONDENTS, "analysed", "", removed, n_analysed))
    rows = [
        {"model": model.id, "role": model.role, **dict(zip(COLUMNS[2:], step, strict=True))}
        for model in (*tables.plan.models, *_paths(tables))
        for step in [*first, *_steps(model, tables, n_analysed)]
    ]
    counts = {name: "Int64" for name in ("n_removed", "n_remaining")}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(counts)


def _paths(tables: AllTables) -> Iterator[Model]:
    """Say of path models and mediations which rows they take."""
    yield from (each.rows(tables.scales.by_construct) for each in tables.plan.paths)
    yield from (each.model for each in tables.plan.mediations)


def _steps(model: Model, tables: AllTables, n_analysed: int) -> Iterator[Step]:
    left = len(tables.by_rule[tables.plan.flagged_rows_of(model)].respondents)
    yield RESPONDENTS, "counted", "", n_analysed - left, left
    table, rows = tables.of(model)
    unit: str = RESPONDENTS
    if model.level == COMMUNITIES:
        unit, left = COMMUNITIES, len(table)
        yield unit, "communities", "", np.nan, left
    items = items_of(model, tables.scales)
    if set(columns_of(model, items)) - set(table):
        return
    for step in _within(table, rows or rows_of(table, model.cluster), model, items):
        left -= int(step[2])
        yield unit, *step, left


def _within(
    table: pd.DataFrame, rows: Rows, model: Model, items: Sequence[str]
) -> Iterator[tuple[str, str, float]]:
    meant, _, dropped = losses(table, rows, model, items)
    yield "population", "", len(table) - int(meant.sum())
    yield from dropped
    yield "modelled", "", 0
