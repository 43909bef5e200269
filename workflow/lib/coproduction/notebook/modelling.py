"""Regression models and their effects on the outcome's own scale."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.errors import StudyError
from coproduction.inference.checks import diagnostics as checks
from coproduction.inference.data.design import design
from coproduction.inference.effects import estimands
from coproduction.inference.effects.predictions import curves
from coproduction.inference.model import regression
from coproduction.inference.model.regression import Fit
from coproduction.notebook.blocks import planned
from coproduction.notebook.tables import Table, worded
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families import family_of
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.models.model import Curve, Model
from coproduction.plan.options import Covariance, EstimandKind, Split

SEPARATORS: Mapping[str, EstimandKind] = {" - ": "difference", ":": "cross_partial"}


def fit(
    data: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    covariates: Sequence[str] = (),
    family: str = "gaussian",
    interactions: Sequence[tuple[str, str]] = (),
    categorical: Collection[str] | Mapping[str, int | str] = (),
    standardise: Collection[str] = (),
    split: Mapping[str, Split] | None = None,
    cluster: str | None = None,
    two_level: bool = False,
    random_slope: str | None = None,
    covariance: Covariance | None = None,
    subset: str | None = None,
    name: str = "model",
) -> Fit:
    """Fit a regression model.

    Parameters
    ----------
    data
        One row per respondent; rows in which a variable of the model is missing are left out.
    outcome
        Column that is explained.
    predictors, covariates
        Columns whose effects are of interest, and that are adjusted for.
    family
        `gaussian`, `binomial`, `poisson`, `negative_binomial`, `ordinal`, or another that a plan
        knows; a wrong name is answered with all of them.
    interactions
        Pairs of terms whose products the model holds.
    categorical
        Variables that have an indicator per category; as a mapping, with the category that the
        others are compared with (else it is the lowest).
    standardise
        Variables that are centred and divided by their standard deviation.
    split
        Variables that are split by the cluster: `within_cluster` or `own_and_others`.
    cluster
        Column of the cluster that respondents belong to.
    two_level
        Whether a two-level model with random intercepts is fitted (gaussian, binomial, ordinal).
    random_slope
        Term of a two-level model whose slope varies between clusters too.
    covariance
        Kind of standard error: `CR2`, `CR1` for clusters, `HC3`, `HC2`, `HC1` for independent
        rows, or `classical`. By default CR2, or HC3, where the family has it, else CR1, or HC1.
    subset
        Condition that selects respondents, such as `age >= 18`.
    name
        Name of the model in tables.

    Returns
    -------
    Fit
        It prints its coefficients; `effects` gives effects on the outcome's own scale.

    Raises
    ------
    StudyError
        Saying what the model lacks or why it cannot be fitted.
    """
    _check_named([*standardise, *categorical, *(split or {})], [*predictors, *covariates])
    references = categorical if isinstance(categorical, Mapping) else {}

    def entries(variables: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {
                "variable": variable,
                "standardise": variable in standardise,
                "split": (split or {}).get(variable),
                "categorical": variable in categorical,
                "reference": references.get(variable),
            }
            for variable in variables
        ]

    said = {
        "id": name,
        "outcome": outcome,
        "family": family,
        "predictors": entries(predictors),
        "covariates": entries(covariates),
        "interactions": [list(pair) for pair in interactions],
        "cluster": cluster,
        "random": "intercept" if two_level else None,
        "random_slope": random_slope,
        "covariance": covariance or _covariance(family, cluster, two_level),
        "subset": subset,
    }
    return regression.fit(design(data, planned(Model, "models", said)))


def _check_named(named: Sequence[str], known: Sequence[str]) -> None:
    """Refuse what is said of a variable that is no predictor."""
    if unknown := [each for each in named if each not in known]:
        raise StudyError(
            f"`{unknown[0]}` is neither a predictor nor a covariate; there are: {', '.join(known)}."
        )


def _covariance(family: str, cluster: str | None, two_level: bool) -> Covariance:
    if two_level:
        return "classical"
    if family_of(family).leverages:
        return "CR2" if cluster else "HC3"
    return "CR1" if cluster else "HC1"


def effects(
    model: Fit,
    *terms: str,
    at: Mapping[str, float] | None = None,
    category: float | None = None,
    confidence: float = CONFIDENCE,
) -> Table:
    """Compute average effects on the outcome's own scale.

    Parameters
    ----------
    model
        A fitted model.
    terms
        `x`: average marginal effect of a term, or difference from the reference category of
        `x[2]`; `a:b`: mean cross-partial, the interaction on the outcome's scale; `a - b`:
        difference of two effects. Without any, those of all predictors and products.
    at
        Values that everyone is set to, by term.
    category
        Category of an ordinal outcome; the highest by default.
    confidence
        Confidence level of the intervals.
    """
    if terms:
        asked = [estimand(term, at, category) for term in terms]
        table = pd.DataFrame([estimands.row(model, each, confidence) for each in asked])
    else:
        table = estimands.effects(model, confidence)
    shown = ("term", "reference", "at", "category", "estimate", "std_error", "p_value")
    headline = f"Effects on {model.design.outcome_name}, n = {model.n:,}"
    return worded(headline, table, *shown, "conf_low", "conf_high")


def estimand(term: str, at: Mapping[str, float] | None, category: float | None) -> Estimand:
    """Read a term as tables of effects write it: `x`, `a:b`, `a - b`."""
    separator = next((each for each in SEPARATORS if each in term), "")
    return Estimand(
        kind=SEPARATORS.get(separator, "average_marginal_effect"),
        variable=None if separator else term,
        variables=tuple(term.split(separator)) if separator else (),
        at=dict(at or {}),
        category=category,
        part="mean",
    )


def predictions(
    model: Fit, variable: str, by: str | None = None, *, confidence: float = CONFIDENCE
) -> Table:
    """Predict the mean outcome along a term, everything else as it was observed.

    Parameters
    ----------
    model
        A fitted model.
    variable
        Term that runs from its 5th to its 95th percentile.
    by
        A second term or categorical variable, at whose values this is done.
    confidence
        Confidence level of the intervals.
    """
    table = curves(model, Curve(variable, by), confidence)
    headline = f"Predicted {model.design.outcome_name} along {variable}"
    return worded(
        headline, table, "value", "by_value", "category", "estimate", "conf_low", "conf_high"
    )


def diagnostics(model: Fit) -> Table:
    """Check a model: collinearity, influence, calibration, and whatever its family calls for.

    Parameters
    ----------
    model
        A fitted model.
    """
    table = checks.diagnostics(model)
    return worded(f"Checks of {model.design.model}", table, "check", "term", "value", "warning")
