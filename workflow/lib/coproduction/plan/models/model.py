"""A planned model: its variables, its terms, and how it is fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.options import (
    AGREEMENT_FACTOR,
    NO_AGREEMENT,
    Agreement,
    Covariance,
    Level,
    Missing,
    Random,
    Role,
    Weights,
)
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.yamlfiles.problems import Path


@dataclass(frozen=True)
class Curve:
    """Predicted outcomes along a term, and for the values of a second one."""

    variable: str
    by: str | None = None


@dataclass(frozen=True)
class MinimumClusters:
    """Fewest clusters for inference at their level.

    Attributes
    ----------
    total
        In all.
    each
        With, and without, each of the variables; 0 if there is no such rule.
    variables
        Terms that are 0 or 1 for a whole cluster.
    """

    total: int
    each: int = 0
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model as it is planned.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    role
        What it is for.
    level
        `communities` to analyse one row per community.
    outcome
        Outcome variable.
    standardise_outcome
        Whether it is divided by its standard deviation (N − 1), after centring.
    subset
        Condition that selects respondents.
    flagged_rows
        Which quality flags leave a row out, where that is not what the plan says.
    family
        Distribution of the outcome.
    predictors, covariates
        Variables whose effects are reported, and that are adjusted for.
    interactions
        Pairs of terms whose products it holds.
    agreement
        How agreement with whatever is asked is adjusted for: by a factor of the measurement step
        of constructs, or by its score beside the scores of scales. None for the factor where there
        are constructs.
    contents
        Further constructs of the measurement step; None for those that tell agreement apart.
    cluster
        Variable that names the cluster.
    random, random_slope
        What varies between clusters in a two-level model: the intercept, and a term's slope.
    quadrature_points, restricted_likelihood
        How a two-level model is fitted.
    minimum_clusters
        Fewest clusters that it is fitted to, if there is such a rule.
    covariance
        Kind of standard error.
    weights
        Whether rows have the weights of the study, or all count alike.
    curves
        Predicted outcomes that are drawn.
    missing
        Whether it is fitted to complete cases or to imputed tables; None where the plan decides.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    role: Role
    level: Level | None = None
    outcome: str
    standardise_outcome: bool = False
    subset: str | None = None
    flagged_rows: FlaggedRows | None = None
    family: str
    predictors: tuple[Predictor, ...]
    interactions: tuple[tuple[str, str], ...] = ()
    covariates: tuple[Predictor, ...] = ()
    agreement: Agreement | None = None
    contents: tuple[str, ...] | None = None
    cluster: str | None = None
    random: Random | None = None
    random_slope: str | None = None
    quadrature_points: int
    restricted_likelihood: bool
    minimum_clusters: MinimumClusters | None = None
    covariance: Covariance
    weights: Weights
    curves: tuple[Curve, ...] = ()
    missing: Missing | None = None

    @property
    def entries(self) -> tuple[Predictor, ...]:
        """Predictors and covariates in order."""
        return (*self.predictors, *self.covariates)

    @property
    def constructs(self) -> tuple[str, ...]:
        """Constructs that stand in the place of their scores, in order."""
        return tuple(each.construct for each in self.entries if each.construct is not None)

    @property
    def agreement_mode(self) -> Agreement:
        """How agreement is adjusted for, said or not."""
        if self.agreement is not None:
            return self.agreement
        return AGREEMENT_FACTOR if self.constructs else NO_AGREEMENT

    @property
    def measured(self) -> bool:
        """Whether it has a measurement step."""
        return bool(self.constructs) or self.agreement_mode != NO_AGREEMENT

    def placed(self, path: Path) -> Iterator[tuple[Path, Predictor]]:
        """Predictors and covariates, each with where it stands below the model's own place."""
        for key, entries in (("predictors", self.predictors), ("covariates", self.covariates)):
            for position, each in enumerate(entries):
                yield (*path, key, position), each

    @property
    def names(self) -> tuple[str, ...]:
        """Variables and constructs of its predictors and covariates."""
        return tuple(each.name for each in self.entries)

    def entry(self, name: str) -> Predictor | None:
        """Find the predictor or covariate that is of a variable or construct."""
        return next((each for each in self.entries if each.name == name), None)

    @property
    def random_effects(self) -> str:
        """What varies between clusters, such as `intercept + x`; empty if nothing does."""
        return " + ".join(filter(None, (self.random, self.random_slope)))
