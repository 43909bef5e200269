"""Counts with mean μ and variance μ + αμ², all of them or positive ones alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.numerics import averages
from coproduction.numerics.averages import times
from coproduction.numerics.families.family import (
    DISPERSION,
    MEAN,
    Counts,
    Estimated,
    Family,
    Observations,
    Partials,
)
from coproduction.numerics.families.needs import not_negative, whole
from coproduction.numerics.families.parameters import from_maximum, named
from coproduction.numerics.families.points import negative_binomial
from coproduction.numerics.families.poisson import LOG
from coproduction.numerics.families.refusals import below, check_convergence, check_separation
from coproduction.numerics.glm import fit_glm
from coproduction.numerics.separation import count_cone
from coproduction.numerics.shape import Rows, maximise, weighted

NO_OVERDISPERSION = -9.0


@dataclass(frozen=True)
class NegativeBinomialEstimate:
    """Estimates coefficients and the logarithm of α by maximum likelihood.

    Attributes
    ----------
    truncated
        Whether zeros cannot occur.
    """

    truncated: bool

    def __call__(self, observed: Observations, part: str = MEAN) -> Estimated:
        """Climb from the Poisson model and the moment estimate of α."""
        outcome, x, weights = observed.outcome, observed.matrix.to_numpy(), observed.weights
        start = fit_glm(outcome, x, LOG(), weights=weights)
        moment = averages.mean(((outcome - start.mean) ** 2 - outcome) / start.mean**2, weights)
        shape = 0.0 if self.truncated else float(np.log(max(moment, 0.05)))
        rows = weighted(rows_of(outcome, self.truncated), weights)
        maximum = maximise(rows, x, np.append(start.params, shape))
        lowest = 1.0 if self.truncated else 0.0
        reach = below(observed, maximum.params[:-1], lowest)
        check_separation(observed, count_cone(outcome, x, lowest), maximum.converged, reach)
        if maximum.params[-1] < NO_OVERDISPERSION:
            names = {"model": observed.model, "name": observed.name}
            raise Refusal("counts_not_overdispersed", **names)
        check_convergence(observed, maximum.converged)
        slopes = named(part, observed.matrix.columns, maximum.params[:-1])
        dispersion = named(DISPERSION, ["log_dispersion"], maximum.params[-1:])
        return from_maximum(pd.concat([slopes, dispersion]), maximum, weights)


def rows_of(counts: np.ndarray, truncated: bool) -> Callable[[np.ndarray, float], Rows]:
    """Likelihood of counts with mean μ = exp(η) and variance μ + αμ², α = exp(s).

    Parameters
    ----------
    counts
        n: non-negative whole numbers; positive ones if truncated.
    truncated
        Whether zeros cannot occur: each row is then conditional on a positive count.
    """
    from scipy.special import digamma, gammaln, polygamma

    levels, places = np.unique(counts, return_inverse=True)
    constant = gammaln(levels + 1)[places]

    def rows(eta: np.ndarray, shape: float) -> Rows:
        # With r = 1/α: ln Γ(y+r) − ln Γ(r) − ln y! + r ln r + yη − (y+r) ln(r+μ).
        size, mean = np.exp(-shape), np.exp(eta)
        total, share = size + mean, mean / (size + mean)
        excess = counts + size
        value = (gammaln(levels + size) - gammaln(size))[places] - constant
        value = value + size * (np.log(size) - np.log(total)) + counts * (eta - np.log(total))
        by_size = (digamma(levels + size) - digamma(size))[places]
        by_size = by_size + np.log(size) + 1 - np.log(total) - excess / total
        twice = (polygamma(1, levels + size) - polygamma(1, size))[places]
        twice = twice + 1 / size - 2 / total + excess / total**2
        crossed = -share + excess * share / total
        result = Rows(
            value,
            counts - excess * share,
            -size * by_size,
            -excess * share * (1 - share),
            -size * crossed,
            size * by_size + size**2 * twice,
        )
        return _conditional(result, size, mean) if truncated else result

    return rows


def _conditional(rows: Rows, size: float, mean: np.ndarray) -> Rows:
    """Subtract ln(1 − P(0)) and its derivatives, P(0) = (1 + μ/r)^(−r) and r = exp(−s)."""
    total, share = size + mean, mean / (size + mean)
    log_zero = -size * np.log1p(mean / size)
    above = -np.expm1(log_zero)
    odds = np.exp(log_zero) / above
    # Derivatives of ln P(0); d ln(1 − P) = −odds·dlnP, and d odds = odds (1 + odds) dlnP.
    eta = -size * share
    shape = -size * (-np.log1p(mean / size) + share)
    eta_eta = -size * share * (1 - share)
    eta_shape = size * share * share
    by_size = -np.log1p(mean / size) + share
    by_size_twice = share / size - mean / total**2
    shape_shape = size * by_size + size**2 * by_size_twice
    grown = odds * (1 + odds)
    return Rows(
        rows.value - np.log(above),
        rows.eta + odds * eta,
        rows.shape + odds * shape,
        rows.eta_eta + odds * eta_eta + grown * eta**2,
        rows.eta_shape + odds * eta_shape + grown * eta * shape,
        rows.shape_shape + odds * shape_shape + grown * shape**2,
    )


def _partials(
    linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
) -> Partials:
    mean = np.exp(linear[0])
    return Partials(mean, [mean], [[mean]])


def _truncated_partials(
    linear: Sequence[np.ndarray], further: np.ndarray, category: int | None = None
) -> Partials:
    """Mean of a positive count: μ / (1 − (1 + αμ)^(−1/α))."""
    mean, alpha = np.exp(linear[0]), np.exp(further[0])
    grown = 1 + alpha * mean
    above = 1 - grown ** (-1 / alpha)
    slope = mean * grown ** (-1 / alpha - 1)
    curve = slope * (1 - (1 + alpha) * mean / grown)
    value = mean / above
    first = value * (1 - slope / above)
    second = first * (1 - slope / above) + value * ((slope / above) ** 2 - curve / above)
    return Partials(value, [first], [[second]])


def _zeros(
    linear: Sequence[np.ndarray], further: np.ndarray, weights: np.ndarray | None = None
) -> float:
    alpha = np.exp(further[0])
    return float(times((1 + alpha * np.exp(linear[0])) ** (-1 / alpha), weights).mean())


def _variance(mean: np.ndarray, further: np.ndarray) -> np.ndarray:
    return mean + np.exp(further[0]) * mean**2


NEGATIVE_BINOMIAL = Family(
    name="negative_binomial",
    meaning="counts that vary more than Poisson's, log link",
    link="log",
    expected="positive",
    needs=(not_negative, whole),
    estimate=NegativeBinomialEstimate(truncated=False),
    partials=_partials,
    counts=Counts(_zeros, _variance),
    points=negative_binomial,
)
TRUNCATED = replace(
    NEGATIVE_BINOMIAL,
    name="truncated_negative_binomial",
    meaning="positive counts",
    estimate=NegativeBinomialEstimate(truncated=True),
    partials=_truncated_partials,
    counts=None,
    points=None,
)
