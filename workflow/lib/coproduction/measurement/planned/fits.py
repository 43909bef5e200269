"""Planned measurement models fitted and laid out as tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.factor.confirmatory import (
    FactorFit,
    confirmatory,
    correlations,
    fit_polychoric,
)
from coproduction.measurement.fit.modification import modification_indices
from coproduction.measurement.ordinal.polychoric import Polychoric, polychoric
from coproduction.measurement.planned.models import PlannedModel
from coproduction.measurement.validity.validity import convergent_validity
from coproduction.notes import Note, read, written
from coproduction.rows import Rows, check_clusters, rows_at

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
CORRECTED = (
    *("chisq", "df", "p_value", "cfi", "tli"),
    *("rmsea", "rmsea_conf_low", "rmsea_conf_high", "rmsea_p_close"),
)
FIT_COLUMNS = (
    *("model", "estimator", "status", "n", "n_clusters", "n_parameters"),
    *CORRECTED,
    *("chisq_uncorrected", "scaling"),
    *("cfi_robust", "tli_robust"),
    *("rmsea_robust", "rmsea_robust_conf_low", "rmsea_robust_conf_high"),
    *("srmr", "largest_residual", "log_likelihood", "aic", "bic", "warning"),
)
RESIDUAL_COLUMNS = ("model", "item_1", "item_2", "observed", "implied", "residual")
MODIFICATION_COLUMNS = (
    *("model", "term", "kind", "lhs", "rhs", "modification_index"),
    *("statistic", "p_value", "expected_change", "standardised_change"),
)
LOADINGS = ("loadings_beyond_one", "loadings_of_both_signs")
MOST_OWNERS = 4  # items whose factors are named after a failure
LARGEST = 10  # residual correlations and modification indices that are listed for each model
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
    modification
        Its modification indices, the most telling first.
    notes
        Why it failed, or what is amiss.
    """

    planned: PlannedModel
    fit: FactorFit | None
    modification: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[Note, ...] = ()


def ordinal_statistics(
    items: pd.DataFrame, rows: Rows | None = None, continuous: Collection[str] = ()
) -> Polychoric | Refusal:
    """Estimate what several models of the same ordinal items start from, or tell why not."""
    numbers = [name for name in items if name in continuous]
    if numbers:
        return Refusal("continuous_not_ordinal", names=numbers)
    try:
        own = rows_at(items.index, rows, "cluster")
        check_clusters(own)
        return polychoric(items, rows=own)
    except Refusal as error:
        return error


def fit_model(
    planned: PlannedModel,
    items: pd.DataFrame,
    rows: Rows | None,
    confidence: float,
    statistics: Polychoric | Refusal | None = None,
) -> FittedModel:
    """Fit a planned model; a failure is a result with a reason, not an error.

    Parameters
    ----------
    planned
        The model.
    items
        Answers, in the order of the model's items.
    rows
        What the respondents stand for; each for itself where it is not told, and for ML.
    confidence
        Confidence level of the intervals.
    statistics
        What `ordinal_statistics` made of the same answers (WLSMV); made here where not given.
    """
    try:
        fit = _fitted(planned, items, rows, confidence, statistics)
    except Refusal as error:
        reason = Note("model_not_fitted", {"model": planned.id, "reason": error.note})
        return FittedModel(planned, None, notes=(reason, *_owners(planned, error.note)))
    except np.linalg.LinAlgError:
        return FittedModel(planned, None, notes=(Note("model_singular", {"model": planned.id}),))
    try:
        table = modification_indices(fit.objective, fit.estimates, planned.estimator != "ML")
    except np.linalg.LinAlgError:
        unknown = Note("no_modification_indices", {"model": planned.id})
        return FittedModel(planned, fit, notes=(*fit.warnings, unknown))
    table = table.sort_values("statistic", ascending=False, kind="stable", ignore_index=True)
    return FittedModel(planned, fit, table, fit.warnings)


def _fitted(
    planned: PlannedModel,
    items: pd.DataFrame,
    rows: Rows | None,
    confidence: float,
    statistics: Polychoric | Refusal | None,
) -> FactorFit:
    if planned.estimator == "WLSMV":
        if statistics is None:
            statistics = ordinal_statistics(items, rows)
        if isinstance(statistics, Refusal):
            raise statistics
        return fit_polychoric(planned.specification, statistics, confidence)
    return confirmatory(
        items,
        planned.specification,
        "ML" if planned.estimator == "ML" else "MLR",
        missing="fiml" if planned.estimator == "FIML" else "listwise",
        rows=None if planned.estimator == "ML" else rows,
        confidence=confidence,
    )


def _owners(planned: PlannedModel, reason: Note) -> list[Note]:
    """Say which factor the items that a note names belong to."""
    named = _texts(reason)
    factors = planned.specification["factors"].items()
    owned = [
        Note("item_of_factor", {"name": item, "factor": factor})
        for factor, items in factors
        for item in items
        if item in named
    ]
    return owned[:MOST_OWNERS]


def _texts(note: Note) -> set[str]:
    """All texts among the values of a note and of the notes within it."""
    found: set[str] = set()
    for value in note.values.values():
        if isinstance(value, Note):
            found |= _texts(value)
        else:
            found.update(value if isinstance(value, list) else [value])
    return found


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
    """Lay out the fit of every planned model, one row each, failed ones included.

    Test and indices are the corrected ones where the estimator corrects them (MLR, FIML, WLSMV).
    """
    rows = []
    for name, fitted in models.items():
        row: dict[str, Any] = {"model": name, "estimator": fitted.planned.estimator}
        row["warning"] = written(fitted.notes)
        if fitted.fit is None:
            row |= {"status": "failed"}
        else:
            row |= {"status": "fitted"}
            row |= {"n_clusters": fitted.fit.n_clusters} | reported(fitted.fit)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(FIT_COLUMNS))
    return table.astype({"n_clusters": "Int64"})


def reported(fit: FactorFit) -> dict[str, float]:
    """Take the fit measures under the names of the result table, corrected ones first."""
    found = dict(fit.fit)
    measures = {"chisq_uncorrected": found["chisq"]} if "scaling" in found else {}
    measures |= found | {name: found.get(f"{name}_scaled", found[name]) for name in CORRECTED}
    for end in ("conf_low", "conf_high"):
        measures[f"rmsea_robust_{end}"] = found.get(f"rmsea_{end}_robust", np.nan)
    largest = max(np.nanmax(np.abs(table.to_numpy())) for table in fit.residual_correlations)
    return measures | {"largest_residual": float(largest)}


def residuals_table(models: Mapping[str, FittedModel]) -> pd.DataFrame:
    """List each model's largest residual correlations, in size."""
    parts = [
        _residuals(fitted.fit).assign(model=name)
        for name, fitted in models.items()
        if fitted.fit is not None
    ]
    return _stacked(parts, RESIDUAL_COLUMNS)


def _residuals(fit: FactorFit) -> pd.DataFrame:
    observed, implied = correlations(fit.sample[0]), correlations(fit.implied[0])
    first, second = np.triu_indices(len(observed), 1)
    names = np.array(observed.columns)
    table = pd.DataFrame(
        {
            "item_1": names[first],
            "item_2": names[second],
            "observed": observed.to_numpy()[first, second],
            "implied": implied.to_numpy()[first, second],
        }
    )
    table["residual"] = table["observed"] - table["implied"]
    order = (-table["residual"].abs()).round(9).sort_values(kind="stable").index
    return table.loc[order[:LARGEST]]


def modification_table(models: Mapping[str, FittedModel]) -> pd.DataFrame:
    """List each model's most telling modification indices."""
    parts = [
        fitted.modification.head(LARGEST).assign(model=name)
        for name, fitted in models.items()
        if len(fitted.modification)
    ]
    return _stacked(parts, MODIFICATION_COLUMNS)


def _stacked(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(parts, ignore_index=True)[list(columns)]


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
    if fitted is None:
        return table
    for construct, loadings in standardised_loadings(fitted).items():
        items = list(fitted.planned.specification["factors"][construct])
        found, notes = convergent_validity(construct, items, loadings)
        for row in table.index[table["construct"] == construct]:
            for name in ("composite_reliability", "average_variance_extracted"):
                table.loc[row, name] = found.get(name, np.nan)
            own = [note for note in read(table.loc[row, "warning"]) if note.code not in LOADINGS]
            table.loc[row, "warning"] = written([*own, *notes])
    return table


def latent_correlations(fit: FactorFit | None, confidence: float) -> pd.DataFrame:
    """Take the factor correlations with symmetric intervals on the correlation's scale."""
    from scipy.stats import norm

    if fit is None:
        return pd.DataFrame(columns=list(LATENT_COLUMNS))
    table = fit.parameters
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
