"""Natural direct and indirect effects, and what of these passes through each of several mediators.

The total effect Y(1, M(1)) − Y(0, M(0)) is the natural direct one, Y(1, M(0)) − Y(0, M(0)), and the
natural indirect one, Y(1, M(1)) − Y(1, M(0)) (Robins and Greenland 1992, *Epidemiology* 3, 143–155;
Pearl 2001). The indirect effect at the lower exposure, Y(0, M(1)) − Y(0, M(0)), differs from that
by the mediated interaction (VanderWeele 2014, *Epidemiology* 25, 749–761).

Of several mediators the indirect effect is split along their order: from the last to the first,
each is set to what it is under the upper exposure. The part of a mediator is what passes through it
and not through those before it, straight or through those after it; in this split no mediator has
to be in two states at once (Avin, Shpitser and Pearl 2005, *Proceedings of IJCAI* 19, 357–363;
VanderWeele, Vansteelandt and Robins 2014, *Epidemiology* 25, 300–306; Daniel, De Stavola, Cousens
and Vansteelandt 2015, *Biometrics* 71, 1–14).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.effects.effects import Effect, difference
from coproduction.inference.mediation.gformula import Mean, mean_outcome
from coproduction.inference.mediation.stages import Mediated
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.student import quantile, two_sided
from coproduction.plan.options import MediationKind

ROUNDING = 1e-12
Asked = tuple[MediationKind, tuple[str, ...]]


def category_of(found: Mediated) -> int | None:
    """Find the position of the category of an ordinal outcome; None for the highest.

    Raises
    ------
    Refusal
        If nobody analysed has the category.
    """
    category = found.planned.category
    if category is None:
        return None
    values = np.unique(found.design.outcome)
    if category not in values:
        names = {"model": found.planned.id, "name": found.planned.outcome}
        raise Refusal("nobody_has_category", **names, value=float(category))
    return int(np.searchsorted(values, category))


def natural_effects(found: Mediated) -> dict[Asked, Effect]:
    """Compute all effects of a mediation, each with its gradient by the parameters of all models.

    Raises
    ------
    Refusal
        As `category_of`, or if counts reach too far to be summed over.
    """
    category, k = category_of(found), len(found.planned.mediators)
    ends = [(0,) * (k + 1), (0,) * k + (1,)]
    ends += [(0,) * place + (1,) * (k + 1 - place) for place in reversed(range(k))]
    steps = [_effect(mean_outcome(found, each, category)) for each in ends]
    lower = difference(_effect(mean_outcome(found, (1,) * k + (0,), category)), steps[0])
    total, indirect = difference(steps[-1], steps[0]), difference(steps[-1], steps[1])
    parts = [difference(after, before) for before, after in pairwise(steps[1:])]
    values: dict[MediationKind, list[Effect]] = {
        "total_effect": [total],
        "natural_direct": [difference(steps[1], steps[0])],
        "natural_indirect": [indirect],
        "path_specific": parts[::-1],
        "mediated_interaction": [difference(indirect, lower)],
        "share_mediated": [_ratio(indirect, total)],
    }
    return {asked: values[asked[0]].pop(0) for asked in found.planned.asked}


def tabulated(found: Mediated) -> pd.DataFrame:
    """Tabulate all effects of a mediation with t tests and intervals."""
    planned, rows = found.planned, []
    for (kind, along), effect in natural_effects(found).items():
        rows.append({"estimand": kind, "term": " > ".join(along), **estimated(found, *effect)})
    return pd.DataFrame(rows).assign(
        mediation=planned.id,
        exposure=planned.exposure.variable,
        exposure_low=found.ends[0],
        exposure_high=found.ends[1],
        outcome=planned.outcome,
        weights=planned.weights,
        **basis(found),
    )


def basis(found: Mediated) -> dict[str, Any]:
    """Say what a mediation rests on."""
    clusters = found.design.rows.n_clusters
    kind = "HC1" if clusters is None else "CR1"
    return {"n": len(found.design.outcome), "n_clusters": clusters, "covariance": kind}


def estimated(found: Mediated, value: float, gradient: np.ndarray) -> dict[str, float]:
    """Complete an estimate by the delta method: error, statistic, df, p value, interval."""
    error = float(np.sqrt(max(gradient @ found.covariance @ gradient, 0.0)))
    if not error > ROUNDING * abs(value):
        error = np.nan
    half = quantile((1 + CONFIDENCE) / 2, found.df) * error
    return {
        "estimate": value,
        "std_error": error,
        "statistic": value / error,
        "df": found.df,
        "p_value": two_sided(value / error, found.df),
        "conf_low": value - half,
        "conf_high": value + half,
    }


def _effect(mean: Mean) -> Effect:
    return mean.value, mean.gradient


def _ratio(part: Effect, whole: Effect) -> Effect:
    share = part[0] / whole[0]
    return share, (part[1] - share * whole[1]) / whole[0]
