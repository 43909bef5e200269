"""What two-level models say about differences between clusters, with intervals and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coproduction.inference.data.design import RandomEffects
from coproduction.inference.model.mixed_linear import MixedLinear
from coproduction.inference.model.regression import Fit
from coproduction.inference.model.two_level import TwoLevel, linear_sums
from coproduction.inference.variance.profiles import (
    profile_interval,
    profiled_linear,
    profiled_logit,
)
from coproduction.notes import Note, written
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import RANDOM
from coproduction.numerics.student import quantile

LATENT_VARIANCE = np.pi**2 / 3
FEW_CLUSTERS = 30
LEAST = 1e3
COLUMNS = (
    *("model", "component", "term", "estimate", "std_error", "conf_low", "conf_high"),
    *("statistic", "p_value", "log_likelihood", "n", "n_clusters", "smallest_cluster"),
    *("largest_cluster", "method", "warning"),
)
Row = dict[str, Any]


def variance_components(fit: Fit, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Tabulate the random effects of a two-level model.

    Components:

    - `standard_deviation` of the intercept and of the slope, `correlation` of the two, and
      `residual_standard_deviation` of linear models;
    - `icc`, of models with a random intercept only: the share of variance between clusters, for
      logit and proportional odds on the latent scale, where rows have the variance π²/3 (Snijders
      and Bosker 2012, section 17.3.2);
    - `median_odds_ratio`, exp(√2 σ Φ⁻¹(¾)): median ratio of the odds of two rows alike but for
      their clusters, the larger over the smaller (Larsen and Merlo 2005, *American Journal of
      Epidemiology* 161, 81–88).

    Intervals of models with a random intercept only are those of the profile likelihood
    (restricted, if the model's is); they reach 0 (odds ratio: 1) where zero is not rejected. With a
    slope they are Wald's, on the logarithm of standard deviations and on Fisher's z of the
    correlation.
    Standard errors come from the observed information by the delta method; where a variance is
    estimated as zero or a correlation as ± 1 there are none but of the residuals.

    `statistic` is the likelihood-ratio test of the last random effect's variance, zero being at the
    edge of what is possible: its p value is ½P(χ²₁ > x), for a slope ½P(χ²₁ > x) + ½P(χ²₂ > x)
    (Stram and Lee 1994, *Biometrics* 50, 1171–1177).

    Returns
    -------
    pandas.DataFrame
        `model, component, term, estimate, std_error, conf_low, conf_high, statistic, p_value,
        log_likelihood, n, n_clusters, smallest_cluster, largest_cluster, method, warning`; empty
        for a one-level model.
    """
    level = fit.two_level
    if level is None:
        return pd.DataFrame(columns=list(COLUMNS))
    if slope := fit.design.random_effects.slope:
        rows = _with_slope(fit, level, slope, confidence)
    elif level.linear is not None:
        rows = _linear_intercept(fit, level, level.linear, confidence)
    else:
        rows = _logit_intercept(fit, level, confidence)
    sizes = fit.design.rows.together.sizes
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if level.singular:
        edge = table["component"] != "residual_standard_deviation"
        table["std_error"] = table["std_error"].mask(edge)
    table = table.assign(
        model=fit.design.model,
        log_likelihood=fit.log_likelihood,
        n=fit.n,
        n_clusters=len(sizes),
        smallest_cluster=int(sizes.min()),
        largest_cluster=int(sizes.max()),
        method=_method(fit.design.random_effects, level),
    )
    warned = _warnings(level, slope, len(sizes))
    table["warning"] = [warned if place == 0 else "" for place in range(len(table))]
    return table


def median_odds_ratio(sigma: float) -> float:
    """exp(√2 σ Φ⁻¹(¾)) of a random intercept with standard deviation σ on the logit scale."""
    return float(np.exp(np.sqrt(2) * sigma * quantile(0.75, np.inf)))


def latent_icc(sigma: float) -> float:
    """σ² / (σ² + π²/3)."""
    return float(sigma**2 / (sigma**2 + LATENT_VARIANCE))


def _logit_intercept(fit: Fit, level: TwoLevel, confidence: float) -> list[Row]:
    place = fit.places(RANDOM)[0]
    sigma, error = float(level.root[0, 0]), float(np.sqrt(fit.covariance[place, place]))
    ends = profile_interval(*profiled_logit(fit, sigma), sigma, error, confidence)
    ratio, share = median_odds_ratio(sigma), latent_icc(sigma)
    by_sigma = 2 * share * (1 - share) / sigma if sigma > 0 else 0.0
    return [
        _row("standard_deviation", "intercept", sigma, error, ends) | _test(level, 1),
        _row("icc", "", share, by_sigma * error, map(latent_icc, ends)),
        _row(
            "median_odds_ratio",
            "",
            ratio,
            ratio * np.sqrt(2) * quantile(0.75, np.inf) * error,
            map(median_odds_ratio, ends),
        ),
    ]


def _linear_intercept(
    fit: Fit, level: TwoLevel, linear: MixedLinear, confidence: float
) -> list[Row]:
    data = linear_sums(fit.design)
    ratio, sigma, known = float(linear.scale[0]), linear.sigma, linear.variance_covariance
    between, share = ratio * sigma, ratio**2 / (1 + ratio**2)
    deviances = profiled_linear(data, linear)

    def ends(name: str, value: float, lowest: float = 0.0) -> tuple[float, float]:
        profile, spread = deviances[name], errors[name]
        return profile_interval(profile, fit.log_likelihood, value, spread, confidence, lowest)

    def error(gradient: list[float]) -> float:
        return float(np.sqrt(np.array(gradient) @ known @ np.array(gradient)))

    errors = {"between": error([sigma, ratio]), "sigma": error([0, 1]), "ratio": error([1, 0])}
    icc_error = 2 * ratio / (1 + ratio**2) ** 2 * errors["ratio"]
    icc_ends = [end**2 / (1 + end**2) for end in ends("ratio", ratio)]
    residual_ends = ends("sigma", sigma, sigma / LEAST)
    return [
        _row(
            "standard_deviation", "intercept", between, errors["between"], ends("between", between)
        )
        | _test(level, 1),
        _row("residual_standard_deviation", "", sigma, errors["sigma"], residual_ends),
        _row("icc", "", share, icc_error, icc_ends),
    ]


def _with_slope(fit: Fit, level: TwoLevel, slope: str, confidence: float) -> list[Row]:
    """Estimates, delta-method errors by complex steps, and Wald intervals."""
    linear = level.linear
    if linear is not None:
        params, known = np.append(linear.scale, linear.sigma), linear.variance_covariance
    else:
        params, places = fit.params[RANDOM].to_numpy(), fit.places(RANDOM)
        known = fit.covariance[np.ix_(places, places)]
    parts: list[tuple[str, str, Callable[[np.ndarray], Any]]] = [
        ("standard_deviation", "intercept", lambda p: _root(p)[0, 0]),
        ("standard_deviation", slope, lambda p: np.sqrt((_root(p)[1] ** 2).sum())),
        ("correlation", f"intercept:{slope}", _correlation),
    ]
    if linear is not None:
        parts.append(("residual_standard_deviation", "", lambda p: p[3]))
    rows = []
    for component, term, function in parts:
        value, gradient = _stepped(function, params)
        error = float(np.sqrt(gradient @ known @ gradient))
        ends = (np.nan, np.nan)
        if not level.singular:
            ends = _wald(component, value, error, confidence)
        row = _row(component, term, value, error, ends)
        tested = component == "standard_deviation" and term == slope
        rows.append(row | (_test(level, 2) if tested else {}))
    return rows


def _root(params: np.ndarray) -> np.ndarray:
    root = np.zeros((2, 2), dtype=params.dtype)
    root[np.tril_indices(2)] = params[:3]
    return root * (params[3] if len(params) == 4 else 1.0)


def _correlation(params: np.ndarray) -> Any:
    length = np.sqrt(params[1] ** 2 + params[2] ** 2)
    return params[1] / length if abs(length) > 0 and abs(params[0]) > 0 else np.nan * length


def _stepped(function: Callable[[np.ndarray], Any], params: np.ndarray) -> tuple[float, np.ndarray]:
    gradient = np.empty(len(params))
    for place in range(len(params)):
        moved = params.astype(complex)
        moved[place] += 1e-30j
        gradient[place] = function(moved).imag / 1e-30
    return float(function(params)), gradient


def _wald(component: str, value: float, error: float, confidence: float) -> tuple[float, float]:
    half = quantile((1 + confidence) / 2, np.inf)
    if component == "correlation":
        centre, spread = np.arctanh(value), error / (1 - value**2)
        return float(np.tanh(centre - half * spread)), float(np.tanh(centre + half * spread))
    factor = np.exp(half * error / value)
    return float(value / factor), float(value * factor)


def _row(component: str, term: str, value: float, error: float, ends: Any) -> Row:
    low, high = ends
    shared = {"component": component, "term": term, "estimate": value, "std_error": error}
    return shared | {"conf_low": low, "conf_high": high}


def _test(level: TwoLevel, effects: int) -> Row:
    """Test the last of so many random effects."""
    from scipy.special import chdtrc

    gain = 2 * (level.estimated.log_likelihood - level.simpler_log_likelihood)
    if gain <= 0:
        return {"statistic": 0.0, "p_value": 1.0}
    tails = [float(chdtrc(df, gain)) if df else 0.0 for df in (effects - 1, effects)]
    return {"statistic": gain, "p_value": sum(tails) / 2}


def _method(random: RandomEffects, level: TwoLevel) -> str:
    if level.linear is not None:
        return "restricted_likelihood" if random.restricted else "likelihood"
    return "laplace" if random.quadrature_points == 1 else f"quadrature_{random.quadrature_points}"


def _warnings(level: TwoLevel, slope: str | None, n_clusters: int) -> str:
    told = []
    if level.singular and slope is None:
        told.append(Note("no_variance_between"))
    elif level.singular:
        told.append(Note("random_effects_at_edge", {"term": slope}))
    if n_clusters < FEW_CLUSTERS:
        told.append(Note("few_clusters_for_variance", {"n": n_clusters}))
    return written(told)
