"""A predictor in two parts, one of which holds the cluster's level: see `vocabulary.predictors`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coproduction.options import check_option
from coproduction.plan.options import OTHERS_ALONE, WITHIN_CLUSTER, Split
from coproduction.plan.vocabulary.predictors import MEAN, OTHERS, OWN, WITHIN
from coproduction.rows import Membership


def split(
    values: pd.Series, cluster: Membership, kind: Split, weights: np.ndarray | None = None
) -> dict[str, pd.Series]:
    """Split a variable.

    Parameters
    ----------
    values
        Everybody's values; missing ones count for no mean.
    cluster
        Everybody's cluster.
    kind
        `within_cluster`, `own_and_others` or `others`.
    weights
        Everybody's weights, with which the means are those of the clusters' populations; None where
        all count alike.

    Returns
    -------
    dict
        By part: the deviation from the mean of the cluster and that mean; or the own value and the
        mean of the others of the cluster, which is missing where nobody else has a value; or that
        mean alone.
    """
    check_option("kind", kind, Split)
    known = values.where(cluster.known)
    counted = known.notna() if weights is None else known.notna() * weights
    amounts = known if weights is None else known * weights
    groups, sizes = amounts.groupby(cluster.codes), counted.groupby(cluster.codes)
    if kind == WITHIN_CLUSTER:
        if weights is None:
            mean = groups.transform("mean")
        else:
            mean = groups.transform("sum") / sizes.transform("sum")
        return {WITHIN: known - mean, MEAN: mean}
    somebody = (counted > 0).groupby(cluster.codes).transform("sum") - (counted > 0)
    others = sizes.transform("sum") - counted
    total = groups.transform("sum") - amounts.fillna(0.0)
    mean = total.div(others).where(somebody > 0)
    return {OTHERS: mean} if kind == OTHERS_ALONE else {OWN: known, OTHERS: mean}
