"""Families of outcomes. Another one is a module beside these and a line below."""

from __future__ import annotations

from coproduction.numerics.families.amounts import GAMMA, INVERSE_GAUSSIAN, TWEEDIE
from coproduction.numerics.families.binomial import BINOMIAL, CLOGLOG, PROBIT
from coproduction.numerics.families.family import Family
from coproduction.numerics.families.gaussian import GAUSSIAN
from coproduction.numerics.families.negative_binomial import NEGATIVE_BINOMIAL
from coproduction.numerics.families.ordinal import ORDINAL
from coproduction.numerics.families.poisson import POISSON, PSEUDO_POISSON
from coproduction.numerics.families.two_part import (
    HURDLE_NEGATIVE_BINOMIAL,
    TWO_PART_GAMMA,
    TWO_PART_POISSON,
)
from coproduction.options import check_option

FAMILIES = {
    family.name: family
    for family in (
        BINOMIAL,
        PROBIT,
        CLOGLOG,
        GAUSSIAN,
        POISSON,
        PSEUDO_POISSON,
        GAMMA,
        INVERSE_GAUSSIAN,
        TWEEDIE,
        NEGATIVE_BINOMIAL,
        ORDINAL,
        HURDLE_NEGATIVE_BINOMIAL,
        TWO_PART_GAMMA,
        TWO_PART_POISSON,
    )
}


def family_of(name: str) -> Family:
    """Find a family by the name that a plan calls it by.

    Raises
    ------
    StudyError
        Naming the families that there are, if there is none of the name.
    """
    check_option("family", name, FAMILIES)
    return FAMILIES[name]
