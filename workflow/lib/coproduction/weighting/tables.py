"""What is told of weights: how unequal they are, and the sample beside its population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.numerics.survey.estimates import kish_effect
from coproduction.privacy.small_cells import rare
from coproduction.weighting.calibration import Margin

ALL = "all"
SUMMARY = (
    *("step", "frame", "n", "total", "mean", "lowest", "highest", "design_effect"),
    *("effective_n", "n_limited"),
)
COMPARED = (
    *("item", "value", "n", "sample_share", "before_share", "weighted_share"),
    "population_share",
)


@dataclass(frozen=True)
class Step:
    """Weights after one step of their making.

    Attributes
    ----------
    name
        The step: `base`, `nonresponse` or `fitted`.
    weight
        n: the weights.
    limited
        n: which of them lie at a limit; None where there is none.
    """

    name: str
    weight: np.ndarray
    limited: np.ndarray | None = None


def summary(steps: Sequence[Step], frame: pd.Series, minimum: int) -> pd.DataFrame:
    """Tell how unequal the weights are after each step, in all and by frame.

    Returns
    -------
    pandas.DataFrame
        `step, frame, n, total, mean, lowest, highest, design_effect, effective_n, n_limited`: the
        design effect is Kish's of unequal weights, `effective_n` the number over it. Frames of
        fewer than the minimum are left blank, with others where theirs could be worked out.
    """
    counts = frame.value_counts().sort_index()
    hidden = set(rare(counts, minimum))
    rows = []
    for step in steps:
        names = [ALL, *(name for name in counts.index if name)]
        for name in names:
            chosen = np.ones(len(frame), bool) if name == ALL else frame.eq(name).to_numpy()
            told = {} if name in hidden else _spread(step, chosen)
            rows.append({"step": step.name, "frame": name, **told})
    return pd.DataFrame(rows, columns=list(SUMMARY))


def _spread(step: Step, chosen: np.ndarray) -> dict[str, float]:
    weight = step.weight[chosen]
    effect = kish_effect(weight)
    return {
        "n": len(weight),
        "total": float(weight.sum()),
        "mean": float(weight.mean()),
        "lowest": float(weight.min()),
        "highest": float(weight.max()),
        "design_effect": effect,
        "effective_n": float(np.count_nonzero(weight) / effect),
        "n_limited": 0 if step.limited is None else int(step.limited[chosen].sum()),
    }


def compared(
    margins: Sequence[Margin], before: np.ndarray, after: np.ndarray, minimum: int
) -> pd.DataFrame:
    """Put the sample beside its population, in the margins that weights were fitted to.

    Returns
    -------
    pandas.DataFrame
        `item, value, n, sample_share, before_share, weighted_share, population_share`, shares of
        those whose category is known: of the respondents, with the weights before they were fitted,
        and after. What fewer than the minimum gave is left blank, with others where it could be
        worked out.
    """
    rows = []
    for margin in margins:
        known = margin.codes >= 0
        codes, size = margin.codes[known], len(margin.categories)
        counts = pd.Series(np.bincount(codes, minlength=size))
        hidden = set(rare(counts, minimum))
        parts = [
            np.bincount(codes, weights=weight[known], minlength=size) / weight[known].sum()
            for weight in (np.ones(len(known)), before, after)
        ]
        for place, value in enumerate(margin.categories):
            told = [counts[place], *(part[place] for part in parts)]
            shown = [np.nan] * 4 if place in hidden else told
            share = margin.population[place] / margin.population.sum()
            rows.append((margin.name, value, *shown, share))
    return pd.DataFrame(rows, columns=list(COMPARED))
