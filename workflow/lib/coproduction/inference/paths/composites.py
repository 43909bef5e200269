"""Hypotheses that so many of several others hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coproduction.plan.paths.questions import Composite

COLUMNS = (
    *("hypothesis", "of", "at_least", "n_supported", "n_estimable", "p_value", "test_level"),
    "verdict",
)
SUPPORTED = "supported"
AGAINST = ("practically_null", "contradicted", "effect_ruled_out", "detected_below_smallest_effect")


def composites(decided: pd.DataFrame, planned: Sequence[Composite]) -> pd.DataFrame:
    """Judge composite hypotheses.

    `supported` where at least so many members are supported and the test that so many are true has
    p ≤ level: with p values in order, (k − u + 1) times the u-th smallest (the partial conjunction
    of Benjamini and Heller 2008, *Biometrics* 64, 1215–1222, by Bonferroni, valid under any
    dependence). `effect_ruled_out` where so many members are decided against that the rest could
    not make up the number; `not_estimable` where too few members can be estimated; else
    `inconclusive`.

    Parameters
    ----------
    decided
        Verdicts of all hypotheses.
    planned
        Composite hypotheses.
    """
    rows = []
    for each in planned:
        members = decided[decided["hypothesis"].isin(each.of)]
        p_values = np.sort(members["p_value"].to_numpy(float))
        known = p_values[np.isfinite(p_values)]
        k, u = len(members), each.at_least
        conjunction = min(1.0, (k - u + 1) * known[u - 1]) if len(known) >= u else np.nan
        supported = int((members["verdict"] == SUPPORTED).sum())
        against = int(members["verdict"].isin(AGAINST).sum())
        if len(known) < u:
            verdict = "not_estimable"
        elif supported >= u and conjunction <= each.level:
            verdict = SUPPORTED
        elif k - against < u:
            verdict = "effect_ruled_out"
        else:
            verdict = "inconclusive"
        rows.append(
            (
                *(each.id, ", ".join(each.of), u, supported, len(known), conjunction),
                *(each.level, verdict),
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
