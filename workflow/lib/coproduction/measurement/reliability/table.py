"""Reliability of every scale in one table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.exploratory.extraction import factor_analysis
from coproduction.measurement.exploratory.schmid_leiman import schmid_leiman
from coproduction.measurement.factor.one_factor import maximum_likelihood
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.reliability.alpha import alpha_of, cronbach_alpha
from coproduction.measurement.reliability.omega import omega_hierarchical, omega_total
from coproduction.measurement.reliability.ordinal import ordinal_reliability
from coproduction.measurement.reliability.split_half import split_half
from coproduction.measurement.validity.validity import convergent_validity
from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import bootstrap_moments, generator, percentile_interval
from coproduction.rows import Rows, rows_at

COLUMNS = (
    "construct",
    "n_items",
    "n",
    "alpha",
    "alpha_conf_low",
    "alpha_conf_high",
    "alpha_bootstrap_low",
    "alpha_bootstrap_high",
    "alpha_standardised",
    "alpha_standardised_conf_low",
    "alpha_standardised_conf_high",
    "alpha_ordinal",
    "alpha_ordinal_conf_low",
    "alpha_ordinal_conf_high",
    "omega_total",
    "omega_total_conf_low",
    "omega_total_conf_high",
    "omega_hierarchical",
    "omega_categorical",
    "omega_categorical_conf_low",
    "omega_categorical_conf_high",
    "composite_reliability",
    "average_variance_extracted",
    "split_half",
    "lambda_2",
    "lambda_4",
    "lambda_5",
    "lambda_6",
    "mean_interitem_correlation",
    "largest_residual",
    "decision",
    "warning",
)
HIERARCHICAL_FACTORS = 3


def reliability(
    constructs: Mapping[str, pd.DataFrame],
    confidence: float = CONFIDENCE,
    *,
    replicates: int = 0,
    seed: int = 0,
    rows: Rows | None = None,
    minimum: float,
    composite_if: Mapping[str, float] | None = None,
    continuous: Collection[str] = (),
) -> pd.DataFrame:
    """Compute the reliability of each scale.

    Parameters
    ----------
    constructs
        Reverse-keyed items of each construct; rows with a missing item are left out construct by
        construct.
    confidence
        Confidence level of the intervals.
    replicates, seed
        Bootstrap of raw alpha, standardised alpha and omega. None without replicates.
    rows
        What the rows stand for; each for itself where it is not told. The bootstrap draws whole
        clusters, and the intervals of ordinal alpha and categorical omega hold under any dependence
        within them; a row of no known cluster is one of its own. Feldt's interval takes rows as
        independent.
    minimum
        Alpha below this is decided to be `weak`.
    composite_if
        Constructs whose facets are summed rather than taken as one factor if a correlation
        differs from the one-factor model by more than this.
    continuous
        Items whose answers are no ordered categories. Their scales have no ordinal coefficients.

    Returns
    -------
    pandas.DataFrame
        One row per construct: `n_items`, complete rows `n`, raw `alpha` with Feldt's and the
        bootstrap interval, further coefficients (NaN where they do not exist), `decision`
        (`adequate`, `weak`, `facet_composite`, `not_assessed`) and notes in `warning` where
        something is amiss.

    Notes
    -----
    `omega_hierarchical` follows psych::omega: minimum residuals, three factors, oblimin, Schmid and
    Leiman's transformation of the Pearson correlations; it needs six items. For the others see
    `alpha`, `omega`, `ordinal_reliability` and `split_half`. Composite reliability and average
    variance extracted are those of the one-factor model: ordinal, or of maximum likelihood for
    scales with continuous items.
    """
    found = []
    for name, items in constructs.items():
        complete = items.dropna()
        row: dict[str, Any] = {"construct": name} | _observed(complete, confidence)
        notes = _unusable(name, complete)
        if not notes:
            rng = generator(seed, "reliability", name)
            own = rows_at(complete.index, rows, "cluster").apart
            row |= _resampled(complete, own, replicates, rng, confidence)
            row |= _halves(complete, rng)
            apart = set(complete).isdisjoint(continuous)
            factor = _ordinal(name, complete, own, confidence) if apart else _normal(name, complete)
            for values, told in (_hierarchical(name, complete), factor):
                row |= values
                notes += told
            if complete.shape[1] > 2 and np.isnan(row["omega_total"]):
                notes.append(Note("no_omega_total", {"name": name}))
        row["decision"] = _decision(row, minimum, (composite_if or {}).get(name))
        row["warning"] = written([*notes, *_judgement(name, row, minimum)])
        found.append(row)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _observed(complete: pd.DataFrame, confidence: float) -> dict[str, Any]:
    result = cronbach_alpha(complete, confidence)
    return {
        "n_items": result.n_items,
        "n": result.n,
        "alpha": result.alpha,
        "alpha_conf_low": result.conf_low,
        "alpha_conf_high": result.conf_high,
        "mean_interitem_correlation": _mean_correlation(complete),
    }


def _resampled(
    complete: pd.DataFrame,
    rows: Rows,
    replicates: int,
    rng: np.random.Generator,
    confidence: float,
) -> dict[str, float]:
    values = complete.to_numpy("float64")
    covariance = np.cov(values, rowvar=False)
    row = {
        "alpha_standardised": float(alpha_of(_correlations(covariance))),
        "omega_total": float(omega_total(covariance)),
    }
    if not replicates:
        return row
    _, _, resampled = bootstrap_moments(values, rows.sampling_units, replicates, rng)
    for name, replicated in (
        ("alpha_bootstrap", alpha_of(resampled)),
        ("alpha_standardised_conf", alpha_of(_correlations(resampled))),
        ("omega_total_conf", omega_total(resampled)),
    ):
        row[f"{name}_low"], row[f"{name}_high"] = percentile_interval(replicated, confidence)
    return row


def _correlations(covariance: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return covariance / (scale[..., :, None] * scale[..., None, :])


def _halves(complete: pd.DataFrame, rng: np.random.Generator) -> dict[str, float]:
    halves = split_half(complete, rng)
    bounds = {f"lambda_{number}": getattr(halves, f"lambda_{number}") for number in (2, 4, 5, 6)}
    return {"split_half": halves.odd_even} | bounds


def _hierarchical(name: str, complete: pd.DataFrame) -> tuple[dict[str, float], list[Note]]:
    if complete.shape[1] < 2 * HIERARCHICAL_FACTORS:
        return {}, []
    correlations = complete.corr()
    try:
        oblique = factor_analysis(correlations, len(complete), HIERARCHICAL_FACTORS)
        result = schmid_leiman(oblique.loadings, oblique.factor_correlations)
    except Refusal as error:
        return {}, [Note("no_omega_hierarchical", {"name": name, "reason": error.note})]
    if not np.isfinite(result.general).all():
        return {}, [Note("no_omega_hierarchical", {"name": name, "reason": result.warnings[0]})]
    return {"omega_hierarchical": omega_hierarchical(result.general, correlations.to_numpy())}, []


def _normal(name: str, complete: pd.DataFrame) -> tuple[dict[str, float], list[Note]]:
    """Fit one factor to continuous items by maximum likelihood."""
    correlations = _correlations(np.cov(complete.to_numpy("float64"), rowvar=False))
    loadings = maximum_likelihood(correlations).loadings
    if not np.isfinite(loadings).all():
        return {}, []
    pairs = np.triu_indices(len(loadings), 1)
    residuals = (correlations - np.outer(loadings, loadings))[pairs]
    row, notes = convergent_validity(name, list(complete), loadings)
    return row | {"largest_residual": float(np.abs(residuals).max())}, notes


def _ordinal(
    name: str, complete: pd.DataFrame, rows: Rows, confidence: float
) -> tuple[dict[str, float], list[Note]]:
    try:
        estimate = polychoric(complete, rows=rows)
    except Refusal as error:
        return {}, [Note("no_ordinal_reliability", {"name": name, "reason": error.note})]
    result = ordinal_reliability(estimate, confidence)
    row = {
        "alpha_ordinal": result.alpha,
        "alpha_ordinal_conf_low": result.alpha_conf_low,
        "alpha_ordinal_conf_high": result.alpha_conf_high,
        "omega_categorical": result.omega,
        "omega_categorical_conf_low": result.omega_conf_low,
        "omega_categorical_conf_high": result.omega_conf_high,
        "largest_residual": result.largest_residual,
    }
    further, notes = convergent_validity(name, list(complete), result.loadings)
    if complete.shape[1] > 2 and not np.isfinite(result.loadings).all():
        notes.append(Note("one_factor_no_solution", {"name": name}))
    return row | further, [*estimate.warnings, *notes]


def _decision(row: Mapping[str, Any], minimum: float, limit: float | None) -> str:
    if np.isnan(row["alpha"]):
        return "not_assessed"
    if limit is not None and row.get("largest_residual", 0) > limit:
        return "facet_composite"
    return "weak" if row["alpha"] < minimum else "adequate"


def _judgement(construct: str, row: Mapping[str, Any], minimum: float) -> list[Note]:
    notes = []
    if row["decision"] == "facet_composite":
        values = {"name": construct, "value": row["largest_residual"]}
        notes.append(Note("facets_are_primary", values))
    if row["alpha"] < minimum:
        notes.append(Note("weak_scale", {"name": construct, "value": minimum}))
    return notes


def _mean_correlation(complete: pd.DataFrame) -> float:
    varying = complete.loc[:, complete.nunique() > 1]
    if varying.shape[1] < 2 or len(varying) < 3:
        return float("nan")
    correlations = np.corrcoef(varying.to_numpy(float), rowvar=False)
    return float(correlations[np.triu_indices_from(correlations, 1)].mean())


def _unusable(construct: str, complete: pd.DataFrame) -> list[Note]:
    """Tell what leaves a scale without coefficients."""
    if complete.shape[1] < 2:
        return [Note("one_item_only", {"name": construct})]
    if len(complete) < 3:
        return [Note("too_few_complete", {"name": construct, "n": len(complete)})]
    constant = [name for name in complete if complete[name].nunique() == 1]
    if constant:
        return [Note("scale_items_constant", {"name": construct, "names": constant})]
    correlations = np.corrcoef(complete.to_numpy(float), rowvar=False)
    if (correlations[np.triu_indices_from(correlations, 1)] > 1 - 1e-12).any():
        return [Note("scale_items_identical", {"name": construct})]
    return []
