"""The block `models`: variables, terms, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.plan.data.flagged_rows import FlaggedRows
from coproduction.plan.models import constructs
from coproduction.plan.models.rules import KeepApart
from coproduction.plan.options import (
    AGREEMENT_FACTOR,
    NO_AGREEMENT,
    Agreement,
    Covariance,
    Level,
    Missing,
    Random,
    Role,
)
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import (
    Names,
    as_number,
    as_slope,
    code,
    missing_name,
    variable,
)
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.plan.vocabulary.terms import AGREEMENT, INTERCEPT, Terms, listed, term, terms
from coproduction.yamlfiles.problems import Path, Problem

FOR_NUMBERS = ("standardise", "split")
SPLIT = "needs a `cluster` in the model."


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


def terms_of_model(model: Model, names: Names) -> Terms:
    """Name the terms of a planned model."""
    further = () if model.agreement_mode == NO_AGREEMENT else (AGREEMENT,)
    return terms(model.entries, names, model.interactions, further)


def problems(
    path: Path, model: Model, names: Names, kept_apart: Sequence[KeepApart], *, communities: bool
) -> Iterator[Problem]:
    """Find what is wrong with one model.

    Parameters
    ----------
    path, model, names
        Where it stands, the model, and what a plan can name.
    kept_apart
        What must not predict what.
    communities
        Whether the plan has a block of communities.
    """
    if model.level and not communities:
        yield (*path, "level"), "needs a block `communities` in the plan."
    yield from variable((*path, "outcome"), model.outcome, names, model.level, ["number"])
    yield from as_number((*path, "outcome"), model.outcome, names)
    if model.cluster is not None:
        yield from variable((*path, "cluster"), model.cluster, names, model.level)
    if model.subset is not None:
        place = (*path, "subset")
        yield from expression(place, model.subset, names, model.level, condition=True)
    for place, each in model.placed(path):
        yield from entry(place, each, names, model.level, model.cluster is not None)
    yield from constructs.problems(path, model, names)
    yield from _twice(path, model)
    yield from _terms(path, model, terms_of_model(model, names))
    yield from _apart(path, model, names, kept_apart)


def entry(
    path: Path, each: Predictor, names: Names, level: Level | None = None, clustered: bool = True
) -> Iterator[Problem]:
    """Find what is wrong with one predictor, covariate or moderator."""
    if each.construct is not None or each.variable is None:
        yield from constructs.entry(path, each, names, level)
        if each.split and not clustered:
            yield (*path, "split"), SPLIT
        return
    name = each.variable
    numbers_only = tuple(key for key in FOR_NUMBERS if getattr(each, key))
    wrong = missing_name(name, names, level, () if each.categorical else ["number"])
    if wrong and name in names and names[name].kind == "text" and not names[name].apart:
        wrong = f"{wrong.rstrip('.')}; set `categorical: true`."
    if wrong:
        yield path, wrong
    elif each.categorical and names[name].kind == "choices":
        yield path, missing_name(name, names, level, ["number"])
    elif not each.categorical:
        yield from as_slope(path, name, names, numbers_only)
    if each.reference is not None and name in names:
        yield from _reference((*path, "reference"), each, names)
    for key in numbers_only if each.categorical else ():
        yield (*path, key), f"is for numbers; leave `categorical` or `{key}` out."
    if each.split and not clustered:
        yield (*path, "split"), SPLIT


def _reference(path: Path, each: Predictor, names: Names) -> Iterator[Problem]:
    if not each.categorical:
        yield path, "stands only beside `categorical: true`."
    else:
        yield from code(path, each.name, each.reference, names)


def _twice(path: Path, model: Model) -> Iterator[Problem]:
    """Find variables that a model holds twice, as its terms could not be told apart."""
    seen: set[str] = {INTERCEPT, model.outcome}
    for place, each in model.placed(path):
        name = each.name
        if name == model.outcome:
            yield place, f"`{name}` is the outcome of the model itself."
        elif name in seen:
            yield place, f"`{name}` stands twice in the model; leave one out."
        seen.add(name)


def _terms(path: Path, model: Model, known: Terms) -> Iterator[Problem]:
    """Check every key of a model that names its terms."""
    seen: list[set[str]] = []
    for position, pair in enumerate(model.interactions):
        place = (*path, "interactions", position)
        yield from listed(place, pair, known)
        if set(pair) in seen:
            yield place, f"the product of `{pair[0]}` and `{pair[1]}` stands twice."
        seen.append(set(pair))
    if model.random_slope is not None:
        yield from term((*path, "random_slope"), model.random_slope, known)
    if model.minimum_clusters:
        place = (*path, "minimum_clusters", "variables")
        yield from listed(place, model.minimum_clusters.variables, known)
    for position, curve in enumerate(model.curves):
        place = (*path, "curves", position)
        yield from term((*place, "variable"), curve.variable, known)
        if curve.by is not None and curve.by not in known.references:
            yield from term((*place, "by"), curve.by, known)


def _apart(
    path: Path, model: Model, names: Names, kept_apart: Sequence[KeepApart]
) -> Iterator[Problem]:
    """Find predictors that come from items that must not predict the outcome."""
    outcome = model.outcome
    for rule in kept_apart:
        if outcome not in names or not names[outcome].items & set(rule.outcomes):
            continue
        for place, each in model.placed(path):
            name = each.name
            if name in names and names[name].items & set(rule.predictors):
                yield place, f"`{name}` must not predict `{outcome}`: {rule.reason}"
