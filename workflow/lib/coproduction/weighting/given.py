"""Columns of the answers that say how respondents were drawn: nobody may be without them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.weighting.rules import Weights

MOST_NAMED = 8
NO_WEIGHT = "missing, negative or not finite"
NO_NUMBER = "missing or not finite"
NO_SIZE = "missing, not above 0 or not finite"


def check_given(table: pd.DataFrame, rules: Weights) -> None:
    """Refuse given weights, units, strata, populations and replicate weights that do not serve.

    Parameters
    ----------
    table
        One row per respondent, with `submission`.
    rules
        Which columns are given.

    Raises
    ------
    StudyError
        A line for each column, with the submissions.
    """
    told = [
        f"`{name}`, which the block `weights` of study.yaml names, is {what} for "
        f"{len(found)} of {len(table)} respondents ({_listed(found)})."
        for name, what, wrong in _columns(table, rules)
        if (found := table.loc[wrong, "submission"].tolist())
    ]
    if told:
        remedy = "Correct the answers, or leave these respondents out as not eligible."
        nobody = " Who stands for nobody has the weight 0." if rules.column is not None else ""
        raise StudyError("\n".join([*told, remedy + nobody]))


def _columns(table: pd.DataFrame, rules: Weights) -> Iterator[tuple[str, str, np.ndarray]]:
    """Give each column with what it must not be and where it is so."""
    sampling = rules.sampling
    replicates = () if sampling.replicates is None else sampling.replicates.columns
    if rules.column is not None:
        values = _numbers(table[rules.column])
        yield rules.column, NO_WEIGHT, ~(np.isfinite(values) & (values >= 0))
    for name in replicates:
        yield name, NO_NUMBER, ~np.isfinite(_numbers(table[name]))
    for name in filter(None, sampling.populations):
        values = _numbers(table[name])
        yield name, NO_SIZE, ~(np.isfinite(values) & (values > 0))
    for name in filter(None, (*sampling.units, *sampling.strata)):
        yield name, "missing", table[name].isna().to_numpy()


def _numbers(column: pd.Series) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)


def _listed(submissions: list[str]) -> str:
    more = f" and {len(submissions) - MOST_NAMED} more" if len(submissions) > MOST_NAMED else ""
    return f"submissions {', '.join(map(str, submissions[:MOST_NAMED]))}{more}"
