"""Parameters of an estimated model, by part and term."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coproduction.numerics.families.family import Estimated
from coproduction.numerics.ordinal_logit import Maximum


def named(part: str, terms: Iterable[str], values: np.ndarray) -> pd.Series:
    """Name the parameters of one part."""
    known = list(terms)
    # Terms of a part are all different, so that nothing has to be sorted to tell them apart.
    codes = [np.zeros(len(known), int), np.arange(len(known))]
    index = pd.MultiIndex(
        levels=[[part], known], codes=codes, names=["part", "term"], verify_integrity=False
    )
    return pd.Series(np.asarray(values, float), index=index)


def from_maximum(
    params: pd.Series, maximum: Maximum, weights: np.ndarray | None = None
) -> Estimated:
    """Take over a maximum whose information is the observed one; with weights of no likelihood."""
    known = maximum.log_likelihood if weights is None else np.nan
    return Estimated(params, maximum.scores, maximum.bread, maximum.bread, known)
