"""A declared grid of specifications: alternatives, each with its reason, and their combinations.

What a specification curve is made of (Simonsohn, Simmons and Nelson 2020, *Nature Human Behaviour*
4, 1208–1214) is written down before any data are read: the model that the hypotheses rest on, and
for each dimension the choices that could have been made in place of its own. Nothing is searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.options import (
    DIMENSIONS,
    PRIMARY,
    Agreement,
    Covariance,
    Missing,
    Weights,
)
from coproduction.plan.vocabulary.predictors import Predictor

KEYS = (
    *("outcome", "standardise_outcome", "family", "covariance", "subset", "weights"),
    *("flagged_rows", "missing", "agreement"),
)
"""Keys of a model that alternatives set."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """A choice that could have been made in place of that of the primary model.

    What is None, or empty, is as in the primary model.

    Attributes
    ----------
    id, label, reason
        Its name; what it is, and why it is as defensible, by language.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    reason: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> dict[str, Any]:
        """Keys of a model that it sets, and their values."""
        values = {key: getattr(self, key, None) for key in KEYS}
        return {key: value for key, value in values.items() if value is not None}

    def named(self, key: str) -> tuple[Any, ...]:
        """Give what it lists under `scores`, `constructs`, `add` or `without`."""
        return tuple(getattr(self, key, ()))


@dataclass(frozen=True, kw_only=True)
class OtherOutcome(Alternative):
    """Another outcome, with the family that suits it, and covariates that are left out."""

    outcome: str
    standardise_outcome: bool | None = None
    family: str | None = None
    covariance: Covariance | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherSubset(Alternative):
    """Another sample, and covariates that are left out of it."""

    subset: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherWeights(Alternative):
    """With the weights of the study or without, and the errors that go with it."""

    weights: Weights
    covariance: Covariance | None = None


@dataclass(frozen=True, kw_only=True)
class OtherFlaggedRows(Alternative):
    """Another rule on flagged rows."""

    flagged_rows: FlaggedRows


@dataclass(frozen=True, kw_only=True)
class OtherMissing(Alternative):
    """Another rule for missing answers, and covariates that are left out with it."""

    missing: Missing
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherMeasure(Alternative):
    """Predictors entered as scores of scales or as constructs, and how agreement is held."""

    scores: tuple[str, ...] = ()
    constructs: tuple[str, ...] = ()
    agreement: Agreement | None = None


@dataclass(frozen=True, kw_only=True)
class OtherCovariates(Alternative):
    """Covariates that are added, and those that are left out."""

    add: tuple[Predictor, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherFamily(Alternative):
    """Another family of the outcome, or link."""

    family: str
    covariance: Covariance | None = None


@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """Alternatives by dimension."""

    outcome: tuple[OtherOutcome, ...] = ()
    subset: tuple[OtherSubset, ...] = ()
    weights: tuple[OtherWeights, ...] = ()
    flagged_rows: tuple[OtherFlaggedRows, ...] = ()
    missing: tuple[OtherMissing, ...] = ()
    measure: tuple[OtherMeasure, ...] = ()
    covariates: tuple[OtherCovariates, ...] = ()
    family: tuple[OtherFamily, ...] = ()

    def of(self, dimension: str) -> tuple[Alternative, ...]:
        """Give the alternatives of a dimension."""
        return tuple(getattr(self, dimension))


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Names of alternatives, or `primary`, by dimension; empty where a dimension is not named."""

    outcome: tuple[str, ...] = ()
    subset: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    flagged_rows: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    family: tuple[str, ...] = ()

    @cached_property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Choices of the dimensions that are named."""
        every = {dimension: getattr(self, dimension) for dimension in DIMENSIONS}
        return {dimension: names for dimension, names in every.items() if names}


@dataclass(frozen=True)
class Excluded:
    """Combinations that are no cells of the grid.

    Attributes
    ----------
    where
        Choices that are not combined with each other.
    reason
        Why, by language.
    """

    where: Choices
    reason: Mapping[str, str] = field(default_factory=dict)

    def holds(self, choices: Mapping[str, str]) -> bool:
        """Tell whether a combination is among them."""
        return all(choices[name] in named for name, named in self.where.named.items())


@dataclass(frozen=True, kw_only=True)
class LeftOutClusters:
    """One cluster left out at a time.

    Attributes
    ----------
    among
        Choices with which clusters are left out; those of the primary model where a dimension is
        not named.
    reason
        Why, by language.
    """

    among: Choices | None = None
    reason: Mapping[str, str] = field(default_factory=dict)

    def holds(self, choices: Mapping[str, str]) -> bool:
        """Tell whether clusters are left out of a combination."""
        named = self.among.named if self.among else {}
        return all(each in named.get(name, (PRIMARY,)) for name, each in choices.items())


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A grid of specifications of one primary model.

    Attributes
    ----------
    id, label
        Its name, and what it is of by language.
    hypotheses
        Hypotheses that are estimated in every cell; all rest on the primary model.
    dimensions
        Alternatives by dimension.
    excluded
        Combinations that are no cells.
    left_out_clusters
        Whether clusters are left out one at a time, and with which choices.
    imputations
        Imputed tables that cells are fitted to, the first ones; the primary specification to all.
    draws
        Draws of the joint test.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    hypotheses: tuple[str, ...]
    dimensions: Dimensions
    excluded: tuple[Excluded, ...] = ()
    left_out_clusters: LeftOutClusters | None = None
    imputations: int | None = None
    draws: int

    def placed(self) -> Iterator[tuple[str, int, Alternative]]:
        """Alternatives in the order of the dimensions, each with its dimension and position."""
        for name in DIMENSIONS:
            for position, each in enumerate(self.dimensions.of(name)):
                yield name, position, each

    def choices(self, dimension: str) -> tuple[str, ...]:
        """Names of what can be chosen in a dimension, the primary model's choice first."""
        return (PRIMARY, *(each.id for each in self.dimensions.of(dimension)))

    def alternative(self, dimension: str, name: str) -> Alternative | None:
        """Find an alternative; None of the primary model's own choice."""
        return next((each for each in self.dimensions.of(dimension) if each.id == name), None)
