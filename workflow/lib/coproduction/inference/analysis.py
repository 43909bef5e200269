"""The planned analysis of a study: models, effects, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.design import design
from coproduction.inference.estimands import effects
from coproduction.inference.families import LINKS
from coproduction.inference.regression import Fit, coefficients, fit
from coproduction.inference.variables import derive
from coproduction.inference.verdicts import verdicts

CONFIDENCE = 0.95
ESTIMATE = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
BASIS = ["n", "n_clusters", "covariance"]
EFFECT_COLUMNS = ["model", "estimand", "term", *ESTIMATE, *BASIS]
COEFFICIENT_COLUMNS = [
    *("model", "term", *ESTIMATE),
    *("exp_estimate", "exp_conf_low", "exp_conf_high", *BASIS),
]
MODEL_COLUMNS = [
    *("model", "outcome", "family", "link", "n", "n_clusters", "n_dropped"),
    *("covariance", "log_likelihood", "status", "reason"),
]


@dataclass(frozen=True)
class Analysis:
    """Result tables of the inference room.

    Attributes
    ----------
    models
        One row per planned model: what was fitted to how many, or why it could not be.
    coefficients
        One row per term of each fitted model, on the scale of the linear predictor.
    effects
        One row per average marginal effect and per mean cross-partial, on the outcome's scale.
    verdicts
        One row per hypothesis.
    """

    models: pd.DataFrame
    coefficients: pd.DataFrame
    effects: pd.DataFrame
    verdicts: pd.DataFrame


def analyse(scores: pd.DataFrame, plan: Mapping[str, Any]) -> Analysis:
    """Fit every planned model and judge every hypothesis.

    A model that cannot be fitted stops nothing: its row gives the reason, and the hypotheses that
    rest on it are not estimable.

    Parameters
    ----------
    scores
        Analysis table, one row per analysed respondent.
    plan
        The blocks `variables`, `models`, `hypotheses` and `families` of the plan.
    """
    table = derive(scores, plan["variables"])
    fits: dict[str, Fit] = {}
    failures: dict[str, str] = {}
    for model in plan["models"]:
        try:
            fits[model["id"]] = fit(design(table, model))
        except StudyError as error:
            failures[model["id"]] = str(error)
    estimated = _stack([effects(each, CONFIDENCE) for each in fits.values()], EFFECT_COLUMNS)
    tabulated = _stack(
        [coefficients(each, CONFIDENCE) for each in fits.values()], COEFFICIENT_COLUMNS
    )
    judged = verdicts(estimated, tabulated, plan["hypotheses"], plan["families"], failures)
    rows = [_model(model, fits.get(model["id"]), failures) for model in plan["models"]]
    return Analysis(pd.DataFrame(rows, columns=MODEL_COLUMNS), tabulated, estimated, judged)


def _stack(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return (
        pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)
    )


def _model(
    model: Mapping[str, Any], fitted: Fit | None, failures: Mapping[str, str]
) -> dict[str, Any]:
    row = {
        "model": model["id"],
        "outcome": model["outcome"],
        "family": model["family"],
        "link": LINKS[model["family"]],
        "covariance": model["covariance"],
        "status": "fitted" if fitted else "failed",
        "reason": failures.get(model["id"], ""),
    }
    if fitted is None:
        return row
    return {
        **row,
        "n": fitted.n,
        "n_clusters": fitted.n_clusters,
        "n_dropped": int(fitted.design.dropped["n"].sum()),
        "log_likelihood": fitted.log_likelihood,
    }
