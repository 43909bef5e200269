"""Positive amounts, and amounts with zeros, by how their variance grows with their mean μ."""

from __future__ import annotations

from functools import partial

from coproduction.numerics.families.generalised_linear import (
    Distribution,
    generalised_linear,
    of_amounts,
)
from coproduction.numerics.families.needs import not_negative, positive
from coproduction.numerics.families.points import gamma

POWER = 1.5
_family = partial(generalised_linear, expected="positive", dispersed=True)
GAMMA = _family(
    "gamma",
    "positive amounts, variance proportional to the squared mean, log link",
    Distribution("Gamma", "Log"),
    needs=(positive,),
    likelihood=False,
    points=gamma,
)
INVERSE_GAUSSIAN = _family(
    "inverse_gaussian",
    "positive amounts, variance proportional to the cubed mean, log link",
    Distribution("InverseGaussian", "Log"),
    needs=(positive,),
)
TWEEDIE = _family(
    "tweedie",
    f"amounts with zeros, variance proportional to the mean to the power {POWER}, log link",
    Distribution("Tweedie", "Log", {"var_power": POWER}),
    needs=(not_negative,),
    separation=of_amounts,
    likelihood=False,
)
