"""Options of the room's public functions, and the refusal of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from coproduction.errors import StudyError
from coproduction.numerics.families import FAMILIES
from coproduction.options import check_between, check_option

Covariance = Literal["CR2", "CR1", "HC1", "HC2", "HC3", "classical"]
LeverageAdjusted = Literal["HC2", "HC3"]
Split = Literal["within_cluster", "own_and_others"]
Random = Literal["intercept"]
Level = Literal["communities"]
Part = Literal["mean", "any", "positive"]
EstimandKind = Literal["average_marginal_effect", "cross_partial", "coefficient", "difference"]
Direction = Literal["positive", "negative"]
Comparison = Literal["superiority", "non_inferiority"]
Weights = Literal["rademacher", "webb"]
Statistic = Literal["mean", "gini", "concentration"]
ModelKey = Literal[
    "cluster",
    "covariance",
    "covariates",
    "curves",
    "family",
    "id",
    "interactions",
    "label",
    "level",
    "minimum_clusters",
    "outcome",
    "predictors",
    "quadrature_points",
    "random",
    "random_slope",
    "restricted_likelihood",
    "role",
    "standardise_outcome",
    "subset",
]
EntryKey = Literal["categorical", "reference", "split", "standardise", "variable"]
MOST_POINTS = 50
CLUSTERED = ("CR1", "CR2")


def check_model(spec: Mapping[str, Any]) -> None:
    """Refuse a declared model with a key or option that there is not, or without clusters it needs.

    Raises
    ------
    StudyError
        Naming the option and the values that are allowed.
    """
    named = (*spec["predictors"], *spec.get("covariates", ()))
    entries = [each for each in named if isinstance(each, Mapping)]
    for key in spec:
        check_option("key of a model", key, ModelKey)
    for key in (key for entry in entries for key in entry):
        check_option("key of a predictor", key, EntryKey)
    check_option("family", spec["family"], FAMILIES)
    check_option("covariance", spec["covariance"], Covariance)
    for key, options in (("random", Random), ("level", Level)):
        if key in spec:
            check_option(key, spec[key], options)
    for entry in entries:
        if "split" in entry:
            check_option("split", entry["split"], Split)
    if "quadrature_points" in spec:
        check_between("quadrature_points", spec["quadrature_points"], 0, MOST_POINTS + 1)
    for key, needs in (("covariance", spec["covariance"] in CLUSTERED), ("random", True)):
        if key in spec and needs and "cluster" not in spec:
            raise StudyError(f"Model `{spec['id']}`: `{key}: {spec[key]}` needs a `cluster`.")
