"""A predictor in two parts, one of which holds the cluster's level.

A coefficient is about differences within clusters only beside what holds the cluster's level, and
that must be the very mean that the deviation is taken from. Beside the mean of the *other* members,
o = (n m − x) / (n − 1), the deviation from the mean m of all would have the coefficient
β_W + β_B / (n − 1), for then x − m moves o.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.inference.options import Split
from coproduction.options import check_option

WITHIN_CLUSTER: Split = "within_cluster"
OWN_AND_OTHERS: Split = "own_and_others"
WITHIN, MEAN, OTHERS, OWN = "within", "mean", "others", ""
PARTS = {WITHIN_CLUSTER: (WITHIN, MEAN), OWN_AND_OTHERS: (OWN, OTHERS)}
"""Parts of each kind of split. The term of a part is the variable's name with the part behind it;
the person's own value keeps the name."""


def terms_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Name the terms that a numeric predictor of a plan becomes, each with its part."""
    name = entry["variable"]
    parts = PARTS[entry["split"]] if "split" in entry else (OWN,)
    return {f"{name}_{part}" if part else name: part for part in parts}


def split_terms(plan: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Find the terms that hold one part of a variable: the variable, and the part."""
    entries = [
        entry
        for model in plan.get("models", ())
        for entry in (*model.get("predictors", ()), *model.get("covariates", ()))
        if isinstance(entry, Mapping) and "split" in entry
    ]
    return {
        term: (entry["variable"], part)
        for entry in entries
        for term, part in terms_of(entry).items()
        if part
    }


def split(values: pd.Series, clusters: pd.Series, kind: Split) -> dict[str, pd.Series]:
    """Split a variable.

    Parameters
    ----------
    values
        Everybody's values; missing ones count for no mean.
    clusters
        Everybody's cluster, on the same index.
    kind
        `within_cluster` or `own_and_others`.

    Returns
    -------
    dict
        By part: the deviation from the mean of the cluster and that mean; or the own value and the
        mean of the others of the cluster, which is missing where nobody else has a value.
    """
    check_option("kind", kind, Split)
    known = values.where(clusters.notna())
    groups = known.groupby(clusters)
    if kind == WITHIN_CLUSTER:
        mean = groups.transform("mean")
        return {WITHIN: known - mean, MEAN: mean}
    others = groups.transform("count") - known.notna()
    total = groups.transform("sum") - known.fillna(0.0)
    return {OWN: known, OTHERS: total.div(others).where(others > 0)}
