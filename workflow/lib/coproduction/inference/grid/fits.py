"""The cells of a grid fitted to one set of tables, each as its model would be fitted alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import design
from coproduction.inference.data.tables import AllTables
from coproduction.inference.data.variables import check_apart
from coproduction.inference.effects.standardised import outcome_sd, standardised_effect, unit
from coproduction.inference.grid.draws import Drawn, drawn
from coproduction.inference.model.regression import Fit, estimate, fit
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.plan.grid.cells import Cell
from coproduction.plan.options import DIMENSIONS
from coproduction.rows import Rows, rows_of

EVERYBODY = ""
KEYS = ["grid", "hypothesis", "cell"]


@dataclass(frozen=True)
class Task:
    """Some cells of a grid that are fitted to the same tables.

    Attributes
    ----------
    grid
        Name of the grid.
    terms
        Term of each hypothesis, by its name.
    cells
        Cells, each with the cluster that is left out, or nothing, and its number in the table.
    """

    grid: str
    terms: Mapping[str, str]
    cells: Sequence[tuple[int, Cell, str]]


@dataclass(frozen=True)
class Found:
    """What cells give in one set of tables.

    Attributes
    ----------
    rows
        A row for each cell and hypothesis.
    drawn
        What the joint test draws, by hypothesis and number of the cell.
    """

    rows: pd.DataFrame
    drawn: Mapping[tuple[str, int], Drawn]


def fitted_cell(
    cell: Cell, tables: AllTables, left_out: str = EVERYBODY, known: pd.Series | None = None
) -> Fit:
    """Fit the model of a cell.

    Parameters
    ----------
    cell, tables
        The cell, and the tables of the plan.
    left_out
        Name of the cluster that is left out before anything is computed, if one is.
    known
        What is known of its measurement step from another imputed table.

    Raises
    ------
    Refusal
        If the model cannot be fitted.
    """
    model = cell.model
    check_apart(model, tables.plan)
    tables.check_weights(model)
    table, rows = tables.of(model)
    if left_out != EVERYBODY:
        rows = rows_of(table, model.cluster) if rows is None else rows
        kept = ~_members(rows, left_out)
        table, rows = table[kept], rows[kept]
    return fit(design(table, model, rows, tables.scales), known)


def _members(rows: Rows, cluster: str) -> np.ndarray:
    """Tell which rows are of a cluster (n,)."""
    together = rows.together
    return np.isin(together.codes, np.flatnonzero(together.names == cluster))


def fitted_cells(
    task: Task,
    tables: AllTables,
    known: Mapping[str, pd.Series],
    weights: np.ndarray,
    units: pd.Index,
) -> Found:
    """Fit cells and estimate every hypothesis in each.

    Parameters
    ----------
    task, tables
        What is fitted to what.
    known
        What is known of measurement steps, by the name of the cell's model.
    weights, units
        Weights of the joint test (draws × units), and the names of its units.

    Returns
    -------
    Found
        Rows with `reason` where a cell gives no estimate.
    """
    rows: list[dict[str, Any]] = []
    draws: dict[tuple[str, int], Drawn] = {}
    for number, cell, left_out in task.cells:
        shared = _described(task.grid, number, cell, left_out)
        try:
            found = fitted_cell(cell, tables, left_out, known.get(cell.model.id))
        except Refusal as error:
            reason = str(error.note)
            rows += [
                {**shared, "hypothesis": each, "term": term, "reason": reason}
                for each, term in task.terms.items()
            ]
            continue
        for each, term, row, made in _estimates(task, found, weights, units, left_out):
            rows.append({**shared, "hypothesis": each, "term": term, **row})
            if made is not None:
                draws[each, number] = made
    return Found(pd.DataFrame(rows), draws)


def _estimates(
    task: Task, found: Fit, weights: np.ndarray, units: pd.Index, left_out: str
) -> Iterator[tuple[str, str, dict[str, Any], Drawn | None]]:
    for each, term in task.terms.items():
        try:
            value, gradient = standardised_effect(found, term)
        except Refusal as error:
            yield each, term, {"reason": str(error.note)}, None
            continue
        row = _estimated(found, term, value, gradient)
        made = None
        # Leaving a cluster out is no other way of asking.
        if left_out == EVERYBODY and not row["reason"]:
            made = drawn(found, value, gradient, row["df"], weights, units)
        yield each, term, row, made


def _estimated(found: Fit, term: str, value: float, gradient: np.ndarray) -> dict[str, Any]:
    spread = outcome_sd(found.design)
    row = estimate(found, value, gradient, CONFIDENCE, (term,))
    note = row.pop("note")
    return {
        **row,
        "reference": found.design.compared_with(term),
        "per": unit(found, term),
        "effect": value * spread,
        "outcome_sd": spread,
        "n": found.n,
        "n_clusters": found.n_clusters,
        "reason": note,
    }


def _described(grid: str, number: int, cell: Cell, left_out: str) -> dict[str, Any]:
    """Say what a cell is: one column per dimension."""
    return {
        "grid": grid,
        "cell": number,
        **{name: cell.choices[name] for name in DIMENSIONS},
        "cluster": left_out,
        "covariance": cell.model.covariance,
    }
