"""Confirmatory factor analysis: the one entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.errors import StudyError
from coproduction.measurement import least_squares, maximum_likelihood
from coproduction.measurement.estimates import Estimates
from coproduction.measurement.factor_model import FactorModel, Identification, factor_model
from coproduction.measurement.fit_measures import (
    Test,
    incremental,
    rmsea,
    robust_incremental,
    srmr,
)
from coproduction.measurement.implied import structures
from coproduction.measurement.incomplete_normal import sample
from coproduction.measurement.polychoric import polychoric
from coproduction.measurement.robust import robust_estimate
from coproduction.measurement.specification import Specification, specification
from coproduction.measurement.standardised import standard_errors, standardised, values

Estimator = Literal["ML", "MLR", "WLSMV"]
Missing = Literal["listwise", "fiml"]
Parameterisation = Literal["delta", "theta"]
COLUMNS = (
    "group",
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
)


@dataclass(frozen=True)
class FactorFit:
    """A fitted measurement model.

    Attributes
    ----------
    model
        What was estimated.
    estimator
        How.
    parameters
        One row per parameter: `term, kind, lhs, rhs, estimate, std_error, statistic, p_value,
        conf_low, conf_high, standardised, standardised_std_error`, preceded by `group` where there
        are several. A fixed parameter has no standard error.
    fit
        Named fit measures.
    implied, sample
        For each group, the implied and the observed covariance matrix of the items (polychoric
        correlations for WLSMV).
    factor_correlations
        For each group, correlations of the factors.
    estimates
        Estimated parameters, their covariance matrix, tests and moments.
    warnings
        Sentences about what is amiss, naming item, factor and group.
    """

    model: FactorModel
    estimator: Estimator
    parameters: pd.DataFrame
    fit: pd.Series
    implied: tuple[pd.DataFrame, ...]
    sample: tuple[pd.DataFrame, ...]
    factor_correlations: tuple[pd.DataFrame, ...]
    estimates: Estimates
    warnings: tuple[str, ...]

    @property
    def loadings(self) -> pd.DataFrame:
        """The rows of `parameters` that are loadings."""
        return self.parameters[self.parameters["kind"] == "loading"].reset_index(drop=True)


def confirmatory(
    items: pd.DataFrame,
    model: Mapping[str, Any] | Specification,
    estimator: Estimator = "WLSMV",
    *,
    missing: Missing = "listwise",
    identification: Identification = "marker",
    parameterisation: Parameterisation = "delta",
    clusters: pd.Series | None = None,
    confidence: float = 0.95,
) -> FactorFit:
    """Fit a measurement model.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing; columns the model does not name are ignored.
    model
        The model as plain mappings (see `specification.Specification`).
    estimator
        `ML`: normal likelihood with covariances divided by N, standard errors from the expected
        information (from the observed one with missing answers); `MLR`: the same estimates with
        Huber–White standard errors and the Yuan–Bentler test as scaled by Mplus; `WLSMV`:
        polychoric correlations, diagonally weighted least squares with robust standard errors and
        the scaled-and-shifted test (Asparouhov and Muthén 2010).
    missing
        `listwise` leaves out rows with a missing answer; `fiml` uses every answer (ML, MLR).
    identification
        `marker` fixes the first loading of each factor to 1, `standardised` each factor's variance.
    parameterisation
        Of ordinal items: `delta` gives the latent responses variance one, `theta` their residuals.
    clusters
        Cluster of each respondent, on the index of `items`; standard errors and test (MLR) then
        hold under any dependence within clusters.
    confidence
        Confidence level of the intervals.

    Raises
    ------
    StudyError
        Where the model cannot be read or the answers cannot identify it.
    """
    spec = model if isinstance(model, Specification) else specification(model)
    data = _answers(items, spec, missing)
    if estimator == "WLSMV":
        statistics = polychoric(data)
        laid = factor_model(
            spec,
            identification=identification,
            metric=parameterisation,
            thresholds=[len(each) for each in statistics.thresholds],
        )
        found = least_squares.estimate(least_squares.distance(laid, (statistics,)))
        return _fit(found, estimator, confidence)
    laid = factor_model(spec, identification=identification, means=missing == "fiml")
    likelihood = maximum_likelihood.likelihood(laid, (sample(data.to_numpy(float)),))
    if estimator == "ML":
        return _fit(maximum_likelihood.estimate(likelihood), estimator, confidence)
    inside = None if clusters is None else (clusters.loc[data.index].to_numpy(),)
    return _fit(robust_estimate(likelihood, inside), estimator, confidence)


def _answers(items: pd.DataFrame, spec: Specification, missing: Missing) -> pd.DataFrame:
    absent = [name for name in (*spec.items, *spec.covariates) if name not in items]
    if absent:
        raise StudyError(f"The measurement model names `{absent[0]}`, which is not in the answers.")
    chosen = items[[*spec.items, *spec.covariates]]
    return chosen.dropna() if missing == "listwise" else chosen.dropna(how="all")


def _fit(estimates: Estimates, estimator: Estimator, confidence: float) -> FactorFit:
    model = estimates.model
    return FactorFit(
        model,
        estimator,
        _parameters(estimates, confidence),
        pd.Series(_measures(estimates, estimator), dtype=float),
        tuple(_square(covariance, model.observed) for _, covariance in estimates.implied),
        tuple(_square(covariance, model.observed) for _, covariance in estimates.sample),
        tuple(_factor_correlations(estimates)),
        estimates,
        (),
    )


def _parameters(estimates: Estimates, confidence: float) -> pd.DataFrame:
    model, theta = estimates.model, estimates.theta
    free = model.free
    errors = np.sqrt(np.maximum(np.diag(estimates.covariance), 0))
    estimate = values(model, theta)
    std_error = np.where(free >= 0, errors[free], np.nan)
    statistic = estimate / std_error
    margin = stats.norm.ppf((1 + confidence) / 2) * std_error
    table = pd.DataFrame(
        {
            "group": [model.groups[p.group] for p in model.parameters],
            "term": [p.term for p in model.parameters],
            "kind": [p.kind for p in model.parameters],
            "lhs": [p.lhs for p in model.parameters],
            "rhs": [p.rhs for p in model.parameters],
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "p_value": 2 * stats.norm.sf(np.abs(statistic)),
            "conf_low": estimate - margin,
            "conf_high": estimate + margin,
            "standardised": standardised(model, theta),
            "standardised_std_error": standard_errors(model, theta, estimates.covariance),
        }
    )
    return table if len(model.groups) > 1 else table.drop(columns="group")


def _measures(estimates: Estimates, estimator: Estimator) -> dict[str, float]:
    measures = {
        "n": sum(estimates.n),
        "n_parameters": estimates.model.n_free,
        **_tests(estimates.test, estimates.baseline, estimates),
    }
    if estimator != "ML":
        scaled = _tests(estimates.test.scaled, estimates.baseline.scaled, estimates)
        measures |= {f"{name}_scaled": value for name, value in scaled.items()}
        measures["scaling"] = estimates.test.scaling
        measures["shift"] = estimates.test.shift
        measures["baseline_scaling"] = estimates.baseline.scaling
    if estimator == "MLR":
        measures |= _robust(estimates)
    return measures | {"srmr": _srmr(estimates)} | dict(estimates.likelihood)


def _tests(test: Test, baseline: Test, estimates: Estimates) -> dict[str, float]:
    return {
        "chisq": test.chisq,
        "df": test.df,
        "p_value": test.p_value,
        "baseline_chisq": baseline.chisq,
        "baseline_df": baseline.df,
        "baseline_p_value": baseline.p_value,
        **incremental(test, baseline),
        **rmsea(test, estimates.multiplier, len(estimates.n)),
    }


def _robust(estimates: Estimates) -> dict[str, float]:
    test = estimates.test
    found = robust_incremental(test, estimates.baseline)
    found |= rmsea(test.scaled, estimates.multiplier, len(estimates.n), test.scaling)
    return {f"{name}_robust": value for name, value in found.items()}


def _srmr(estimates: Estimates) -> float:
    means, covariances = zip(*estimates.sample, strict=True)
    implied_means, implied = zip(*estimates.implied, strict=True)
    if not estimates.means:
        return srmr(covariances, implied, estimates.n)
    return srmr(covariances, implied, estimates.n, means, implied_means)


def _factor_correlations(estimates: Estimates) -> list[pd.DataFrame]:
    model, names = estimates.model, estimates.model.specification.latent
    start, tables = len(model.observed), []
    for part in structures(model, estimates.theta):
        spread = part.spread[start:, start:]
        sd = np.sqrt(np.where(spread.diagonal() > 0, spread.diagonal(), np.nan))
        tables.append(_square(spread / np.outer(sd, sd), names))
    return tables


def _square(matrix: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(matrix, index=list(names), columns=list(names))
