"""The planned analysis of a study: models, effects, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.design import design
from coproduction.inference.effects import average_marginal_effects, cross_partial
from coproduction.inference.regression import Fit, coefficients, fit
from coproduction.inference.variables import derive
from coproduction.inference.verdicts import verdicts

CONFIDENCE = 0.95


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
    effects = _stack([_effects(fits[name], plan["models"]) for name in fits], EFFECT_COLUMNS)
    return Analysis(
        models=_models(plan["models"], fits, failures),
        coefficients=_stack(
            [coefficients(result, CONFIDENCE) for result in fits.values()], COEFFICIENT_COLUMNS
        ),
        effects=effects,
        verdicts=verdicts(effects, plan["hypotheses"], plan["families"], failures),
    )
