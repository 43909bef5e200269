"""Every declared grid of a plan: its cells fitted, pooled, compared and tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.data.tables import AllTables
from coproduction.inference.grid import influences as moving
from coproduction.inference.grid import joint
from coproduction.inference.grid.draws import Drawn, unit_weights, units_of
from coproduction.inference.grid.fits import (
    EVERYBODY,
    KEYS,
    Found,
    Task,
    fitted_cell,
    fitted_cells,
)
from coproduction.inference.results import Inflations, stacked
from coproduction.missing.tidy import ADDED, pool_tables
from coproduction.notes import Note, read
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.processes import run
from coproduction.plan.grid.cells import Cell
from coproduction.plan.grid.grid import Grid
from coproduction.plan.models.model import Model
from coproduction.plan.options import DIMENSIONS
from coproduction.plan.plan import Plan
from coproduction.rows import rows_of

COLUMNS = (
    *("grid", "hypothesis", "cell", "rank", "term", "reference", "per", *DIMENSIONS, "cluster"),
    *("effect", "outcome_sd", "estimate", "std_error", "statistic", "df", "p_value"),
    *("conf_low", "conf_high", "n", "n_clusters", "covariance", *ADDED, "reason"),
)
TOGETHER = 25
"""Cells that one process fits one after the other."""
Placed = tuple[int, Cell, str]


@dataclass(frozen=True)
class Grids:
    """Result tables of the grids.

    Attributes
    ----------
    cells
        A row for each cell and hypothesis.
    influences
        What moves the estimates.
    tests
        The joint tests.
    """

    cells: pd.DataFrame
    influences: pd.DataFrame
    tests: pd.DataFrame


def grids(
    tables: AllTables, made: Imputations | None, known: Inflations, seed: int, cores: int = 1
) -> Grids:
    """Fit every cell of every grid, and test each grid as one.

    Parameters
    ----------
    tables
        Tables of the plan before imputation.
    made
        The imputed tables, if there are any.
    known
        How measurement steps count, by the name of the plan's model.
    seed
        Seed of the draws.
    cores
        Number of processes; results do not depend on it.
    """
    plan = tables.plan
    parts = [_grid(each, tables, made, known, seed, cores) for each in plan.grids]
    return Grids(
        stacked([each.cells for each in parts], list(COLUMNS)),
        stacked([each.influences for each in parts], list(moving.COLUMNS)),
        stacked([each.tests for each in parts], list(joint.COLUMNS)),
    )


def _grid(
    grid: Grid,
    tables: AllTables,
    made: Imputations | None,
    known: Inflations,
    seed: int,
    cores: int,
) -> Grids:
    plan = tables.plan
    placed = list(_placed(grid, tables))
    pooled = made.models if made else frozenset()
    steps = _measurement_steps(grid, placed, made, known, cores)
    units = _units(tables, plan.primary_of(grid))
    weights = unit_weights(grid.draws, len(units), seed)
    tasks = {}
    for number, chosen in _by_table(grid, placed, pooled, len(made) if made else 0).items():
        for start in range(0, len(chosen), TOGETHER):
            task = Task(grid.id, _terms(grid, plan), chosen[start : start + TOGETHER])
            arguments = (task, tables, made, number, steps, weights, units)
            tasks[f"{number} {start}"] = (_fitted, arguments)
    found = list(run(tasks, cores).values())
    cells = _ranked(_comparable(_pooled([each.rows for each in found]), plan.cells[grid.id]))
    return Grids(cells, moving.influences(cells, grid), _tests(grid, plan, cells, found, seed))


def _fitted(
    task: Task,
    tables: AllTables,
    made: Imputations | None,
    number: int | None,
    known: Mapping[str, pd.Series],
    weights: np.ndarray,
    units: pd.Index,
) -> Found:
    """Fit cells to complete cases, or to an imputed table."""
    chosen = tables if number is None or made is None else made.table(number)
    return fitted_cells(task, chosen, known, weights, units)


def _terms(grid: Grid, plan: Plan) -> dict[str, str]:
    terms = {each.id: each.estimand.term for each in plan.hypotheses}
    return {name: terms[name] for name in grid.hypotheses}


def _placed(grid: Grid, tables: AllTables) -> Iterator[Placed]:
    """Give each cell its number in the table: all as declared, then those without a cluster."""
    declared = tables.plan.cells[grid.id]
    yield from ((cell.number, cell, EVERYBODY) for cell in declared)
    number = len(declared)
    for cell in (each for each in declared if each.leaving_out):
        for name in _units(tables, cell.model):
            number += 1
            yield number, cell, str(name)


def _units(tables: AllTables, model: Model) -> pd.Index:
    """Name the clusters of everybody, or the rows of whom there are none."""
    found = pd.Index([])
    for part in tables.by_rule.values():
        table, rows = part.of(model.level, model.cluster)
        if rows is None and (model.cluster is None or model.cluster in table):
            rows = rows_of(table, model.cluster)
        own = table.index if rows is None else units_of(rows)
        found = found.append(own[~own.isin(found)])
    return found


def _by_table(
    grid: Grid, placed: Sequence[Placed], pooled: frozenset[str], imputations: int
) -> dict[int | None, list[Placed]]:
    """Sort cells by the tables that they are fitted to; None are complete cases."""
    found: dict[int | None, list[Placed]] = {None: []}
    for each in placed:
        cell = each[1]
        if cell.model.id not in pooled:
            found[None].append(each)
            continue
        many = imputations if cell.primary else min(grid.imputations or imputations, imputations)
        for number in range(many):
            found.setdefault(number, []).append(each)
    return found


def _measurement_steps(
    grid: Grid, placed: Sequence[Placed], made: Imputations | None, known: Inflations, cores: int
) -> dict[str, pd.Series]:
    """Compute in the first imputed table how the measurement step of each cell counts."""
    if made is None:
        return {}
    plan, steps, tasks = made.tables.plan, {}, {}
    alike = [(_bare(plan.by_name[name]), each) for name, each in known.items()]
    first = made.table(0)
    for _, cell, left_out in placed:
        model = cell.model
        if left_out != EVERYBODY or not model.measured or model.id not in made.models:
            continue
        own = next((each for planned, each in alike if planned == _bare(model)), None)
        if own is not None:
            steps[model.id] = own
        else:
            tasks[model.id] = (_inflation, (cell, first))
    found = run(tasks, cores)
    return steps | {name: each for name, each in found.items() if each is not None}


def _bare(model: Model) -> Model:
    """Take of a model what its fit depends on."""
    return replace(
        model, id="", label={}, role="confirmatory", curves=(), missing=None, minimum_clusters=None
    )


def _inflation(cell: Cell, tables: AllTables) -> pd.Series | None:
    try:
        return fitted_cell(cell, tables).inflation
    except Refusal:
        return None


def _pooled(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of all tables together; a cell that some table gives no estimate of has none."""
    every = pd.concat(parts, ignore_index=True).reindex(
        columns=[name for name in COLUMNS if name not in ("rank", *ADDED)]
    )
    every["reason"] = every["reason"].fillna("")
    several = every.duplicated(KEYS, keep=False)
    refused = every[several & (every["reason"] != "")]
    failed = pd.MultiIndex.from_frame(refused[KEYS])
    lost = pd.MultiIndex.from_frame(every[KEYS]).isin(failed)
    kept = every[several & ~lost]
    told = refused.drop_duplicates(KEYS).assign(reason=_reasons(refused, every))
    numbers = kept.groupby(KEYS).cumcount()
    tables = [rows for _, rows in kept.groupby(numbers, sort=True)]
    pooled = pool_tables(tables, KEYS, CONFIDENCE, counts_of_first=True) if tables else kept
    return stacked([every[~several], pooled, told], list(COLUMNS))


def _reasons(refused: pd.DataFrame, every: pd.DataFrame) -> list[str]:
    """Say of each cell that failed for how many tables of how many, and why."""
    found = []
    sizes = every.groupby(KEYS).size()
    for key, reasons in refused.groupby(KEYS, sort=False)["reason"]:
        (reason, *_) = read(reasons.iloc[0])
        values = {"n": len(reasons), "m": int(sizes[key]), "reason": reason}
        found.append(str(Note("failed_in_imputations", values)))
    return found


def _comparable(table: pd.DataFrame, cells: Sequence[Cell]) -> pd.DataFrame:
    """Give no estimate of a cell in which a category is compared with another one."""
    names = {cell.number: cell.model.id for cell in cells}
    first = table[table["cell"] == 1].set_index("hypothesis")["reference"]
    meant = table["hypothesis"].map(first)
    other = table["estimate"].notna() & meant.notna() & table["reference"].ne(meant)
    for place in table.index[other]:
        row = table.loc[place]
        values = {"found": row["reference"], "meant": meant[place], "term": row["term"]}
        reason = Note("grid_other_reference", {"model": names.get(row["cell"], ""), **values})
        told = table.columns[table.columns.get_loc("effect") :]
        table.loc[place, told.difference(["covariance", "reason"])] = np.nan
        table.loc[place, "reason"] = str(reason)
    return table


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by hypothesis and cell, and rank the estimates of each hypothesis."""
    order = {name: place for place, name in enumerate(dict.fromkeys(table["hypothesis"]))}
    table = table.assign(place=table["hypothesis"].map(order))
    table = table.sort_values(["place", "cell"], kind="stable").drop(columns="place")
    rank = table.groupby("hypothesis")["estimate"].rank(ascending=False, method="first")
    return table.assign(rank=rank).reset_index(drop=True)


def _tests(
    grid: Grid, plan: Plan, cells: pd.DataFrame, found: Sequence[Found], seed: int
) -> pd.DataFrame:
    """Test the grid for each hypothesis over the cells that are estimable and can be drawn."""
    directions = {each.id: each.direction for each in plan.hypotheses}
    parts = []
    for hypothesis in grid.hypotheses:
        own = cells[cells["hypothesis"].eq(hypothesis) & cells["estimate"].notna()]
        own = own[own["cluster"].eq(EVERYBODY)].set_index("cell")
        drawn: dict[int, list[Drawn]] = {}
        for part in found:
            for (name, number), each in part.drawn.items():
                if name == hypothesis:
                    drawn.setdefault(number, []).append(each)
        many = own["n_imputations"].fillna(1)
        tested = [cell for cell in own.index if len(drawn.get(cell, ())) == many[cell]]
        if not tested:
            continue
        pooled = [
            joint.pooled_draws(drawn[cell], np.random.default_rng([seed, 1])) for cell in tested
        ]
        chosen = own.loc[tested]
        table = joint.joint_test(
            pooled, chosen["estimate"], chosen["p_value"], directions[hypothesis] == "positive"
        )
        parts.append(table.assign(grid=grid.id, hypothesis=hypothesis))
    return stacked(parts, list(joint.COLUMNS))
