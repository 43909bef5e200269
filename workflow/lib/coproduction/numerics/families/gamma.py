"""Positive amounts whose standard deviation is proportional to their mean."""

from __future__ import annotations

from coproduction.numerics.families.family import Family
from coproduction.numerics.families.generalised_linear import LinearEstimate, LinearPartials
from coproduction.numerics.families.needs import not_negative

GAMMA = Family(
    name="gamma",
    meaning="positive amounts, log link",
    link="log",
    expected="positive",
    needs=(not_negative,),
    estimate=LinearEstimate("gamma"),
    partials=LinearPartials("gamma"),
    distribution="gamma",
    student=True,
)
