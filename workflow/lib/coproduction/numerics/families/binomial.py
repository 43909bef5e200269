"""Outcomes of 0 and 1."""

from __future__ import annotations

from coproduction.numerics.families.family import Family
from coproduction.numerics.families.generalised_linear import (
    LinearEstimate,
    LinearPartials,
    of_binary,
)
from coproduction.numerics.families.needs import binary

BINOMIAL = Family(
    name="binomial",
    meaning="0/1, logit",
    link="logit",
    expected="probability",
    needs=(binary,),
    estimate=LinearEstimate("binomial", of_binary, determined=False),
    partials=LinearPartials("binomial"),
    distribution="binomial",
    two_level="logit",
)
