"""Values that keys of a plan can have."""

from __future__ import annotations

from typing import Literal

Status = Literal["confirmatory", "exploratory"]
Role = Literal["confirmatory", "robustness", "exploratory"]
Level = Literal["communities"]
Split = Literal["within_cluster", "own_and_others"]
Random = Literal["intercept"]
Covariance = Literal["CR2", "CR1", "HC1", "HC2", "HC3", "classical"]
EstimandKind = Literal["average_marginal_effect", "cross_partial", "difference", "coefficient"]
Part = Literal["mean", "any", "positive"]
Direction = Literal["positive", "negative"]
Comparison = Literal["superiority", "non_inferiority"]
Correction = Literal["holm", "bh", "none"]
Statistic = Literal["mean", "gini", "concentration"]
VariableLevel = Literal["nominal", "ordinal", "interval"]
NodeRole = Literal["exposure", "outcome"]
Estimator = Literal["WLSMV", "ML", "MLR", "FIML"]
Correlation = Literal["polychoric", "pearson"]
Extraction = Literal["minres", "ml"]
Rotation = Literal["oblimin", "geomin", "promax", "varimax", "none"]

CONFIRMATORY, EXPLORATORY = "confirmatory", "exploratory"
COMMUNITIES = "communities"
AVERAGE_MARGINAL_EFFECT, COEFFICIENT = "average_marginal_effect", "coefficient"
CROSS_PARTIAL, DIFFERENCE = "cross_partial", "difference"
NON_INFERIORITY = "non_inferiority"
WITHIN_CLUSTER, OWN_AND_OTHERS = "within_cluster", "own_and_others"
