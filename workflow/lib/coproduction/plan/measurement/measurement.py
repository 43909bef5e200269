"""The block `measurement`: models of the constructs, groups, sets of items, and what is reported.

Names in it are checked by `measurement.names`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coproduction.plan.options import Correlation, Estimator, Extraction, Rotation

Label = Mapping[str, str]


@dataclass(frozen=True)
class FitLimits:
    """Smallest CFI and largest RMSEA of a model that the report calls good."""

    cfi: float
    rmsea: float


@dataclass(frozen=True)
class CompositeIf:
    """When the composite of facets takes the place of one factor.

    Attributes
    ----------
    constructs
        Constructs under this rule.
    largest_residual
        One factor fails if a correlation of two items differs from it by more than this.
    """

    constructs: tuple[str, ...]
    largest_residual: float


@dataclass(frozen=True, kw_only=True)
class MeasurementModel:
    """One measurement model: each construct is a factor behind its items unless said otherwise.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    constructs
        Constructs whose items are in it.
    estimator
        How it is fitted; None to decide by the items.
    one_factor
        Whether one factor is behind all items.
    merge
        Constructs taken together.
    second_order
        Constructs that are a second-order factor behind their facets.
    acquiescence
        Whether a factor of agreement is behind all answers as given.
    """

    id: str
    label: Label = field(default_factory=dict)
    constructs: tuple[str, ...]
    estimator: Estimator | None = None
    one_factor: bool = False
    merge: tuple[tuple[str, ...], ...] = ()
    second_order: tuple[str, ...] = ()
    acquiescence: bool = False


@dataclass(frozen=True)
class Rivalry:
    """A model that the theory asks for, and one that it is compared with."""

    model: str
    rival: str


@dataclass(frozen=True)
class Validity:
    """Which constructs must be distinct.

    Attributes
    ----------
    constructs
        Constructs compared with each other.
    model
        Measurement model whose loadings and factor correlations are used, if there is one.
    marker
        Items that have nothing to do with any construct.
    """

    constructs: tuple[str, ...]
    model: str | None = None
    marker: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepRule:
    """When a step of a ladder of invariance holds: every limit must be kept.

    Attributes
    ----------
    cfi_drop, rmsea_rise
        Largest loss of CFI and gain of RMSEA against the step before.
    p_value
        Smallest p value of the scaled difference test.
    """

    cfi_drop: float
    rmsea_rise: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class GroupComparison:
    """Groups between which the scales must mean the same.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    group
        Item whose answers are the groups.
    constructs
        Constructs in the model.
    estimator
        How the models are fitted; None to decide by the items.
    join
        Groups as lists of answers; empty to take every answer for a group.
    minimum_group
        Groups with fewer respondents climb no ladder.
    rule
        When a step holds.
    """

    id: str
    label: Label = field(default_factory=dict)
    group: str
    constructs: tuple[str, ...]
    estimator: Estimator | None = None
    join: tuple[tuple[int, ...], ...] = ()
    minimum_group: int
    rule: StepRule


@dataclass(frozen=True, kw_only=True)
class ItemSet:
    """A set of items whose number of dimensions is explored.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    constructs
        Constructs whose items are in it.
    factors
        Number of factors; None for what the parallel analysis suggests.
    correlation, method, rotation
        What factors are extracted from, how, and how they are rotated.
    replicates
        Shuffled data sets of the parallel analysis.
    """

    id: str
    label: Label = field(default_factory=dict)
    constructs: tuple[str, ...]
    factors: int | None = None
    correlation: Correlation
    method: Extraction
    rotation: Rotation
    replicates: int


@dataclass(frozen=True, kw_only=True)
class MeasurementPlan:
    """How scales are judged.

    Attributes
    ----------
    confidence
        Confidence level of intervals.
    minimum_reliability
        Alpha below this is reported as weak.
    fit_limits
        What the report holds the fit of models against.
    cluster
        Item that names the cluster, if there is one.
    bootstrap
        Number of bootstrap samples behind intervals that have no formula.
    composite_if
        Constructs of which the composite of facets may be primary, if there are any.
    models, comparisons
        Measurement models, and pairs of them that are compared.
    validity
        Constructs that must be distinct, if there are any.
    invariance
        Comparisons of groups.
    aggregation
        Constructs that may be averaged over clusters.
    dimensionality
        Sets of items that are explored.
    sample
        Items that describe the sample.
    """

    confidence: float
    minimum_reliability: float
    fit_limits: FitLimits
    cluster: str | None = None
    bootstrap: int
    composite_if: CompositeIf | None = None
    models: tuple[MeasurementModel, ...] = ()
    comparisons: tuple[Rivalry, ...] = ()
    validity: Validity | None = None
    invariance: tuple[GroupComparison, ...] = ()
    aggregation: tuple[str, ...] = ()
    dimensionality: tuple[ItemSet, ...] = ()
    sample: tuple[str, ...] = ()
