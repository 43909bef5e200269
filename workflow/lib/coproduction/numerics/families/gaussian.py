"""Outcomes that are any number."""

from __future__ import annotations

from coproduction.numerics.families.family import Family
from coproduction.numerics.families.generalised_linear import LinearEstimate, LinearPartials

GAUSSIAN = Family(
    name="gaussian",
    meaning="any number, linear",
    link="identity",
    expected="number",
    needs=(),
    estimate=LinearEstimate("gaussian"),
    partials=LinearPartials("gaussian"),
    distribution="gaussian",
    two_level="linear",
    student=True,
)
