"""The block `paths`: regressions among constructs and observed variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import get_args

from coproduction.codes import factors_of
from coproduction.numerics.graph import cycle
from coproduction.plan.models.model import Model
from coproduction.plan.models.models import entry
from coproduction.plan.options import (
    NO_WEIGHTS,
    EffectKind,
    Missing,
    PathEstimator,
    PathKind,
)
from coproduction.plan.vocabulary.conditions import expression
from coproduction.plan.vocabulary.names import Names, as_number, one_of, variable
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.yamlfiles.problems import Path, Problem

OF_PATHS = get_args(PathKind)


@dataclass(frozen=True, kw_only=True)
class PathEstimand:
    """What is asked of a path model.

    Attributes
    ----------
    kind
        One regression, an indirect effect, the total effect, the indirect effect's share of it, or
        the difference of two indirect effects; of a mediation a natural or path-specific effect.
    along
        Variables along the path, cause first.
    less
        Along the path whose effect is taken off, for a difference.
    """

    kind: EffectKind
    along: tuple[str, ...]
    less: tuple[str, ...] = ()

    @property
    def per(self) -> None:
        """Constructs always count in their own standard deviations."""

    @property
    def held(self) -> str:
        """Nobody is set to any value."""
        return ""

    @property
    def term(self) -> str:
        """The path as one text, such as `mi > vi > pi`."""
        return " - ".join(" > ".join(path) for path in (self.along, self.less) if path)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Every regression that it names, cause first."""
        long = [path for path in (self.along, self.less) if len(path) > 2 or self.kind == "path"]
        return [pair for path in long for pair in pairwise(path)]


@dataclass(frozen=True)
class PathCovariate:
    """A variable that is taken out of all others: as it is, or an indicator per category."""

    variable: str
    categorical: bool | None = None
    reference: int | str | None = None

    @property
    def predictor(self) -> Predictor:
        """The same as a model's covariate."""
        return Predictor(self.variable, categorical=self.categorical, reference=self.reference)


@dataclass(frozen=True, kw_only=True)
class PathModel:
    """A planned path model.

    Attributes
    ----------
    id, label
        Its name, and what it is by language.
    chain
        Short for the regression of each variable on all before it.
    regressions
        What is explained -> what explains it: constructs, observed variables, products of two.
    covariances
        Pairs that covary besides; what is explained and explains nothing covaries with its like.
    covariates
        Variables that are taken out of all others first.
    subset
        Condition that selects respondents.
    cluster
        Variable that names the cluster.
    within_clusters
        Whether the clusters' means are taken out, so that paths are those among their members.
    estimator
        SAM for the structure after measurement; the others estimate both at once.
    agreement
        Whether the measurement step has a factor of agreement where items are reversed.
    standardise
        Whether observed variables count in standard deviations, as constructs always do.
    bootstrap
        Samples of the bootstrap of observed variables; None for no bootstrap.
    effects
        What is tabulated besides what hypotheses ask.
    rival_of
        Path model of the same variables in another order.
    missing
        Whether it rests on complete cases or imputed tables; None where the plan decides.
    """

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    regressions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    covariances: tuple[tuple[str, str], ...] = ()
    covariates: tuple[PathCovariate, ...] = ()
    subset: str | None = None
    cluster: str | None = None
    within_clusters: bool
    estimator: PathEstimator
    agreement: bool
    standardise: bool
    bootstrap: int | None = None
    effects: tuple[PathEstimand, ...] = ()
    rival_of: str | None = None
    missing: Missing | None = None

    @property
    def explained(self) -> dict[str, tuple[str, ...]]:
        """What is explained -> what explains it, a chain written out."""
        places = range(1, len(self.chain))
        return {self.chain[i]: self.chain[:i] for i in places} | dict(self.regressions)

    @property
    def variables(self) -> tuple[str, ...]:
        """Everything that the paths are among, but for products."""
        named = [name for pair in self.explained.items() for name in (*pair[1], pair[0])]
        named += [name for pair in self.covariances for name in pair]
        return tuple(name for name in dict.fromkeys(named) if len(factors_of(name)) == 1)

    @property
    def products(self) -> tuple[str, ...]:
        """Products of two of its variables that explain something, such as `mi:ec`."""
        causes = dict.fromkeys(name for names in self.explained.values() for name in names)
        return tuple(name for name in causes if len(factors_of(name)) > 1)

    @property
    def asked(self) -> tuple[PathEstimand, ...]:
        """What is tabulated: what it names, and of a chain its parts and their sum."""
        if not self.chain:
            return self.effects
        ends = (self.chain[0], self.chain[-1])
        usual = (
            PathEstimand(kind="indirect", along=self.chain),
            PathEstimand(kind="path", along=ends),
            PathEstimand(kind="total_effect", along=ends),
        )
        return (*(each for each in usual if each not in self.effects), *self.effects)

    def rows(self, constructs: Mapping[str, object]) -> Model:
        """Say as a model whose rows it takes and which variables they must have.

        Parameters
        ----------
        constructs
            Constructs of the questionnaire by name.
        """
        *others, last = self.variables
        entries = [
            Predictor(construct=name) if name in constructs else Predictor(variable=name)
            for name in (*others, *([last] if last in constructs else []))
        ]
        return Model(
            id=self.id,
            role="confirmatory",
            outcome=last,
            subset=self.subset,
            family="gaussian",
            predictors=tuple(entries),
            covariates=tuple(each.predictor for each in self.covariates),
            contents=(),
            agreement="none",
            cluster=self.cluster,
            quadrature_points=1,
            restricted_likelihood=True,
            weights=NO_WEIGHTS,
            covariance="CR1",
            missing=self.missing,
        )


def problems(planned: Sequence[PathModel], names: Names, *, imputing: bool) -> Iterator[Problem]:
    """Find what is wrong with the planned path models.

    Parameters
    ----------
    planned, names
        The block, and what a plan can name.
    imputing
        Whether the plan imputes missing answers.
    """
    seen: list[str] = []
    for position, each in enumerate(planned):
        path = ("paths", position)
        if (each.chain and each.regressions) or not each.explained:
            yield path, "needs a `chain` of two variables or more, or `regressions`, not both."
        yield from _variables(path, each, names)
        yield from _options(path, each, names, imputing=imputing)
        for place, asked in enumerate(each.effects):
            yield from estimand((*path, "effects", place), asked, each)
        if each.rival_of is not None:
            yield from one_of((*path, "rival_of"), each.rival_of, seen, "path model before it")
        seen.append(each.id)


def _variables(path: Path, each: PathModel, names: Names) -> Iterator[Problem]:
    for position, name in enumerate(each.chain):
        yield from _variable((*path, "chain", position), name, names)
    for outcome, causes in each.regressions.items():
        below = (*path, "regressions", outcome)
        if len(factors_of(outcome)) > 1:
            yield below, f"`{outcome}` is a product, which nothing explains."
        else:
            yield from _variable(below, outcome, names)
        for position, name in enumerate(causes):
            if name in each.products:
                yield from _product((*below, position), name, outcome, each, names)
            else:
                yield from _variable((*below, position), name, names)
    yield from _covariances(path, each)
    arrows = [(cause, outcome) for outcome, causes in each.explained.items() for cause in causes]
    arrows += [(part, name) for name in each.products for part in factors_of(name)]
    if circle := cycle(arrows):
        written = " → ".join(f"`{name}`" for name in circle)
        yield (*path, "regressions"), f"go in a circle: {written}; leave one of them out."
    if each.cluster is not None:
        yield from variable((*path, "cluster"), each.cluster, names)
    if each.subset is not None:
        yield from expression((*path, "subset"), each.subset, names, condition=True)
    for position, covariate in enumerate(each.covariates):
        place = (*path, "covariates", position)
        yield from entry(place, covariate.predictor, names)
        if covariate.variable in each.variables:
            yield place, f"`{covariate.variable}` is a variable of the paths themselves."


def _product(
    path: Path, name: str, outcome: str, each: PathModel, names: Names
) -> Iterator[Problem]:
    """Find a product of what is not there or not beside it, or that goes by two names."""
    pair = factors_of(name)
    first = next(other for other in each.products if set(factors_of(other)) == set(pair))
    if first != name:
        yield path, f"`{name}` is the product `{first}`; call it so throughout."
    for part in dict.fromkeys(pair):
        if part not in names:
            yield from _variable(path, part, names)
        elif part not in each.explained[outcome]:
            yield path, f"`{name}` needs `{part}` beside it in what explains `{outcome}`."
    if each.estimator != "SAM":
        yield path, f"the product `{name}` needs the estimator SAM, not {each.estimator}."
    if each.bootstrap is not None:
        yield path, f"the product `{name}` cannot stand beside `bootstrap`; leave one of them out."


def _covariances(path: Path, each: PathModel) -> Iterator[Problem]:
    """Find covariances of what the paths are not among, or of what covaries anyway."""
    among = list(
        dict.fromkeys(name for pair in each.explained.items() for name in (*pair[1], pair[0]))
    )
    for position, pair in enumerate(each.covariances):
        place = (*path, "covariances", position)
        for name in pair:
            yield from one_of(place, name, among, "variable of the paths")
            if name in among and name not in each.explained:
                yield place, f"`{name}` is explained by nothing, and covaries with its like anyway."


def _variable(path: Path, name: str, names: Names) -> Iterator[Problem]:
    """Find what cannot stand in paths, a construct whose error no item can tell among it."""
    yield from variable(path, name, names, kinds=["number"])
    yield from as_number(path, name, names)
    scale = names[name].scale if name in names else None
    if scale is not None and len(scale.items) < 2:
        told = f"`{name}` has a single item, which cannot tell its own error"
        yield path, f"{told}; write `{scale.items[0]}`, which counts as if it had none."


def _options(path: Path, each: PathModel, names: Names, *, imputing: bool) -> Iterator[Problem]:
    scale = {name for name in each.variables if name in names and names[name].scale is not None}
    if each.within_clusters and each.cluster is None:
        yield (*path, "within_clusters"), "needs a `cluster`."
    if each.bootstrap is not None and (scale or each.estimator != "SAM"):
        yield (*path, "bootstrap"), "is for observed variables and the estimator SAM; leave it out."
    if each.estimator != "SAM":
        for key in ("covariates", "within_clusters"):
            if getattr(each, key):
                yield (*path, key), f"needs the estimator SAM, not {each.estimator}."
        if each.estimator == "ML" and each.cluster is not None:
            yield (*path, "cluster"), "needs the estimator SAM, MLR, FIML or WLSMV, not ML."
        if each.estimator == "FIML" and each.missing == "imputed":
            yield (*path, "missing"), "FIML takes every answer as it is; leave `missing` out."
    if each.missing == "imputed" and not imputing:
        yield (*path, "missing"), "needs a block `missing` in the plan."


def estimand(path: Path, asked: PathEstimand, model: PathModel) -> Iterator[Problem]:
    """Find what a path model cannot be asked."""
    both = {"along": asked.along, "less": asked.less}
    if asked.kind not in OF_PATHS:
        told = (
            f"`{asked.kind}` is an effect of a mediation; a path model has {', '.join(OF_PATHS)}."
        )
        yield (*path, "kind"), told
        return
    if bool(asked.less) != (asked.kind == "indirect_difference"):
        yield path, "`less` stands beside the kind `indirect_difference`, and only there."
    for key, along in both.items():
        if along and (len(along) < 2 or len(set(along)) < len(along)):
            yield (*path, key), "names at least two variables, cause first, each once."
        for name in along:
            known = [*model.variables, *model.products]
            yield from one_of((*path, key), name, known, "variable of the path model")
            if name in model.products and name != along[0]:
                yield (
                    (*path, key),
                    f"`{name}` is a product, to which nothing leads; it stands first.",
                )
    if asked.kind in ("path", "total_effect") and len(asked.along) > 2:
        yield (*path, "along"), f"`{asked.kind}` goes from one variable to another; name two."
    if asked.kind == "indirect_difference" or asked.kind == "share_mediated":
        shorter = [key for key, along in both.items() if len(along) == 2]
        for key in shorter:
            yield (*path, key), "names what the effect passes through, too."
    for cause, outcome in asked.steps:
        if cause not in model.explained.get(outcome, ()) and {cause, outcome} <= {
            *model.variables,
            *model.products,
        }:
            message = f"`{model.id}` has no regression of `{outcome}` on `{cause}`"
            turned = outcome in model.explained.get(cause, ())
            yield (
                (*path, "along"),
                f"{message}, only the other way round." if turned else f"{message}.",
            )
