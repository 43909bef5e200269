"""Counts, and amounts with zeros, whose variance is proportional to their mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduction.numerics.averages import times
from coproduction.numerics.families.family import Counts
from coproduction.numerics.families.generalised_linear import (
    Distribution,
    generalised_linear,
    of_amounts,
)
from coproduction.numerics.families.needs import not_negative, whole
from coproduction.numerics.families.points import poisson


def _zeros(
    linear: Sequence[np.ndarray], further: np.ndarray, weights: np.ndarray | None = None
) -> float:
    return float(times(np.exp(-np.exp(linear[0])), weights).mean())


def _variance(mean: np.ndarray, further: np.ndarray) -> np.ndarray:
    return mean


LOG = Distribution("Poisson", "Log")
POISSON = generalised_linear(
    "poisson",
    "counts, log link",
    LOG,
    expected="positive",
    needs=(not_negative, whole),
    separation=of_amounts,
    counts=Counts(_zeros, _variance, limit=1.0),
    points=poisson,
)
PSEUDO_POISSON = generalised_linear(
    "pseudo_poisson",
    "amounts with zeros: Poisson pseudo-likelihood, log link",
    LOG,
    expected="positive",
    needs=(not_negative,),
    separation=of_amounts,
    likelihood=False,
)
