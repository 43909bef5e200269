"""Bootstrap of mediations, by rows or whole clusters.

Percentile intervals heed that the distribution of an indirect effect is skewed (Shrout and Bolger
2002, *Psychological Methods* 7, 422–445; Imai, Keele and Tingley 2010, *Psychological Methods* 15,
309–334). A row counts as often as its unit is drawn, besides its weight. The compared values of the
exposure stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.inference.data.design import Design
from coproduction.inference.mediation.effects import natural_effects
from coproduction.inference.mediation.stages import Mediated, mediated
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.resampling import bootstrap_counts, generator, percentile_interval


def with_intervals(effects: pd.DataFrame, found: Mediated, draws: int, seed: int) -> pd.DataFrame:
    """Write percentile intervals beside the effects of a mediation.

    Parameters
    ----------
    effects
        Table of the effects, in the order of `natural_effects`.
    found
        The fitted mediation.
    draws
        Number of samples; those to which a model cannot be fitted are left out, and where they are
        more than one in twenty there is no interval.
    seed
        Seed of the study.
    """
    planned = replace(found.planned, contrast=found.ends)
    units = found.design.rows.sampling_units
    counts = bootstrap_counts(units, draws, generator(seed, "mediations", planned.id))
    values = np.full((draws, len(effects)), np.nan)
    for place, count in enumerate(counts):
        try:
            drawn = natural_effects(mediated(_drawn(found.design, count[units]), planned))
        except Refusal:
            continue
        values[place] = [value for value, _ in drawn.values()]
    low, high = zip(*(percentile_interval(each, CONFIDENCE) for each in values.T), strict=True)
    return effects.assign(bootstrap_low=low, bootstrap_high=high)


def _drawn(whole: Design, times: np.ndarray) -> Design:
    """Let rows count so many times, those of none left out."""
    kept = times > 0
    rows, weight = whole.rows[kept], times[kept].astype(float)
    if rows.weight is not None:
        weight = weight * rows.weight
    return replace(
        whole,
        outcome=whole.outcome[kept],
        matrix=whole.matrix[kept],
        rows=replace(rows, weight=weight),
    )
