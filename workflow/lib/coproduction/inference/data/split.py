"""A predictor in two parts, one of which holds the cluster's level: see `vocabulary.predictors`."""

from __future__ import annotations

import pandas as pd

from coproduction.options import check_option
from coproduction.plan.options import OTHERS_ALONE, WITHIN_CLUSTER, Split
from coproduction.plan.vocabulary.predictors import MEAN, OTHERS, OWN, WITHIN
from coproduction.rows import Membership


def split(values: pd.Series, cluster: Membership, kind: Split) -> dict[str, pd.Series]:
    """Split a variable.

    Parameters
    ----------
    values
        Everybody's values; missing ones count for no mean.
    cluster
        Everybody's cluster.
    kind
        `within_cluster`, `own_and_others` or `others`.

    Returns
    -------
    dict
        By part: the deviation from the mean of the cluster and that mean; or the own value and the
        mean of the others of the cluster, which is missing where nobody else has a value; or that
        mean alone.
    """
    check_option("kind", kind, Split)
    known = values.where(cluster.known)
    groups = known.groupby(cluster.codes)
    if kind == WITHIN_CLUSTER:
        mean = groups.transform("mean")
        return {WITHIN: known - mean, MEAN: mean}
    others = groups.transform("count") - known.notna()
    total = groups.transform("sum") - known.fillna(0.0)
    mean = total.div(others).where(others > 0)
    return {OTHERS: mean} if kind == OTHERS_ALONE else {OWN: known, OTHERS: mean}
