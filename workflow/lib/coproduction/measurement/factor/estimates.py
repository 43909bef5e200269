"""What an estimator hands over, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.fit.measures import Test

Moments = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Estimates:
    """A model's estimates and what its fit is judged by.

    Attributes
    ----------
    model
        The model.
    theta, covariance
        The q estimated parameters and their q × q covariance matrix.
    information
        q × q matrix H whose inverse, without any robust correction, is that covariance matrix.
    test, baseline
        Tests of the model and of the model of uncorrelated items.
    sample, implied
        For each group, the mean vector and covariance matrix observed and implied.
    n
        Cases in each group.
    multiplier
        Number of cases by which the discrepancy is multiplied (N, or N less the number of groups).
    converged
        Whether the search ended at an optimum.
    likelihood
        `log_likelihood`, `log_likelihood_saturated`, `aic`, `bic`, `bic_adjusted`; empty for least
        squares.
    means
        Whether the model has a mean structure.
    corrected
        Whether the tests carry a correction for non-normality.
    population
        Tests of the model and of the baseline from which CFI, TLI and RMSEA of the population are
        estimated (the `_robust` ones); None where they are not defined.
    """

    model: FactorModel
    theta: np.ndarray
    covariance: np.ndarray
    information: np.ndarray
    test: Test
    baseline: Test
    sample: tuple[Moments, ...]
    implied: tuple[Moments, ...]
    n: tuple[int, ...]
    multiplier: float
    converged: bool
    likelihood: Mapping[str, float] = field(default_factory=dict)
    means: bool = False
    corrected: bool = False
    population: tuple[Test, Test] | None = None
