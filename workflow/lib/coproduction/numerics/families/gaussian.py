"""Outcomes that are any number."""

from __future__ import annotations

from coproduction.numerics.families.generalised_linear import Distribution, generalised_linear
from coproduction.numerics.families.points import normal

GAUSSIAN = generalised_linear(
    "gaussian",
    "any number, linear",
    Distribution("Gaussian", "Identity"),
    expected="number",
    dispersed=True,
    two_level="linear",
    points=normal,
)
