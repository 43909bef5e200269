"""Whether one measurement model can imply whatever another implies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coproduction.measurement.factor.confirmatory import FactorFit
from coproduction.measurement.factor.distance import Distance
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.incomplete_normal import Sample, Stack
from coproduction.measurement.factor.maximum_likelihood import Likelihood
from coproduction.measurement.factor.ordinal_moments import implied
from coproduction.rows import Rows

NOTHING = 1e-3  # discrepancy, as a test statistic, that counts as none


@dataclass(frozen=True)
class Reproduction:
    """A model fitted to what another one implies.

    Attributes
    ----------
    theta
        Its parameters.
    discrepancy
        What remains, as a test statistic of the cases at hand; 0 if it is the more general model.
    """

    theta: np.ndarray
    discrepancy: float

    @property
    def exact(self) -> bool:
        """Whether nothing remains."""
        return self.discrepancy < NOTHING


def reproduce(general: FactorFit, restricted: FactorFit) -> Reproduction:
    """Fit one model to the moments that another implies at its estimates.

    If nothing remains the other one is nested in it, whatever the names of their parameters
    (Bentler and Satorra 2010, *Psychological Methods* 15, 111–123).

    Parameters
    ----------
    general, restricted
        Fits of two models to the same answers, items in the same order.
    """
    objective = general.objective
    if isinstance(objective, Distance):
        parts = structures(restricted.model, restricted.estimates.theta)
        moments = tuple(implied(restricted.model, part) for part in parts)
        target = replace(objective, statistics=moments)
        optimum = target.search()
        return Reproduction(optimum.theta, 2 * optimum.value * (sum(target.n) - len(target.n)))
    return _reproduce_normal(objective, restricted)


def _reproduce_normal(objective: Likelihood, restricted: FactorFit) -> Reproduction:
    moments = restricted.estimates.implied
    samples = tuple(
        _complete(sample.n, mean, covariance)
        for sample, (mean, covariance) in zip(objective.samples, moments, strict=True)
    )
    target = replace(objective, samples=samples, saturated=moments)
    optimum = target.search()
    remaining = optimum.value - target.saturated_value()
    return Reproduction(optimum.theta, 2 * target.n * remaining)


def _complete(n: int, mean: np.ndarray, covariance: np.ndarray) -> Sample:
    """Stand for n complete cases with given moments."""
    p = len(mean)
    columns, counts = np.arange(p)[None], np.array([float(n)])
    stack = Stack(columns, counts, mean[None], covariance[None], (np.arange(0),))
    return Sample(np.empty((0, p)), (stack,), Rows(pd.RangeIndex(0)))
