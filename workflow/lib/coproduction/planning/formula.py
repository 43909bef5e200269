"""Detectable effects, interval lengths and power by formula, before anything is simulated."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import pandas as pd
from scipy.optimize import brentq

from coproduction.intake.synthetic import SIMULATOR
from coproduction.numerics.student import above, quantile
from coproduction.planning.settings import Assumed, Design, Planning

TEST_LEVEL = 0.05
"""Level of the two-sided test, and of the interval beside it."""
FARTHEST = 100.0
"""Standard errors within which a detectable effect is sought."""


def costs(planning: Planning) -> pd.DataFrame:
    """List the designs.

    Returns
    -------
    pandas.DataFrame
        One row per design: `design, communities, persons_drawn, respondents, cost, within_budget,
        submitted_by`.
    """
    rows = [
        {
            "design": each.id,
            "communities": each.communities,
            "persons_drawn": round(each.contacts),
            "respondents": round(each.respondents),
            "cost": (cost := round(planning.costs.of(each))),
            "within_budget": planning.budget is None or cost <= planning.budget,
        }
        for each in planning.designs
    ]
    return pd.DataFrame(rows).assign(submitted_by=SIMULATOR)


def by_formula(planning: Planning, smallest_effects: Mapping[str, float]) -> pd.DataFrame:
    """Tell what each design can find by formula.

    Parameters
    ----------
    planning
        Designs and what is assumed.
    smallest_effects
        Smallest effect of interest, by hypothesis.

    Returns
    -------
    pandas.DataFrame
        One row per design and hypothesis of which something is assumed: `design, hypothesis,
        analysed, design_effect, df, std_error, minimum_detectable_effect, interval_length,
        smallest_effect, power_at_smallest_effect, submitted_by`.
    """
    rows = []
    for design in planning.designs:
        for name, assumed in planning.assumed.items():
            error, df = std_error(design, assumed), degrees(design, assumed)
            effect = smallest_effects[name]
            rows.append(
                {
                    "design": design.id,
                    "hypothesis": name,
                    "analysed": round(design.respondents * assumed.kept),
                    "design_effect": design_effect(design, assumed),
                    "df": df,
                    "std_error": error,
                    "minimum_detectable_effect": detectable(planning.power, df) * error,
                    "interval_length": 2 * quantile(1 - TEST_LEVEL / 2, df) * error,
                    "smallest_effect": effect,
                    "power_at_smallest_effect": power(effect / error, df),
                }
            )
    return pd.DataFrame(rows).assign(submitted_by=SIMULATOR)


def design_effect(design: Design, assumed: Assumed) -> float:
    """Tell by what communities and weights multiply the variance of a slope.

    Of clusters of unequal size it is 1 + ((1 + cv²) m - 1) ρ(x) ρ(y) (Moulton 1986, *Journal of
    Econometrics* 32, 385–397), times that of unequal weights (Kish 1992, *Journal of Official
    Statistics* 8, 183–200).
    """
    size = design.respondents * assumed.kept / design.communities
    others = (1 + assumed.size_variation**2) * size - 1
    return assumed.weighting * (1 + others * assumed.predictor_icc * assumed.outcome_icc)


def degrees(design: Design, assumed: Assumed) -> int:
    """Count degrees of freedom: communities less one, or less two where they are compared."""
    return design.communities - (2 if assumed.predictor_icc == 1 else 1)


def std_error(design: Design, assumed: Assumed) -> float:
    """Tell the standard error of a slope, per standard deviation of a construct if one is meant."""
    residual = assumed.outcome_sd**2 * (1 - assumed.outcome_explained)
    own = assumed.predictor_sd**2 * (1 - assumed.predictor_explained) * assumed.reliability
    n = design.respondents * assumed.kept
    return sqrt(design_effect(design, assumed) * residual / (n * own))


def power(standardised: float, df: float) -> float:
    """Tell the power of a two-sided t test of an effect in standard errors."""
    limit = quantile(1 - TEST_LEVEL / 2, df)
    return above(limit, df, standardised) + above(limit, df, -standardised)


def detectable(wanted: float, df: float) -> float:
    """Tell the effect, in standard errors, that the two-sided t test finds with a power."""
    return float(brentq(lambda effect: power(effect, df) - wanted, 0, FARTHEST, xtol=1e-10))
