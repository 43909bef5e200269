"""The block `mediations`: what of an effect passes through observed variables, for any family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from coproduction.numerics.families import FAMILIES, family_of
from coproduction.plan.models.model import Model
from coproduction.plan.models.models import entry
from coproduction.plan.models.rules import KeepApart
from coproduction.plan.options import (
    COMPLETE,
    IMPUTED,
    NO_AGREEMENT,
    MediationKind,
    Missing,
    Split,
    Weights,
    Within,
)
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import Names, as_number, code, variable
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.yamlfiles.problems import Path, Problem

WITH_RHO = ("gaussian", "probit")
"""Families of an outcome whose residual can be correlated with that of a normal mediator."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A variable whose effect is asked for, or that an effect may pass through.

    Attributes
    ----------
    variable
        The variable.
    standardise, split
        As of a predictor.
    """

    variable: str
    standardise: bool | None = None
    split: Within | None = None

    @property
    def predictor(self) -> Predictor:
        """The same as a predictor of the outcome."""
        return Predictor(self.variable, standardise=self.standardise, split=self.split)

    @property
    def term(self) -> str:
        """What of it is meant: itself, or its deviation within clusters."""
        return next(iter(self.predictor.terms))


@dataclass(frozen=True, kw_only=True)
class Mediator(Exposure):
    """A variable that an effect may pass through.

    Attributes
    ----------
    family
        Distribution of it given the exposure, the mediators before it and the covariates.
    """

    family: str


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """A variable that every model of a mediation adjusts for.

    Attributes
    ----------
    variable, standardise, split, categorical, reference
        As of a predictor.
    """

    variable: str
    standardise: bool | None = None
    split: Split | None = None
    categorical: bool | None = None
    reference: int | str | None = None

    @property
    def predictor(self) -> Predictor:
        """The same as a covariate of the outcome."""
        return Predictor(**asdict(self))


@dataclass(frozen=True, kw_only=True)
class Mediation:
    """A planned mediation of observed variables.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    exposure
        Whose effect it is about.
    contrast
        Two values of the exposure that are compared; None for 0 and 1 where it has two values, else
        its mean and a standard deviation above.
    mediators
        What the effect may pass through, each after those before it.
    outcome, family
        Outcome and its distribution given all others.
    category
        Code of the category of an ordinal outcome whose probability is meant; None for the highest.
    exposure_mediator_interaction
        Whether models hold the products of the exposure and each mediator.
    covariates
        What every model adjusts for.
    subset
        Condition that selects respondents.
    cluster
        Variable that names the cluster.
    weights
        Whether rows have the weights of the study.
    bootstrap
        Samples of a bootstrap of rows or whole clusters; None for no bootstrap.
    missing
        Whether it rests on complete cases or imputed tables; None where the plan decides.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    exposure: Exposure
    contrast: tuple[float, float] | None = None
    mediators: tuple[Mediator, ...]
    outcome: str
    family: str
    category: float | None = None
    exposure_mediator_interaction: bool
    covariates: tuple[Covariate, ...] = ()
    subset: str | None = None
    cluster: str | None = None
    weights: Weights
    bootstrap: int | None = None
    missing: Missing | None = None

    @property
    def through(self) -> tuple[str, ...]:
        """Variables that the effect may pass through."""
        return tuple(each.variable for each in self.mediators)

    def along(self, *through: str) -> tuple[str, ...]:
        """Name the variables from the exposure through some to the outcome."""
        return (self.exposure.variable, *through, self.outcome)

    @property
    def asked(self) -> dict[tuple[MediationKind, tuple[str, ...]], None]:
        """What can be asked of it: kind and variables along the way, in the order of the tables."""
        every, straight = self.along(*self.through), self.along()
        found: list[tuple[MediationKind, tuple[str, ...]]] = [
            ("total_effect", straight),
            ("natural_direct", straight),
            ("natural_indirect", every),
        ]
        if len(self.mediators) > 1:
            found += [("path_specific", self.along(name)) for name in self.through]
        if self.exposure_mediator_interaction or not family_of(self.family).constant_effects:
            found.append(("mediated_interaction", every))
        found.append(("share_mediated", every))
        return dict.fromkeys(found)

    @property
    def without_rho(self) -> Literal["several_mediators", "mediator", "outcome", ""]:
        """Say what leaves the correlation of residuals undefined; empty if nothing does."""
        if len(self.mediators) > 1:
            return "several_mediators"
        if self.mediators[0].family != "gaussian":
            return "mediator"
        return "" if self.family in WITH_RHO else "outcome"

    @property
    def model(self) -> Model:
        """The model of the outcome, which holds all variables."""
        predictors = (self.exposure.predictor, *(each.predictor for each in self.mediators))
        products = [(self.exposure.term, each.term) for each in self.mediators]
        return Model(
            id=self.id,
            role="confirmatory",
            outcome=self.outcome,
            subset=self.subset,
            family=self.family,
            predictors=predictors,
            interactions=tuple(products) if self.exposure_mediator_interaction else (),
            covariates=tuple(each.predictor for each in self.covariates),
            agreement=NO_AGREEMENT,
            contents=(),
            cluster=self.cluster,
            quadrature_points=1,
            restricted_likelihood=True,
            covariance="CR1" if self.cluster is not None else "HC1",
            weights=self.weights,
            missing=self.missing,
        )


def problems(
    planned: Sequence[Mediation],
    names: Names,
    kept_apart: Sequence[KeepApart],
    *,
    imputing: bool,
) -> Iterator[Problem]:
    """Find what is wrong with the planned mediations.

    Parameters
    ----------
    planned, names
        The block, and what a plan can name.
    kept_apart
        What must not predict what.
    imputing
        Whether the plan imputes missing answers.
    """
    for position, each in enumerate(planned):
        path = ("mediations", position)
        yield from _variables(path, each, names)
        yield from _once(path, each)
        yield from _families(path, each, names)
        if each.contrast is not None and each.contrast[0] == each.contrast[1]:
            yield (*path, "contrast"), "names two different values of the exposure."
        if each.missing == IMPUTED and not imputing:
            yield (*path, "missing"), "needs a block `missing` in the plan."
        if each.bootstrap is not None and imputing and each.missing != COMPLETE:
            told = "is of rows without imputed answers; add `missing: complete` or leave it out."
            yield (*path, "bootstrap"), told
        yield from _apart(path, each, names, kept_apart)


def _placed(path: Path, each: Mediation) -> Iterator[tuple[Path, Predictor]]:
    yield (*path, "exposure"), each.exposure.predictor
    for place, mediator in enumerate(each.mediators):
        yield (*path, "mediators", place), mediator.predictor
    for place, covariate in enumerate(each.covariates):
        yield (*path, "covariates", place), covariate.predictor


def _variables(path: Path, each: Mediation, names: Names) -> Iterator[Problem]:
    yield from variable((*path, "outcome"), each.outcome, names, kinds=["number"])
    yield from as_number((*path, "outcome"), each.outcome, names)
    for place, predictor in _placed(path, each):
        if place[-2] == "covariates":
            yield from entry(place, predictor, names, None, each.cluster is not None)
            continue
        written = (*place, "variable")
        yield from variable(written, predictor.name, names, kinds=["number"])
        yield from as_number(written, predictor.name, names)
        if predictor.split is not None and each.cluster is None:
            yield (*place, "split"), "needs a `cluster`."
    if each.cluster is not None:
        yield from variable((*path, "cluster"), each.cluster, names)
    if each.subset is not None:
        yield from expression((*path, "subset"), each.subset, names, condition=True)


def _once(path: Path, each: Mediation) -> Iterator[Problem]:
    """Find a variable that stands in two places, such as a mediator that is the outcome."""
    seen = {each.outcome: "the outcome"}
    for place, predictor in _placed(path, each):
        name = predictor.name
        if name in seen:
            yield place, f"`{name}` is {seen[name]} already; it can have one place only."
        what = place[-1] if place[-1] == "exposure" else str(place[-2]).removesuffix("s")
        article = "the" if what == "exposure" else "a"
        seen.setdefault(name, f"{article} {what}")


def _families(path: Path, each: Mediation, names: Names) -> Iterator[Problem]:
    allowed = ", ".join(name for name, family in FAMILIES.items() if family.points is not None)
    for place, mediator in enumerate(each.mediators):
        if family_of(mediator.family).points is None:
            told = f"there is no distribution of {mediator.family} to average over"
            yield (*path, "mediators", place, "family"), f"{told}; choose one of {allowed}."
    if each.category is not None:
        if not family_of(each.family).ordered:
            yield (*path, "category"), "stands only with an ordinal outcome."
        else:
            yield from code((*path, "category"), each.outcome, each.category, names)


def _apart(
    path: Path, each: Mediation, names: Names, kept_apart: Sequence[KeepApart]
) -> Iterator[Problem]:
    """Find what comes from items that must not predict the outcome or a mediator."""
    for outcome in (*each.through, each.outcome):
        for rule in kept_apart:
            if outcome not in names or not names[outcome].items & set(rule.outcomes):
                continue
            for place, predictor in _placed(path, each):
                name = predictor.name
                if name in names and names[name].items & set(rule.predictors):
                    yield place, f"`{name}` must not predict `{outcome}`: {rule.reason}"
