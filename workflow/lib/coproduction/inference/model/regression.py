"""Regression of one outcome with the kind of standard error that the plan names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.calibrated.calibration import Calibration
from coproduction.inference.calibrated.jackknife import carried, inflation
from coproduction.inference.data.design import Design
from coproduction.inference.model import estimation
from coproduction.inference.model.two_level import TwoLevel, estimate_two_level
from coproduction.inference.variance.clustered import (
    ClusteredCovariance,
    cluster_covariance,
    satterthwaite,
)
from coproduction.inference.variance.of_design import design_covariance, units_of_design
from coproduction.inference.variance.sandwich import cr1, hc1, leverage_adjusted
from coproduction.inference.variance.single_units import resting_on_one
from coproduction.notes import Note
from coproduction.numerics.averages import times
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.families.family import (
    DISPERSION,
    POSITIVE,
    RANDOM,
    THRESHOLD,
    Estimated,
)
from coproduction.numerics.student import quantile, two_sided
from coproduction.numerics.survey import degrees_of_freedom
from coproduction.plan.options import CLUSTERED
from coproduction.printing import printed

NO_ERROR, ROUNDING = 1e-7, 1e-12
"""A standard error so much smaller than the classical one, or than the estimate, is rounding."""
COMPLETED = ("std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
UNKNOWN = str(Note("error_not_determined"))


@printed
@dataclass(frozen=True)
class Fit:
    """A fitted model of p parameters.

    Attributes
    ----------
    design
        What was fitted.
    params
        Parameters, by `part` and `term`.
    covariance
        p × p covariance of the parameters, of the kind that the design names; with the factors of
        the measurement step, if there is one.
    clustered
        Moments behind Satterthwaite's degrees of freedom (CR2 only).
    estimated
        Scores, information and likelihood behind it.
    two_level
        Random effects, if it is a two-level model.
    inflation
        Factor on the standard error of each parameter by which the measurement step counts; None
        where there is none.
    """

    design: Design
    params: pd.Series
    covariance: np.ndarray
    clustered: ClusteredCovariance | None
    estimated: Estimated
    two_level: TwoLevel | None = None
    inflation: pd.Series | None = None
    shown: ClassVar[tuple[str, ...]] = (
        *("part", "term", "reference", "estimate", "std_error", "df", "p_value"),
        *("conf_low", "conf_high", "note"),
    )

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        design = self.design
        clusters = "" if self.n_clusters is None else f" in {self.n_clusters:,} clusters"
        return (
            f"{design.model}: {design.outcome_name}, {design.family.name} ({design.family.link}), "
            f"n = {self.n:,}{clusters}, {design.covariance} standard errors"
        )

    def to_frame(self) -> pd.DataFrame:
        """Coefficients, one row per parameter."""
        return coefficients(self)

    @property
    def n(self) -> int:
        """Rows analysed."""
        return len(self.design.outcome)

    @property
    def n_clusters(self) -> int | None:
        """Clusters analysed, or None."""
        return self.design.rows.n_clusters

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood at the maximum; NaN for a pseudo-likelihood."""
        return self.estimated.log_likelihood

    def places(self, part: str) -> np.ndarray:
        """Positions of a part's parameters."""
        parts, codes = self.params.index.levels[0], self.params.index.codes[0]
        return np.flatnonzero(codes == (parts.get_loc(part) if part in parts else -2))

    @cached_property
    def keys(self) -> list[tuple[str, str]]:
        """Part and term of each parameter."""
        return list(self.params.index)

    @cached_property
    def linear(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each linear predictor the positions of its parameters and of their columns."""
        column = self.design.place
        terms, codes = self.params.index.levels[1], self.params.index.codes[1]
        result = []
        for part in self.design.family.parts:
            places = self.places(part)
            own = [column[terms[code]] for code in codes[places]]
            result.append((places, np.array(own, int)))
        return result

    @cached_property
    def further(self) -> np.ndarray:
        """Positions of thresholds and dispersion."""
        return np.concatenate([self.places(THRESHOLD), self.places(DISPERSION)])

    @cached_property
    def resting(self) -> frozenset[tuple[str, str]]:
        """Parts and terms whose coefficients rest on one cluster, or row, alone.

        None where the standard errors are not those of a sandwich.
        """
        design, found = self.design, []
        if design.covariance == "classical":
            return frozenset()
        if design.covariance == "design":
            codes = units_of_design(design.rows)
        else:
            clustered = design.covariance in CLUSTERED
            together = design.rows.together if clustered else design.rows.independent.together
            codes = together.codes
        for part in design.family.parts:
            rows = design.outcome > 0 if part == POSITIVE else np.ones(self.n, bool)
            alone = resting_on_one(design.matrix.to_numpy()[rows], codes[rows])
            found += [(part, term) for term in design.matrix.columns[alone]]
        return frozenset(found)

    @cached_property
    def freedom_of_design(self) -> float:
        """Degrees of freedom of the sample's design, less the coefficients beside the intercept."""
        return float(degrees_of_freedom(self.design.rows) + 1 - self.design.matrix.shape[1])

    def rests(self, gradient: np.ndarray, terms: Collection[str]) -> bool:
        """Tell whether a coefficient, or the effect of terms, rests on one cluster alone."""
        places = np.flatnonzero(gradient)
        if len(places) == 1 and self.keys[places[0]] in self.resting:
            return True
        return any(term in terms for _, term in self.resting)

    def degrees_of_freedom(self, contrast: np.ndarray) -> float:
        """Degrees of freedom of a contrast of the parameters.

        Satterthwaite's with CR2, clusters − 1 with CR1, those of the design less the coefficients
        beside the intercept with `design` (as R's `svyglm` has them), else n − k for families with
        an estimated dispersion and infinite for others (normal quantiles, as is usual for
        generalised linear models). Two-level models: Satterthwaite's if linear, else
        `two_level.ClusterFreedom`.
        """
        if self.two_level is not None:
            return self.two_level.freedom.degrees_of_freedom(contrast)
        if self.clustered is not None and self.design.covariance == "CR2":
            return satterthwaite(self.clustered, contrast)
        if self.design.covariance == "CR1":
            return float(len(self.design.rows.together.names) - 1)
        if self.design.covariance == "design":
            return self.freedom_of_design
        return float(self.n - len(self.params)) if self.design.family.student else np.inf


def fit(design: Design, known: pd.Series | None = None) -> Fit:
    """Fit a model by maximum likelihood.

    Parameters
    ----------
    design
        The model.
    known
        Factors on standard errors by which the measurement step of its constructs counts, of a
        model with the same step: this one in another imputed table, or one with fewer products.
        They hardly move, and take longer than all else; None to compute them.

    Raises
    ------
    Refusal
        If the outcome is separated by a term, the estimation does not converge, or the kind of
        standard error needs leverages, which only generalised linear models have.
    """
    if design.random is not None:
        level = estimate_two_level(design)
        estimated = level.estimated
        found = Fit(design, estimated.params, estimated.classical, None, estimated, level)
    else:
        estimated = estimation.estimate(design)
        covariance, clustered = _covariance(design, estimated)
        found = Fit(design, estimated.params, covariance, clustered, estimated)
    return found if design.calibration is None else _inflated(found, design.calibration, known)


def _inflated(found: Fit, calibration: Calibration, known: pd.Series | None) -> Fit:
    """Let the measurement step count in the standard errors."""
    made = inflation(found.design, calibration) if known is None else carried(known, found.design)
    factors = made.reindex(found.params.index).fillna(1.0)
    scaled = found.covariance * np.outer(factors, factors)
    return replace(found, covariance=scaled, inflation=factors)


def coefficients(fit: Fit, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Tabulate the parameters, on the scale of the linear predictor and exponentiated.

    Returns
    -------
    pandas.DataFrame
        `model, part, term, reference, estimate, std_error, statistic, df, p_value, conf_low,
        conf_high, exp_estimate, exp_conf_low, exp_conf_high, n, n_clusters, covariance, note`; the
        exponentiated columns are NaN where they are no ratio: for other links than logit and log,
        thresholds and the dispersion. Random
        effects stand in `variance_components`.
    """
    design, values = fit.design, fit.params.to_numpy()
    named = [(place, *key) for place, key in enumerate(fit.keys) if key[0] != RANDOM]
    contrasts = np.eye(len(values))
    found = [estimate(fit, values[place], contrasts[place], confidence) for place, _, _ in named]
    ratio = [bool(design.family.ratio) and part in design.family.parts for _, part, _ in named]
    columns: dict[str, Any] = {
        "model": [design.model] * len(named),
        "part": [part for _, part, _ in named],
        "term": [term for _, _, term in named],
        "reference": [design.compared_with(term) for _, _, term in named],
    }
    columns |= {name: [row[name] for row in found] for name in found[0]}
    with np.errstate(over="ignore"):
        for name in ("estimate", "conf_low", "conf_high"):
            columns[f"exp_{name}"] = np.exp(np.where(ratio, columns[name], np.nan))
    alike = {"n": fit.n, "n_clusters": fit.n_clusters, "covariance": design.covariance}
    # At once, since a column that is added to a table of a few rows takes longer than its numbers.
    return pd.DataFrame(columns | {name: [each] * len(named) for name, each in alike.items()})


def estimate(
    fit: Fit, value: float, gradient: np.ndarray, confidence: float, terms: Collection[str] = ()
) -> dict[str, Any]:
    """Complete an estimate by the delta method: error, statistic, df, p value, interval.

    Where the clusters or rows do not determine an error, all but the estimate is NaN and `note`
    says so: where a sandwich is zero but for rounding, or the coefficient or one of the `terms`
    that the value is an effect of rests on one of them alone.
    """
    error = float(np.sqrt(np.maximum(gradient @ fit.covariance @ gradient, 0.0)))
    classical = float(np.sqrt(np.maximum(gradient @ fit.estimated.classical @ gradient, 0.0)))
    df = fit.degrees_of_freedom(gradient)
    known = error > NO_ERROR * classical and error > ROUNDING * abs(value) and df > 0
    if not known or fit.rests(gradient, terms):
        return {"estimate": float(value)} | dict.fromkeys(COMPLETED, np.nan) | {"note": UNKNOWN}
    half = quantile((1 + confidence) / 2, df) * error
    statistic = value / error
    return {
        "estimate": float(value),
        "std_error": error,
        "statistic": statistic,
        "df": df,
        "p_value": two_sided(statistic, df),
        "conf_low": value - half,
        "conf_high": value + half,
        "note": "",
    }


def _covariance(
    design: Design, estimated: Estimated
) -> tuple[np.ndarray, ClusteredCovariance | None]:
    kind, linear, weights = design.covariance, estimated.linear, design.weights
    if kind == "classical":
        if weights is not None:
            raise Refusal("classical_with_weights", model=design.model)
        return estimated.classical, None
    if kind == "CR1":
        return cr1(estimated.scores, estimated.bread, design.rows.together), None
    if kind == "design":
        return design_covariance(design, estimated), None
    if kind == "HC1":
        return hc1(estimated.scores, estimated.bread), None
    if linear is None:
        names = {"family": design.family.name, "covariance": kind}
        raise Refusal("family_without_leverages", model=design.model, **names)
    x = design.matrix.to_numpy()
    if kind == "CR2":
        clustered = cluster_covariance(
            x * linear.slope[:, None],
            design.outcome - linear.mean,
            1 / linear.variance,
            linear.variance,
            design.rows.together.codes,
            weights,
        )
        return clustered.covariance, clustered
    working = times(linear.slope**2 / linear.variance, weights)
    return leverage_adjusted(estimated.scores, estimated.bread, x, working, kind), None
