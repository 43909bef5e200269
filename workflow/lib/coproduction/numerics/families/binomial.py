"""Outcomes of 0 and 1."""

from __future__ import annotations

from typing import Literal

from coproduction.numerics.families.family import Family
from coproduction.numerics.families.generalised_linear import (
    Distribution,
    LinearPartials,
    generalised_linear,
    of_binary,
)
from coproduction.numerics.families.needs import binary
from coproduction.numerics.families.points import TwoValues


def _family(
    name: str, meaning: str, link: Distribution, two_level: Literal["logit"] | None = None
) -> Family:
    return generalised_linear(
        name,
        meaning,
        link,
        expected="probability",
        needs=(binary,),
        separation=of_binary,
        two_level=two_level,
        points=TwoValues(LinearPartials(link)),
    )


LOGIT = Distribution("Binomial", "Logit")
BINOMIAL = _family("binomial", "0/1, logit", LOGIT, "logit")
PROBIT = _family("probit", "0/1, probit", Distribution("Binomial", "Probit"))
CLOGLOG = _family("cloglog", "0/1, complementary log-log", Distribution("Binomial", "CLogLog"))
