"""A population of known truth, and samples of it in which selection goes with the outcome.

Communities come in two kinds; those of one kind have more members of an organisation. Members
volunteer more and are four times as likely to be drawn; communities in which people volunteer more
are more likely to be drawn as well. The model knows neither membership nor the community's own
level, so that an unweighted contrast of the two kinds is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from coproduction.numerics.families.binomial import LOGIT
from coproduction.numerics.glm import fit_glm

RESIDENTS = 150
AS_MEMBER, AS_OTHER = 0.48, 0.12
SPREAD, EFFECT, MEMBER = 0.4, 0.5, 1.3
LIKELY, UNLIKELY = 0.8, 0.4
MODEL: Mapping[str, Any] = {
    "id": "m",
    "outcome": "y",
    "family": "binomial",
    "predictors": [{"variable": "x"}, {"variable": "kind"}],
    "cluster": "place",
}


def chance_member(kind: Any, x: Any) -> Any:
    """Probability of being a member."""
    return expit(-0.7 + 1.1 * kind + 0.5 * x)


def chance(member: Any, x: Any, level: Any) -> Any:
    """Probability of the outcome; the kind of community has no part in it but by membership."""
    return expit(-0.6 + EFFECT * x + MEMBER * member + level)


def truth(points: int = 150) -> dict[str, float]:
    """Average marginal effects in the population, of the model that best fits it.

    Everybody stands for a cell of normal quantiles of x and of the communities' levels; nothing is
    drawn, and outcomes are their probabilities.
    """
    grid = ndtri((np.arange(points) + 0.5) / points)
    kind, member, x, level = (
        each.ravel() for each in np.meshgrid([0.0, 1.0], [0.0, 1.0], grid, SPREAD * grid)
    )
    share = chance_member(kind, x)
    weights = np.where(member > 0, share, 1 - share)
    matrix = np.column_stack([np.ones_like(x), x, kind])
    fitted = fit_glm(chance(member, x, level), matrix, LOGIT(), weights=weights)
    ends = [expit(fitted.params @ [np.ones_like(x), x, np.full_like(x, k)]) for k in (0.0, 1.0)]
    return {
        "x": float(np.average(fitted.params[1] * fitted.slope, weights=weights)),
        "kind": float(np.average(ends[1] - ends[0], weights=weights)),
    }


def drawn(n_clusters: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a sample: `place, kind, x, y, weight`, half of the communities of each kind."""
    levels: list[float] = []
    while len(levels) < n_clusters:
        level = float(SPREAD * rng.standard_normal())
        if rng.random() < _taken(level):
            levels.append(level)
    place = np.repeat(np.arange(n_clusters), RESIDENTS)
    kind, level = place % 2 * 1.0, np.array(levels)[place]
    x = rng.standard_normal(len(place))
    member = rng.random(len(place)) < chance_member(kind, x)
    y = (rng.random(len(place)) < chance(member, x, level)) * 1.0
    rate = np.where(member, AS_MEMBER, AS_OTHER)
    table = pd.DataFrame(
        {"place": place, "kind": kind, "x": x, "y": y, "weight": 1 / rate / _taken(level)}
    )
    return table[rng.random(len(place)) < rate].reset_index(drop=True)


def _taken(level: Any) -> Any:
    return np.where(np.asarray(level) > 0, LIKELY, UNLIKELY)
