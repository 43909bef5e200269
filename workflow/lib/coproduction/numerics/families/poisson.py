"""Counts, and amounts with zeros, whose variance is proportional to their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coproduction.numerics.families.family import Counts, Family
from coproduction.numerics.families.generalised_linear import (
    LinearEstimate,
    LinearPartials,
    of_amounts,
)
from coproduction.numerics.families.needs import not_negative, whole


def _zeros(linear: Sequence[np.ndarray], further: np.ndarray) -> float:
    return float(np.exp(-np.exp(linear[0])).mean())


def _variance(mean: np.ndarray, further: np.ndarray) -> np.ndarray:
    return mean


POISSON = Family(
    name="poisson",
    meaning="counts, log link",
    link="log",
    expected="positive",
    needs=(not_negative, whole),
    estimate=LinearEstimate("poisson", of_amounts),
    partials=LinearPartials("poisson"),
    distribution="poisson",
    counts=Counts(_zeros, _variance, limit=1.0),
)
PSEUDO_POISSON = replace(
    POISSON,
    name="pseudo_poisson",
    meaning="amounts with zeros: Poisson pseudo-likelihood, log link",
    needs=(not_negative,),
    estimate=LinearEstimate("poisson", of_amounts, likelihood=False),
    classical=False,
    counts=None,
)
