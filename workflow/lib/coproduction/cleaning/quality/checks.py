"""Questions that are there for the sake of the others: attention checks and markers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument


def attention_misses(responses: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Count the attention checks that a row saw and answered wrongly; high is worse.

    Leaving one blank is no miss, not knowing is. Source: Meade and Craig (2012, *Psychological
    Methods* 17). Null if the questionnaire has none.
    """
    checks = [item for item in instrument.with_role("attention_check") if item.expected is not None]
    if not checks:
        return pd.Series(np.nan, index=responses.index)
    unseen = [instrument.missing_code(kind) for kind in ("not_asked", "not_reached")]
    misses = pd.Series(0.0, index=responses.index)
    for item in checks:
        column = responses[item.id]
        seen = column.notna() & ~column.isin(unseen)
        misses += (seen & (column != item.expected).fillna(False)).astype(float)
    return misses


def marker_agreement(numbers: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Mean answer to the marker items, which have nothing to do with the study; high is worse.

    Agreement with them is agreement as such (Lindell and Whitney 2001, *Journal of Applied
    Psychology* 86). Null if the questionnaire has none or none was answered.

    Parameters
    ----------
    numbers
        Items as answered, one column per item, NaN missing.
    instrument
        The questionnaire.
    """
    names = [item.id for item in instrument.with_role("marker")]
    return numbers[names].mean(axis=1) if names else pd.Series(np.nan, index=numbers.index)
