"""What a sample tells of its population: means, totals and quantiles, by group where asked."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.notebook.tables import Table, columns, worded
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.survey.estimates import design_effects, means, totals
from coproduction.numerics.survey.quantiles import population_quantile
from coproduction.options import check_option
from coproduction.rows import Rows, rows_at

Statistic = Literal["mean", "total", "median"]
HEEDED = ("cluster", "weight", "design", "replicates")


def population(
    table: pd.DataFrame,
    names: list[str],
    *,
    rows: Rows | None = None,
    by: str | None = None,
    statistic: Statistic = "mean",
    confidence: float = CONFIDENCE,
) -> Table:
    """Estimate means, totals or medians of a population from a sample.

    Parameters
    ----------
    table
        One row per respondent.
    names
        Columns of numbers; the mean of one that is 0 or 1 is a share. Rows that lack a value are
        left out of its estimate, which keeps the design of all rows.
    rows
        What the rows stand for: weights, strata, clusters; see `rows_of`.
    by
        Column whose categories are estimated apart, each keeping the design of all rows.
    statistic
        `mean`, `total` or `median` (interval of Woodruff 1952).
    confidence
        Confidence level.

    Returns
    -------
    Table
        `variable, level, estimate, std_error, df, conf_low, conf_high, design_effect, n`, and the
        `unweighted` statistic of the same rows.

    Raises
    ------
    StudyError
        If a column is missing, or the design says nothing of how units differ.
    """
    check_option("statistic", statistic, Statistic)
    given = columns(table, [*names, *([by] if by else [])])
    own = rows_at(table.index, rows, *HEEDED)
    found = []
    for name in names:
        for level, chosen in _domains(given, by):
            known = chosen & given[name].notna().to_numpy()
            told = _estimated(given[name].to_numpy(float)[known], own[known], statistic, confidence)
            found.append({"variable": name, "level": level, **told})
    weighted = own.weight is not None
    made = pd.DataFrame(found).drop(columns=[] if weighted else ["unweighted"])
    return worded(f"{statistic.capitalize()} of the population, n = {len(table):,}", made)


def _domains(table: pd.DataFrame, by: str | None) -> list[tuple[str, np.ndarray]]:
    if by is None:
        return [("", np.ones(len(table), bool))]
    values = sorted(table[by].dropna().unique())
    return [(code_text(value), table[by].eq(value).to_numpy(bool)) for value in values]


def _estimated(
    values: np.ndarray, rows: Rows, statistic: Statistic, confidence: float
) -> dict[str, float]:
    n = {"n": len(values)}
    if statistic == "median":
        found = population_quantile(values, 0.5, rows, confidence)
        told = {"estimate": found.value, "std_error": found.std_error, "df": found.df}
        ends = {"conf_low": found.conf_low, "conf_high": found.conf_high}
        return told | ends | n | {"unweighted": float(np.median(values))}
    made = means(values, rows) if statistic == "mean" else totals(values, rows)
    low, high = (float(end[0]) for end in made.intervals(confidence))
    told = {"estimate": float(made.values[0]), "std_error": float(made.std_errors[0])}
    told |= {"df": made.df, "conf_low": low, "conf_high": high}
    if statistic == "total":
        return told | n | {"unweighted": float(values.sum())}
    effect = float(design_effects(values, rows, made)[0])
    return told | {"design_effect": effect} | n | {"unweighted": float(values.mean())}
