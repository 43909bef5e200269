"""Planned means of groups in imputed tables, pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.completed.analysis import Imputations
from coproduction.inference.completed.items import may_meet
from coproduction.inference.data.tables import Tables, tables_of
from coproduction.inference.descriptions import MEAN_COLUMNS, group_means
from coproduction.instrument.expressions import variables_in
from coproduction.missing.tidy import pool_tables
from coproduction.notes import Note, read, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.processes import run
from coproduction.plan.descriptions import Description

KEYS = ["description", "outcome", "by", "level"]
Described = Mapping[str, pd.DataFrame | Refusal]


def pooled_means(made: Imputations | None, cores: int = 1) -> dict[str, pd.DataFrame]:
    """Compute planned means of groups in every imputed table, and pool them by Rubin's rules.

    Other than in models, an outcome counts as imputed: here it is what is asked about. Sensitive
    items of those who did not consent to them stay missing.

    Parameters
    ----------
    made
        The imputed tables, if there are any.
    cores
        Number of processes.

    Returns
    -------
    dict
        By description, rows as of `group_means` with `fmi, mc_error, n_imputations`: of those that
        something is imputed of, unless imputing cannot serve them. One that cannot be computed in
        some imputed table is a row with its reason.
    """
    chosen = [each for each in _touched(made) if unserved(made, each) is None] if made else []
    if made is None or not chosen:
        return {}
    tasks = {str(number): (_means, (made, number, chosen)) for number in range(len(made))}
    parts: Sequence[Described] = list(run(tasks, cores).values())
    return {each.id: _pooled(each, [part[each.id] for part in parts]) for each in chosen}


def unpooled(made: Imputations | None) -> dict[str, Note]:
    """Say of planned means that something is imputed of why they are those of complete cases."""
    told = {each.id: unserved(made, each) for each in _touched(made)} if made else {}
    return {name: note for name, note in told.items() if note is not None}


def noted(table: pd.DataFrame, note: Note | None) -> pd.DataFrame:
    """Add to what the rows of a description say why it is one of complete cases."""
    if note is None:
        return table
    return table.assign(reason=[written([*read(each), note]) for each in table["reason"]])


def unserved(made: Imputations, planned: Description) -> Note | None:
    """Say why imputing cannot serve a description, if it cannot.

    It must know of whatever the means depend on, for imputed answers would else be alike in all
    groups, and complete the answers of all those whom they are about.
    """
    origins, imputing = _origins(made), made.completed.imputing
    for name in (planned.outcome, planned.by):
        if name not in imputing and not origins.get(name, {name}) <= imputing:
            return Note("description_not_imputing", {"name": name})
    meant = np.flatnonzero(may_meet(planned.subset, made.tables.usual.respondents))
    if np.isin(meant, made.completed.rows).all():
        return None
    return Note("description_of_others")


def _touched(made: Imputations) -> list[Description]:
    """Find the descriptions that name something of which a missing answer is imputed."""
    origins, answered = _origins(made), made.completed.answered
    return [
        each
        for each in made.tables.plan.imputed_descriptions
        if set(chain.from_iterable(origins.get(name, {name}) for name in _named(each))) & answered
    ]


def _named(planned: Description) -> set[str]:
    selecting = variables_in(planned.subset) if planned.subset is not None else set()
    return {planned.outcome, planned.by, *selecting}


def _origins(made: Imputations) -> dict[str, set[str]]:
    return made.tables.plan.origins(made.completed.answers.instrument.scale_items)


def _means(made: Imputations, number: int, chosen: Sequence[Description]) -> Described:
    tables = _table(made, number)
    found: dict[str, pd.DataFrame | Refusal] = {}
    for each in chosen:
        table, rows = tables.of_population(each.cluster)
        try:
            found[each.id] = group_means(table, each, CONFIDENCE, rows)
        except Refusal as error:
            found[each.id] = error
    return found


def _table(made: Imputations, number: int) -> Tables:
    scales = made.tables.scales.by_construct
    completed = made.completed.table(number, filled=False)
    return tables_of(completed, made.tables.plan, made.sheets, scales, made.tables.usual.sample)


def _pooled(planned: Description, parts: Sequence[pd.DataFrame | Refusal]) -> pd.DataFrame:
    refused = [each for each in parts if isinstance(each, Refusal)]
    if not refused:
        tables = [each for each in parts if isinstance(each, pd.DataFrame)]
        return pool_tables(tables, KEYS, CONFIDENCE)[list(MEAN_COLUMNS)]
    values = {"n": len(refused), "m": len(parts), "reason": refused[0].note}
    reason = str(Note("description_failed_in_imputations", values))
    return pd.DataFrame([{"description": planned.id, "by": planned.by, "reason": reason}])
