"""What is checked in the block `models`: variables, terms, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coproduction.plan.models import constructs
from coproduction.plan.models.model import Model
from coproduction.plan.models.rules import KeepApart
from coproduction.plan.options import (
    NO_AGREEMENT,
    Level,
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
