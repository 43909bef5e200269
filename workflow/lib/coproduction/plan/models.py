"""The block `models`: variables, terms, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.numerics.families import FAMILIES, family_of
from coproduction.plan.conditions import expression
from coproduction.plan.levels import as_number, as_slope
from coproduction.plan.names import Names, code, missing_name, variable
from coproduction.plan.problems import Path, Problem
from coproduction.plan.terms import (
    INTERCEPT,
    Entry,
    Terms,
    entries_of,
    entry_of,
    listed,
    term,
    terms,
)

CLUSTERED = ("CR1", "CR2")
FOR_NUMBERS = ("standardise", "split")
Model = Mapping[str, Any]


def terms_of_model(model: Model, names: Names) -> Terms:
    """Name the terms of a planned model."""
    return terms(entries_of(model), names, model.get("interactions", ()))


def problems(path: Path, model: Model, names: Names, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what is wrong with one model."""
    level = model.get("level", "")
    if level and "communities" not in plan:
        yield (*path, "level"), "needs a block `communities` in the plan."
    yield from variable((*path, "outcome"), model["outcome"], names, level, ["number"])
    yield from as_number((*path, "outcome"), model["outcome"], names)
    if "cluster" in model:
        yield from variable((*path, "cluster"), model["cluster"], names, level)
    if "subset" in model:
        yield from expression((*path, "subset"), model["subset"], names, level, condition=True)
    for key in ("predictors", "covariates"):
        for position, each in enumerate(model.get(key, ())):
            place = (*path, key, position)
            yield from entry(place, entry_of(each), names, level, "cluster" in model)
    yield from _twice(path, model, names)
    yield from _terms(path, model, terms_of_model(model, names))
    yield from _errors(path, model)
    yield from _random(path, model)
    yield from _apart(path, model, names, plan)


def entry(
    path: Path, each: Entry, names: Names, level: str = "", clustered: bool = True
) -> Iterator[Problem]:
    """Find what is wrong with one predictor, covariate or moderator."""
    name, categorical = each["variable"], each.get("categorical", False)
    wrong = missing_name(name, names, level, () if categorical else ["number"])
    if wrong and name in names and names[name].kind == "text" and not names[name].apart:
        wrong = f"{wrong.rstrip('.')}; set `categorical: true`."
    if wrong:
        yield path, wrong
    elif categorical and names[name].kind == "choices":
        yield path, missing_name(name, names, level, ["number"])
    elif not categorical:
        yield from as_slope(path, name, names, tuple(key for key in FOR_NUMBERS if each.get(key)))
    if "reference" in each and name in names:
        yield from _reference((*path, "reference"), each, names)
    for key in FOR_NUMBERS:
        if categorical and each.get(key):
            yield (*path, key), f"is for numbers; leave `categorical` or `{key}` out."
    if "split" in each and not clustered:
        yield (*path, "split"), "needs a `cluster` in the model."


def _reference(path: Path, each: Entry, names: Names) -> Iterator[Problem]:
    if not each.get("categorical"):
        yield path, "stands only beside `categorical: true`."
    else:
        yield from code(path, each["variable"], each["reference"], names)


def _twice(path: Path, model: Model, names: Names) -> Iterator[Problem]:
    """Find variables that a model holds twice, as its terms could not be told apart."""
    seen: set[str] = {INTERCEPT, model["outcome"]}
    for key in ("predictors", "covariates"):
        for position, each in enumerate(model.get(key, ())):
            name = entry_of(each)["variable"]
            if name == model["outcome"]:
                yield (*path, key, position), f"`{name}` is the outcome of the model itself."
            elif name in seen:
                yield (*path, key, position), f"`{name}` stands twice in the model; leave one out."
            seen.add(name)


def _terms(path: Path, model: Model, known: Terms) -> Iterator[Problem]:
    """Check every key of a model that names its terms."""
    seen: list[set[str]] = []
    for position, pair in enumerate(model.get("interactions", ())):
        place = (*path, "interactions", position)
        yield from listed(place, pair, known)
        if set(pair) in seen:
            yield place, f"the product of `{pair[0]}` and `{pair[1]}` stands twice."
        seen.append(set(pair))
    if "random_slope" in model:
        yield from term((*path, "random_slope"), model["random_slope"], known)
    rule = model.get("minimum_clusters", {})
    yield from listed((*path, "minimum_clusters", "variables"), rule.get("variables", ()), known)
    for position, curve in enumerate(model.get("curves", ())):
        place = (*path, "curves", position)
        yield from term((*place, "variable"), curve["variable"], known)
        if "by" in curve and curve["by"] not in known.references:
            yield from term((*place, "by"), curve["by"], known)


def _errors(path: Path, model: Model) -> Iterator[Problem]:
    covariance, family = model["covariance"], family_of(model["family"])
    if covariance in CLUSTERED and "cluster" not in model:
        yield path, f"covariance {covariance} needs a `cluster`."
    if not family.leverages and covariance in ("CR2", "HC2", "HC3"):
        others = "CR1, HC1 or classical" if family.classical else "CR1 or HC1"
        yield (*path, "covariance"), f"{family.name} has no {covariance}; choose {others}."
    if not family.classical and covariance == "classical":
        yield (*path, "covariance"), "a pseudo-likelihood has no classical standard errors."


def _random(path: Path, model: Model) -> Iterator[Problem]:
    """Check what makes a model a two-level one."""
    if "random" not in model:
        for key in ("random_slope", "quadrature_points", "restricted_likelihood"):
            if key in model:
                yield (*path, key), "needs `random: intercept`."
        if not model["predictors"]:
            yield (*path, "predictors"), "a model without predictors needs `random: intercept`."
        return
    kind = family_of(model["family"]).two_level
    if "cluster" not in model or kind is None:
        allowed = ", ".join(name for name, family in FAMILIES.items() if family.two_level)
        yield (*path, "random"), f"needs a `cluster`, and one of the families {allowed}."
    if model["covariance"] != "classical":
        yield (
            (*path, "covariance"),
            "a model with random effects has classical standard errors.",
        )
    if "quadrature_points" in model and ("random_slope" in model or kind == "linear"):
        yield (
            (*path, "quadrature_points"),
            "stands only with a random intercept alone, and not in a linear model.",
        )
    if "restricted_likelihood" in model and kind != "linear":
        yield (*path, "restricted_likelihood"), "stands only in a linear (gaussian) model."


def _apart(path: Path, model: Model, names: Names, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """Find predictors that come from items that must not predict the outcome."""
    outcome = model["outcome"]
    for rule in plan.get("keep_apart", ()):
        if outcome not in names or not names[outcome].items & set(rule["outcomes"]):
            continue
        for each in entries_of(model):
            name = each["variable"]
            if name in names and names[name].items & set(rule["predictors"]):
                yield path, f"`{name}` must not predict `{outcome}`: {rule['reason']}"
