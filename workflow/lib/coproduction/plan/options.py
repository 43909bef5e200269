"""Values that keys of a plan can have."""

from __future__ import annotations

from typing import Final, Literal, get_args

Status = Literal["confirmatory", "exploratory"]
Role = Literal["confirmatory", "robustness", "exploratory"]
Level = Literal["communities"]
Split = Literal["within_cluster", "own_and_others", "others"]
Within = Literal["within_cluster"]
Agreement = Literal["factor", "score", "none"]
Per = Literal["construct", "score"]
Random = Literal["intercept"]
Covariance = Literal["CR2", "CR1", "HC1", "HC2", "HC3", "design", "classical"]
Weights = Literal["study", "none"]
EstimandKind = Literal["average_marginal_effect", "cross_partial", "difference", "coefficient"]
PathKind = Literal["path", "indirect", "total_effect", "share_mediated", "indirect_difference"]
MediationKind = Literal[
    "total_effect",
    "natural_direct",
    "natural_indirect",
    "path_specific",
    "mediated_interaction",
    "share_mediated",
]
EffectKind = Literal[PathKind, MediationKind]
PathEstimator = Literal["SAM", "ML", "MLR", "FIML", "WLSMV"]
Part = Literal["mean", "any", "positive"]
Direction = Literal["positive", "negative"]
LeftOut = Literal["any", "none"]
Effect = Literal["total", "direct"]
Check = Literal["agreement", "others"]
Comparison = Literal["superiority", "non_inferiority"]
Correction = Literal["holm", "bh", "none"]
Statistic = Literal["mean", "gini", "concentration"]
VariableLevel = Literal["nominal", "ordinal", "interval"]
NodeRole = Literal["exposure", "outcome"]
Estimator = Literal["WLSMV", "ML", "MLR", "FIML"]
Correlation = Literal["polychoric", "pearson"]
Extraction = Literal["minres", "ml"]
Rotation = Literal["oblimin", "geomin", "promax", "varimax", "none"]
ImputationMethod = Literal["pmm", "logit", "ordinal", "nominal"]
Missing = Literal["complete", "imputed"]
WithoutConsent = Literal["category", "imputed"]
Dimension = Literal[
    "outcome", "subset", "weights", "flagged_rows", "missing", "measure", "covariates", "family"
]

CONFIRMATORY: Final = "confirmatory"
EXPLORATORY: Final = "exploratory"
COMMUNITIES: Final = "communities"
AVERAGE_MARGINAL_EFFECT: Final = "average_marginal_effect"
COEFFICIENT: Final = "coefficient"
CROSS_PARTIAL: Final = "cross_partial"
DIFFERENCE: Final = "difference"
TOTAL: Final = "total"
NON_INFERIORITY: Final = "non_inferiority"
WITHIN_CLUSTER: Final = "within_cluster"
OWN_AND_OTHERS: Final = "own_and_others"
OTHERS_ALONE: Final = "others"
AGREEMENT_FACTOR: Final = "factor"
AGREEMENT_SCORE: Final = "score"
NO_AGREEMENT: Final = "none"
PER_CONSTRUCT: Final = "construct"
PER_SCORE: Final = "score"
COMPLETE: Final = "complete"
IMPUTED: Final = "imputed"
STUDY_WEIGHTS: Final = "study"
NO_WEIGHTS: Final = "none"
PRIMARY: Final = "primary"
CLUSTERED = ("CR1", "CR2")
DIMENSIONS: tuple[str, ...] = get_args(Dimension)
