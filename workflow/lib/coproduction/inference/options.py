"""Options of the room's public functions, and the refusal of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from coproduction.errors import StudyError
from coproduction.options import check_option

Family = Literal[
    "binomial",
    "gaussian",
    "poisson",
    "pseudo_poisson",
    "negative_binomial",
    "ordinal",
    "hurdle_negative_binomial",
    "two_part_gamma",
    "two_part_poisson",
]
LinearFamily = Literal["binomial", "gaussian", "poisson", "gamma"]
Covariance = Literal["CR2", "CR1", "HC1", "HC2", "HC3", "classical"]
LeverageAdjusted = Literal["HC2", "HC3"]
Split = Literal["within_cluster", "own_and_others"]
Random = Literal["intercept"]
Part = Literal["mean", "any", "positive"]
EstimandKind = Literal["average_marginal_effect", "cross_partial", "coefficient", "difference"]
Direction = Literal["positive", "negative"]
Comparison = Literal["superiority", "non_inferiority"]
Weights = Literal["rademacher", "webb"]
Statistic = Literal["mean", "gini", "concentration"]
CLUSTERED = ("CR1", "CR2")


def check_model(spec: Mapping[str, Any]) -> None:
    """Refuse a declared model with an option that there is not, or without clusters it needs.

    Raises
    ------
    StudyError
        Naming the option and the values that are allowed.
    """
    check_option("family", spec["family"], Family)
    check_option("covariance", spec["covariance"], Covariance)
    if "random" in spec:
        check_option("random", spec["random"], Random)
    for entry in (*spec["predictors"], *spec.get("covariates", ())):
        if isinstance(entry, Mapping) and "split" in entry:
            check_option("split", entry["split"], Split)
    for key, needs in (("covariance", spec["covariance"] in CLUSTERED), ("random", True)):
        if key in spec and needs and "cluster" not in spec:
            raise StudyError(f"Model `{spec['id']}`: `{key}: {spec[key]}` needs a `cluster`.")
