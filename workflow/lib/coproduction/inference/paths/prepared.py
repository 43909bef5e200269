"""The rows and columns of a planned path model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.calibrated.residuals import residuals
from coproduction.inference.data.complete_cases import check_variables, complete_cases
from coproduction.inference.data.tables import AllTables
from coproduction.inference.data.terms import made_terms
from coproduction.instrument.item_scales import Scale
from coproduction.measurement.ordinal import normal_scores
from coproduction.plan.paths.paths import PathModel
from coproduction.rows import Rows, check_clusters, heeding, rows_of

SPREADLESS = 1e-8


@dataclass(frozen=True)
class Prepared:
    """What a path model is fitted to.

    Attributes
    ----------
    columns
        Names of p columns: items of the constructs, then observed variables.
    values
        n × p: normal scores of the items, observed variables in standard deviations; what
        covariates, and clusters where they are taken out, leave of them.
    raw
        n × p: the answers as they are.
    covariates
        n × k terms of the covariates.
    factors
        Construct -> its items, one that is not reversed first.
    reversed
        Whether an item is reversed, so that agreement can be told from content.
    units
        Standard deviation of each observed variable.
    df
        Degrees of freedom of the covariance matrix of the values.
    rows
        What the rows stand for.
    taken
        The same, with clusters only where they are taken out.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    raw: pd.DataFrame
    covariates: np.ndarray
    factors: Mapping[str, tuple[str, ...]]
    reversed: bool
    units: Mapping[str, float]
    df: int
    rows: Rows
    taken: Rows

    def leave(self, columns: np.ndarray) -> np.ndarray:
        """Take covariates, and clusters where they are taken out, out of further columns."""
        return residuals(columns, self.covariates, self.taken).values


def prepared(tables: AllTables, planned: PathModel) -> Prepared:
    """Take the rows of a path model and what covariates leave of its columns.

    Raises
    ------
    Refusal
        If a variable is not there or does not vary, or too few rows are left.
    """
    scales = tables.scales.by_construct
    model = planned.rows(scales)
    chosen = {name: scales[name] for name in planned.variables if name in scales}
    items = [item for scale in chosen.values() for item in scale.items]
    table, rows = tables.of(model)
    check_variables(table, model, items)
    rows = heeding(rows or rows_of(table, planned.cluster), "cluster")
    kept, _ = complete_cases(table, rows, model, items)
    inside = rows[kept]
    check_clusters(inside)
    observed = [name for name in planned.variables if name not in scales]
    columns = (*items, *observed)
    raw = table.loc[kept, list(columns)].astype(float)
    for name in columns:
        if raw[name].nunique() < 2:
            raise Refusal("model_constant_variable", model=planned.id, name=name)
    spread = raw.std(ddof=1)
    answers = np.array(raw / spread)
    spans = [span for scale in chosen.values() for span in scale.spans]
    ordered = [place for place, span in enumerate(spans) if span is not None]
    answers[:, ordered] = normal_scores(answers[:, ordered])
    covariates = _covariates(table, rows, kept, planned, scales)
    taking = inside if planned.within_clusters else inside.independent
    left = residuals(answers, covariates, taking)
    for name, width in zip(columns, left.values.std(axis=0), strict=True):
        if width < SPREADLESS:
            raise Refusal("path_without_variance", model=planned.id, name=name)
    factors = {name: _forward_first(scale) for name, scale in chosen.items()}
    return Prepared(
        columns,
        left.values,
        raw,
        covariates,
        factors,
        any(scale.reversed for scale in chosen.values()),
        {name: float(spread[name]) for name in observed},
        left.df,
        inside,
        taking,
    )


def _covariates(
    table: pd.DataFrame,
    rows: Rows,
    kept: np.ndarray,
    planned: PathModel,
    scales: Mapping[str, Scale],
) -> np.ndarray:
    """Make the terms of the covariates, n × k."""
    alone = replace(planned.rows(scales), predictors=())
    made = made_terms(table, rows, kept, alone).columns
    terms = [values for name, values in made.items() if name != "intercept"]
    return np.column_stack([np.empty((int(kept.sum()), 0)), *terms])


def _forward_first(scale: Scale) -> tuple[str, ...]:
    """Put an item that is not reversed first, which gives the construct its direction."""
    return tuple(sorted(scale.items, key=lambda item: item in scale.reversed))
