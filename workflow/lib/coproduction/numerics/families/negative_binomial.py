"""Counts with mean μ and variance μ + αμ², all of them or positive ones alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
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
from coproduction.numerics.families.poisson import LOG
from coproduction.numerics.families.refusals import below, check_convergence, check_separation
from coproduction.numerics.glm import fit_glm
from coproduction.numerics.separation import count_cone
from coproduction.numerics.shape import maximise, negative_binomial

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
        outcome, x = observed.outcome, observed.matrix.to_numpy()
        start = fit_glm(outcome, x, LOG())
        moment = (((outcome - start.mean) ** 2 - outcome) / start.mean**2).mean()
        shape = 0.0 if self.truncated else float(np.log(max(moment, 0.05)))
        rows = negative_binomial(outcome, self.truncated)
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
        return from_maximum(pd.concat([slopes, dispersion]), maximum)


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


def _zeros(linear: Sequence[np.ndarray], further: np.ndarray) -> float:
    alpha = np.exp(further[0])
    return float(((1 + alpha * np.exp(linear[0])) ** (-1 / alpha)).mean())


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
)
TRUNCATED = replace(
    NEGATIVE_BINOMIAL,
    name="truncated_negative_binomial",
    meaning="positive counts",
    estimate=NegativeBinomialEstimate(truncated=True),
    partials=_truncated_partials,
    counts=None,
)
