"""Whether a person agrees with a statement and with its opposite."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument


def reversal_conflict(values: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Compare forward and reversed items of the same construct; high is worse.

    The absolute difference between the mean of the forward items and the mean of the keyed
    reversed items, in points of the response scale, averaged over the constructs that hold both
    (after Huang et al. 2012, *Journal of Business and Psychology* 27, on inconsistent answers).

    Parameters
    ----------
    values
        Scale items as answered, one column per item, NaN missing.
    instrument
        The questionnaire.
    """
    differences = []
    for construct in instrument.constructs:
        items = instrument.scale(construct)
        forward = [item.id for item in items if not item.reverse]
        backward = [item for item in items if item.reverse]
        if not forward or not backward:
            continue
        keyed = pd.DataFrame({item.id: item.mirrored(values[item.id]) for item in backward})
        differences.append((values[forward].mean(axis=1) - keyed.mean(axis=1)).abs())
    if not differences:
        return pd.Series(np.nan, index=values.index)
    return pd.concat(differences, axis=1).mean(axis=1)
