"""Planned measurement models compared with their rivals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.fit.difference import difference_test
from coproduction.measurement.fit.measures import Test
from coproduction.measurement.fit.nesting import reproduce
from coproduction.measurement.planned.fits import FittedModel, reported
from coproduction.notes import Note
from coproduction.numerics.processes import Task
from coproduction.plan.measurement.measurement import Rivalry

CHANGES = ("cfi", "tli", "rmsea", "srmr", "bic")
COLUMNS = (
    *("model", "rival", "estimator", "relation", "method", "statistic", "df", "p_value"),
    *(f"{measure}_change" for measure in CHANGES),
    *("n", "warning"),
)
METHODS = {"ML": "likelihood ratio", "WLSMV": "Satorra 2000, scaled and shifted"}
FIRST, SECOND = "Satorra and Bentler 2001", "Satorra and Bentler 2010"


def comparison_tasks(
    models: Mapping[str, FittedModel], comparisons: Sequence[Rivalry]
) -> dict[str, Task]:
    """Prepare each planned comparison of a model with a rival."""
    return {
        f"{pair.model} {pair.rival}": (compare, (models[pair.model], models[pair.rival]))
        for pair in comparisons
    }


def comparisons_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Lay out comparisons, one row each."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype({"df": "Int64", "n": "Int64"})


def compare(model: FittedModel, rival: FittedModel) -> dict[str, Any]:
    """Compare a model with a rival of the same items and estimator.

    Returns
    -------
    dict
        `relation`: `rival_nested`, `model_nested`, `equivalent`, `not_nested` or `failed`. Where
        one is nested in the other, `statistic`, `df` and `p_value` test whether the narrower one
        fits as well; changes of fit measures are the rival's less the model's.

    Notes
    -----
    A model of fewer parameters is nested if the other one reproduces what it implies (`nesting`).
    MLR takes the scaling of Satorra and Bentler (2001), and that of 2010 where the former is not
    positive.
    """
    row: dict[str, Any] = {
        "model": model.planned.id,
        "rival": rival.planned.id,
        "estimator": model.planned.estimator,
    }
    if model.fit is None or rival.fit is None:
        failed = [each.planned.id for each in (model, rival) if each.fit is None]
        return row | _failed(Note("no_fit_to_compare", {"names": failed}))
    there, here = reported(rival.fit), reported(model.fit)
    row |= {f"{name}_change": there.get(name, np.nan) - here.get(name, np.nan) for name in CHANGES}
    row["n"] = int(here["n"])
    try:
        relation, test, method = _tested(model.fit, rival.fit)
    except (Refusal, np.linalg.LinAlgError):
        return row | _failed(Note("not_compared", {"names": [model.planned.id, rival.planned.id]}))
    row["relation"] = relation
    if test is None:
        return row
    corrected = test.scaled
    known = np.isfinite(corrected.chisq)
    return row | {
        "method": method,
        "statistic": corrected.chisq,
        "df": test.df,
        "p_value": corrected.p_value if known else np.nan,
        "warning": "" if known else str(Note("no_scaled_difference")),
    }


def _failed(reason: Note) -> dict[str, str]:
    return {"relation": "failed", "warning": str(reason)}


def _tested(model: FactorFit, rival: FactorFit) -> tuple[str, Test | None, str]:
    sign = rival.estimates.test.df - model.estimates.test.df
    narrow, wide = (rival, model) if sign >= 0 else (model, rival)
    found = reproduce(wide, narrow)
    if not found.exact:
        return "not_nested", None, ""
    if not sign:
        return "equivalent", None, ""
    relation = "rival_nested" if sign > 0 else "model_nested"
    test, method = difference_test(narrow, wide), METHODS.get(model.estimator, FIRST)
    if np.isnan(test.scaling) and model.estimator == "MLR":
        return relation, difference_test(narrow, wide, found.theta), SECOND
    return relation, test, method
