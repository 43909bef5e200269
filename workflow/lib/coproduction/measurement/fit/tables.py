"""The tables of a fitted measurement model: parameters, fit measures, factor correlations."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.measurement.factor.estimates import Estimates
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.standardised import standard_errors, standardised, values
from coproduction.measurement.fit.measures import (
    Test,
    incremental,
    rmsea,
    robust_incremental,
    srmr,
)
from coproduction.printing import p_value


def parameter_table(estimates: Estimates, confidence: float) -> pd.DataFrame:
    """Lay out every parameter, fixed ones included, with its standardised value.

    Parameters
    ----------
    estimates
        A fitted model.
    confidence
        Confidence level of the intervals, which are symmetric and rest on the normal distribution.
    """
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


def fit_series(estimates: Estimates) -> pd.Series:
    """Name every fit measure: uncorrected, `_scaled` where the test is corrected, `_robust`."""
    measures = {
        "n": sum(estimates.n),
        "n_parameters": estimates.model.n_free,
        **_tests(estimates.test, estimates.baseline, estimates),
    }
    if estimates.corrected:
        measures |= _scaled(estimates)
    if estimates.population is not None:
        measures |= _robust(estimates, *estimates.population)
    residual = srmr(estimates.sample, estimates.implied, estimates.n, estimates.means)
    return pd.Series(measures | {"srmr": residual} | dict(estimates.likelihood), dtype=float)


def fit_line(fit: pd.Series) -> str:
    """Write the measures of fit that are usually reported, corrected ones where there are."""
    test = "_scaled" if "chisq_scaled" in fit else ""
    kind = next((each for each in ("_robust", "_scaled") if f"cfi{each}" in fit), "")
    indices = {name.upper(): fit[f"{name}{kind}"] for name in ("cfi", "tli", "rmsea")}
    indices["SRMR"] = fit["srmr"]
    return (
        f"n = {fit['n']:,.0f}, χ²({fit[f'df{test}']:.0f}) = {fit[f'chisq{test}']:.2f}, "
        f"{p_value(fit[f'p_value{test}'])}, "
        + ", ".join(f"{name} {value:.3f}" for name, value in indices.items())
    )


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


def _scaled(estimates: Estimates) -> dict[str, float]:
    test, baseline = estimates.test, estimates.baseline
    found = _tests(test.scaled, baseline.scaled, estimates)
    if not test.shift and test.df:
        stretched = Test(test.chisq, test.df * test.scaling if test.scaling > 0 else np.nan)
        found |= rmsea(stretched, estimates.multiplier, len(estimates.n))
    return {f"{name}_scaled": value for name, value in found.items()} | {
        "scaling": test.scaling,
        "shift": test.shift,
        "baseline_scaling": baseline.scaling,
        "baseline_shift": baseline.shift,
    }


def _robust(estimates: Estimates, test: Test, baseline: Test) -> dict[str, float]:
    found = robust_incremental(test, baseline)
    found |= rmsea(test.scaled, estimates.multiplier, len(estimates.n), test.scaling)
    return {f"{name}_robust": value for name, value in found.items()}


def factor_correlations(estimates: Estimates) -> tuple[pd.DataFrame, ...]:
    """Correlate each group's factors as the model implies; NaN where a variance is negative."""
    model, names = estimates.model, estimates.model.specification.latent
    start, tables = len(model.observed), []
    if not names:
        return tuple(pd.DataFrame() for _ in model.groups)
    for part in structures(model, estimates.theta):
        spread = part.spread[start:, start:]
        sd = np.sqrt(np.where(spread.diagonal() > 0, spread.diagonal(), np.nan))
        tables.append(square_table(spread / np.outer(sd, sd), names))
    return tuple(tables)


def square_table(matrix: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    """Name rows and columns of a square matrix."""
    return pd.DataFrame(matrix, index=list(names), columns=list(names))
