"""Planned measurement models fitted and laid out as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.measurement.confirmatory import FactorFit, confirmatory
from coproduction.measurement.planned import PlannedModel
from coproduction.measurement.validity import average_variance_extracted, composite_reliability

LOADING_COLUMNS = (
    "model",
    "estimator",
    "term",
    "kind",
    "lhs",
    "rhs",
    "estimate",
    "std_error",
    "statistic",
    "p_value",
    "conf_low",
    "conf_high",
    "standardised",
    "standardised_std_error",
    "standardised_conf_low",
    "standardised_conf_high",
    "n",
)
FIT_COLUMNS = (
    "model",
    "estimator",
    "status",
    "n",
    "n_parameters",
    "chisq",
    "df",
    "p_value",
    "cfi",
    "tli",
    "rmsea",
    "rmsea_conf_low",
    "rmsea_conf_high",
    "srmr",
    "aic",
    "bic",
    "warning",
)
LATENT_COLUMNS = ("construct_1", "construct_2", "estimate", "conf_low", "conf_high")


@dataclass(frozen=True)
class FittedModel:
    """A planned model and what came of it.

    Attributes
    ----------
    planned
        The model.
    fit
        The fit; None where it failed.
    reason
        Why it failed; empty otherwise.
    """

    planned: PlannedModel
    fit: FactorFit | None
    reason: str = ""


def fit_model(planned: PlannedModel, items: pd.DataFrame, confidence: float) -> FittedModel:
    """Fit a planned model; a failure is a result with a reason, not an error."""
    estimator = "MLR" if planned.estimator == "FIML" else planned.estimator
    missing = {"FIML": "fiml", "WLSMV": "pairwise"}.get(planned.estimator, "listwise")
    try:
        fit = confirmatory(
            items, planned.specification, estimator, missing=missing, confidence=confidence
        )
    except StudyError as error:
        return FittedModel(planned, None, f"The model `{planned.id}` could not be fitted: {error}")
    except np.linalg.LinAlgError:
        return FittedModel(
            planned, None, f"The model `{planned.id}` has no solution: its matrices are singular."
        )
    return FittedModel(planned, fit)


def loadings_table(models: Mapping[str, FittedModel], confidence: float) -> pd.DataFrame:
    """Lay out the parameters of every fitted model, thresholds included."""
    from scipy.stats import norm

    parts = [
        fitted.fit.parameters.assign(
            model=name, estimator=fitted.planned.estimator, n=int(fitted.fit.fit["n"])
        )
        for name, fitted in models.items()
        if fitted.fit is not None
    ]
    if not parts:
        return pd.DataFrame(columns=list(LOADING_COLUMNS))
    table = pd.concat(parts, ignore_index=True)
    half = norm.ppf(0.5 + confidence / 2) * table["standardised_std_error"]
    table["standardised_conf_low"] = table["standardised"] - half
    table["standardised_conf_high"] = table["standardised"] + half
    return table.reindex(columns=list(LOADING_COLUMNS))


def fit_table(models: Mapping[str, FittedModel]) -> pd.DataFrame:
    """Lay out the fit of every planned model, one row each, failed ones included."""
    rows = []
    for name, fitted in models.items():
        row = {"model": name, "estimator": fitted.planned.estimator}
        if fitted.fit is None:
            row |= {"status": "failed", "warning": fitted.reason}
        else:
            row |= {"status": "fitted", "warning": " ".join(fitted.fit.warnings)}
            row |= dict(fitted.fit.fit)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(FIT_COLUMNS))


def standardised_loadings(fitted: FittedModel | None) -> dict[str, np.ndarray]:
    """Take the standardised loadings of each factor that stands for one whole construct."""
    if fitted is None or fitted.fit is None:
        return {}
    loadings = fitted.fit.loadings
    return {
        name: loadings.loc[loadings["lhs"] == name, "standardised"].to_numpy("float64")
        for name in fitted.planned.constructs
    }


def adopt_loadings(reliability: pd.DataFrame, fitted: FittedModel | None) -> pd.DataFrame:
    """Put composite reliability and average variance extracted of a planned model into the table.

    Constructs that the model does not have keep those of their own one-factor model.
    """
    table = reliability.copy()
    for construct, loadings in standardised_loadings(fitted).items():
        rows = table["construct"] == construct
        table.loc[rows, "composite_reliability"] = composite_reliability(loadings)
        table.loc[rows, "average_variance_extracted"] = average_variance_extracted(loadings)
    return table


def latent_correlations(fitted: FittedModel | None, confidence: float) -> pd.DataFrame:
    """Take the factor correlations with symmetric intervals on the correlation's scale."""
    from scipy.stats import norm

    if fitted is None or fitted.fit is None:
        return pd.DataFrame(columns=list(LATENT_COLUMNS))
    table = fitted.fit.parameters
    table = table[table["kind"].eq("covariance") & table["lhs"].ne(table["rhs"])]
    half = norm.ppf(0.5 + confidence / 2) * table["standardised_std_error"]
    return pd.DataFrame(
        {
            "construct_1": table["lhs"],
            "construct_2": table["rhs"],
            "estimate": table["standardised"],
            "conf_low": table["standardised"] - half,
            "conf_high": table["standardised"] + half,
        }
    ).reset_index(drop=True)
