"""What goes together with the family of a model's outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coproduction.numerics.families import FAMILIES, family_of
from coproduction.numerics.families.family import Family
from coproduction.plan.hypotheses.hypotheses import Estimand
from coproduction.plan.models.model import Model
from coproduction.plan.models.models import terms_of_model
from coproduction.plan.options import CLUSTERED, COEFFICIENT, CROSS_PARTIAL, STUDY_WEIGHTS
from coproduction.plan.vocabulary.names import Names, code
from coproduction.yamlfiles.problems import Path, Problem

Stated = Callable[..., bool]
"""Tells of a key that has a default, by the path to it, whether the plan says it itself."""


def of_model(path: Path, model: Model, stated: Stated) -> Iterator[Problem]:
    """Find standard errors and random effects that the family of a model has not."""
    yield from _errors(path, model)
    yield from _weights(path, model)
    yield from _random(path, model, stated)


def _errors(path: Path, model: Model) -> Iterator[Problem]:
    covariance, family = model.covariance, family_of(model.family)
    if covariance in CLUSTERED and model.cluster is None:
        yield path, f"covariance {covariance} needs a `cluster`."
    if not family.leverages and covariance in ("CR2", "HC2", "HC3"):
        others = "CR1, HC1 or classical" if family.classical else "CR1 or HC1"
        yield (*path, "covariance"), f"{family.name} has no {covariance}; choose {others}."
    if not family.classical and covariance == "classical":
        yield (*path, "covariance"), "a pseudo-likelihood has no classical standard errors."


def _weights(path: Path, model: Model) -> Iterator[Problem]:
    """Find what does not go with weights, or not without them."""
    weighted = model.weights == STUDY_WEIGHTS
    place = (*path, "covariance")
    if model.covariance == "design" and (model.level or not weighted):
        yield place, "design needs a model of respondents with `weights: study`."
    if weighted and model.random is not None:
        yield (*path, "weights"), "a model with random effects takes no weights; leave one out."
    elif weighted and not model.level and model.covariance == "classical":
        yield place, "weights leave no classical standard errors; choose CR2, CR1, HC1 or design."


def _random(path: Path, model: Model, stated: Stated) -> Iterator[Problem]:
    """Check what makes a model a two-level one."""
    if model.random is None:
        needless = {
            "random_slope": model.random_slope is not None,
            "quadrature_points": stated(*path, "quadrature_points"),
            "restricted_likelihood": stated(*path, "restricted_likelihood"),
        }
        for key in (key for key, said in needless.items() if said):
            yield (*path, key), "needs `random: intercept`."
        if not model.predictors:
            yield (*path, "predictors"), "a model without predictors needs `random: intercept`."
        return
    kind = family_of(model.family).two_level
    if model.cluster is None or kind is None:
        allowed = ", ".join(name for name, family in FAMILIES.items() if family.two_level)
        yield (*path, "random"), f"needs a `cluster`, and one of the families {allowed}."
    if model.covariance != "classical":
        yield (
            (*path, "covariance"),
            "a model with random effects has classical standard errors.",
        )
    if stated(*path, "quadrature_points") and (model.random_slope or kind == "linear"):
        yield (
            (*path, "quadrature_points"),
            "stands only with a random intercept alone, and not in a linear model.",
        )
    if stated(*path, "restricted_likelihood") and kind != "linear":
        yield (*path, "restricted_likelihood"), "stands only in a linear (gaussian) model."


def of_estimand(
    path: Path, estimand: Estimand, model: Model, names: Names, stated: Stated
) -> Iterator[Problem]:
    """Find what an estimand asks of a model that its family has not.

    Parameters
    ----------
    path, estimand
        Where the estimand stands, and the estimand.
    model
        The model that it is of.
    names
        What a plan can name.
    stated
        Tells which keys the plan says itself.
    """
    family = family_of(model.family)
    yield from _part(path, estimand, family, stated)
    if estimand.category is not None:
        place = (*path, "category")
        if not family.ordered:
            yield place, "stands only with an ordinal model."
        else:
            yield from code(place, model.outcome, estimand.category, names)
    if family.constant_effects and estimand.kind == CROSS_PARTIAL and estimand.variables:
        yield from _product((*path, "variables"), estimand, model, names)


def _part(path: Path, estimand: Estimand, family: Family, stated: Stated) -> Iterator[Problem]:
    """Check the linear predictor that a coefficient is of; nothing else is of a single one."""
    kind, parts = estimand.kind, family.parts
    if kind != COEFFICIENT and stated(*path, "part"):
        message = f"stands only with a {COEFFICIENT}; `{kind}` is of the whole outcome."
        yield (*path, "part"), message
    elif kind == COEFFICIENT and estimand.part not in parts:
        yield path, f"a coefficient of a {family.name} model needs `part`: {', '.join(parts)}."


def _product(path: Path, estimand: Estimand, model: Model, names: Names) -> Iterator[Problem]:
    """Find a cross-partial of a linear model that is zero whatever the data."""
    known, (one, other) = terms_of_model(model, names), estimand.variables
    if known.lacks(one) or known.lacks(other) or known.share_variable(one, other):
        return
    if message := known.lacks_coefficient(f"{one}:{other}"):
        told = "In a linear model a cross_partial without its product is zero; add"
        yield path, f"{message} {told} `[{one}, {other}]` to the model's `interactions`."
