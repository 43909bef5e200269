"""Outcomes of 0 and 1."""

from __future__ import annotations

from functools import partial

from coproduction.numerics.families.generalised_linear import (
    Distribution,
    generalised_linear,
    of_binary,
)
from coproduction.numerics.families.needs import binary

_family = partial(generalised_linear, expected="probability", needs=(binary,), separation=of_binary)
LOGIT = Distribution("Binomial", "Logit")
BINOMIAL = _family("binomial", "0/1, logit", LOGIT, two_level="logit")
PROBIT = _family("probit", "0/1, probit", Distribution("Binomial", "Probit"))
CLOGLOG = _family("cloglog", "0/1, complementary log-log", Distribution("Binomial", "CLogLog"))
