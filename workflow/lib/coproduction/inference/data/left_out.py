"""Those whom a model does not analyse compared with those whom it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from coproduction.inference.calibrated.contents import items_of
from coproduction.inference.data.complete_cases import columns_of, losses
from coproduction.inference.data.differences import compared
from coproduction.inference.data.tables import AllTables
from coproduction.instrument.expressions import holds
from coproduction.plan.models.model import Model
from coproduction.plan.plan import Plan
from coproduction.rows import rows_of

FLAGGED, INCOMPLETE = "flagged", "incomplete"
COLUMNS = (
    *("model", "reason", "variable", "level", "n_kept", "n_left_out"),
    *("mean_kept", "mean_left_out", "standardised_difference", "p_value"),
)
RENAMED = {
    **{"n_0": "n_kept", "n_1": "n_left_out"},
    **{"mean_0": "mean_kept", "mean_1": "mean_left_out"},
}


def left_out(everybody: pd.DataFrame, tables: AllTables) -> pd.DataFrame:
    """Compare who is left out of each model that a hypothesis rests on with who is kept.

    Of those who meet the model's condition, the flagged rows and the incomplete ones are compared
    each with the rows that the model analyses, in whatever of its variables they answered; means
    and shares as in `differences`.

    Parameters
    ----------
    everybody
        Respondents' table before anybody is left out or any answer is imputed, derived variables
        included.
    tables
        Tables that the models are fitted to.

    Returns
    -------
    pandas.DataFrame
        Columns as in `COLUMNS`, a row per variable or category.
    """
    rows = [
        {"model": model.id, "reason": reason, "variable": name, **_renamed(each)}
        for model in _tested(tables.plan)
        if set(columns_of(model, items_of(model, tables.scales))) <= set(everybody)
        for reason, (kept, lost) in _groups(everybody, tables, model).items()
        for name in dict.fromkeys([model.outcome, *(each.name for each in model.entries)])
        for each in _differences(everybody, name, kept, lost)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _tested(plan: Plan) -> Iterator[Model]:
    """Give the models of respondents that hypotheses rest on."""
    names = {hypothesis.model for hypothesis in plan.hypotheses}
    yield from (each for each in plan.models if each.id in names and each.level is None)


def _groups(
    everybody: pd.DataFrame, tables: AllTables, model: Model
) -> dict[str, tuple[pd.Index, pd.Index]]:
    """Find by reason the labels of those who are kept and of those who are not."""
    table, rows = tables.of(model)
    meant, analysed, _ = losses(
        table, rows or rows_of(table, model.cluster), model, items_of(model, tables.scales)
    )
    kept = table.index[analysed]
    selected = everybody
    if model.subset is not None:
        selected = everybody[holds(model.subset, everybody).astype(bool)]
    return {
        FLAGGED: (kept, selected.index.difference(table.index)),
        INCOMPLETE: (kept, table.index[meant & ~analysed]),
    }


def _differences(
    everybody: pd.DataFrame, name: str, kept: pd.Index, lost: pd.Index
) -> list[dict[str, float]]:
    if name not in everybody or not pd.api.types.is_numeric_dtype(everybody[name]):
        return []
    values = everybody[name].reindex(kept.union(lost)).astype("float64").dropna()
    return compared(values, pd.Series(values.index.isin(lost), values.index))


def _renamed(found: Mapping[str, float]) -> dict[str, float]:
    return {RENAMED.get(key, key): value for key, value in found.items()}
