"""The blocks `families` and `hypotheses`: models, terms and values of the estimands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.codes import code_text
from coproduction.inference.effects.estimands import (
    AVERAGE_MARGINAL_EFFECT,
    COEFFICIENT,
    CROSS_PARTIAL,
    DIFFERENCE,
)
from coproduction.numerics.families import family_of
from coproduction.numerics.families.family import MEAN, Family
from coproduction.plan.models import terms_of_model
from coproduction.plan.names import Names, code, one_of
from coproduction.plan.problems import Path, Problem, unknown
from coproduction.plan.terms import Terms, listed, term

Hypothesis = Mapping[str, Any]


def problems(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find what is wrong with families and hypotheses."""
    models = {model["id"]: model for model in plan.get("models", ())}
    families: set[str] = set()
    for position, family in enumerate(plan.get("families", ())):
        if family["id"] in families:
            yield ("families", position, "id"), f"the family `{family['id']}` stands twice."
        families.add(family["id"])
    seen: dict[str, Hypothesis] = {}
    for position, hypothesis in enumerate(plan.get("hypotheses", ())):
        path = ("hypotheses", position)
        if hypothesis["id"] in seen:
            yield path, f"the hypothesis `{hypothesis['id']}` stands twice."
        yield from one_of((*path, "family"), hypothesis["family"], sorted(families), "family")
        yield from one_of((*path, "model"), hypothesis["model"], list(models), "model")
        if hypothesis["model"] in models:
            yield from _estimand(path, hypothesis, models[hypothesis["model"]], names)
        yield from _rival(path, hypothesis, seen)
        seen[hypothesis["id"]] = hypothesis


def _estimand(
    path: Path, hypothesis: Hypothesis, model: Mapping[str, Any], names: Names
) -> Iterator[Problem]:
    path, estimand = (*path, "estimand"), hypothesis["estimand"]
    known, kind = terms_of_model(model, names), estimand["kind"]
    pair = kind in (CROSS_PARTIAL, DIFFERENCE)
    needed, other = ("variables", "variable") if pair else ("variable", "variables")
    if needed not in estimand or other in estimand:
        yield path, f"the estimand `{kind}` takes `{needed}`."
    elif kind == COEFFICIENT:
        if message := known.lacks_coefficient(estimand["variable"]):
            yield (*path, "variable"), message
    elif pair:
        wrong = list(listed((*path, "variables"), estimand["variables"], known))
        yield from wrong or _pair(path, estimand, model, known)
    else:
        yield from term((*path, "variable"), estimand["variable"], known)
    yield from _at((*path, "at"), estimand, known, names)
    yield from _category(path, estimand, model, names)
    yield from _part(path, estimand, family_of(model["family"]))


def _pair(
    path: Path, estimand: Mapping[str, Any], model: Mapping[str, Any], known: Terms
) -> Iterator[Problem]:
    """Find a difference or cross-partial of two terms that is zero whatever the data."""
    path, (one, other) = (*path, "variables"), estimand["variables"]
    if estimand["kind"] == DIFFERENCE:
        if one == other:
            yield path, f"`{one}` does not differ from itself; name two terms."
        return
    owners = [known.single.get(name, {}) for name in (one, other)]
    if owners[0] is owners[1] and owners[0].get("categorical"):
        yield path, f"nobody is in two categories of `{owners[0]['variable']}`; name two variables."
    elif family_of(model["family"]).constant_effects and (
        message := known.lacks_coefficient(f"{one}:{other}")
    ):
        yield (
            path,
            f"{message} In a linear model a cross_partial without its product is zero; add "
            f"`[{one}, {other}]` to the model's `interactions`.",
        )


def _part(path: Path, estimand: Mapping[str, Any], family: Family) -> Iterator[Problem]:
    """Check the linear predictor that a coefficient is of; nothing else is of a single one."""
    kind, parts = estimand["kind"], family.parts
    if kind != COEFFICIENT and "part" in estimand:
        message = f"stands only with a {COEFFICIENT}; `{kind}` is of the whole outcome."
        yield (*path, "part"), message
    elif kind == COEFFICIENT and estimand.get("part", MEAN) not in parts:
        yield path, f"a coefficient of a {family.name} model needs `part`: {', '.join(parts)}."


def _at(path: Path, estimand: Mapping[str, Any], known: Terms, names: Names) -> Iterator[Problem]:
    """Check the terms that everyone is set at, and whether they can have the values."""
    if "at" in estimand and estimand["kind"] not in (AVERAGE_MARGINAL_EFFECT, DIFFERENCE):
        yield path, f"`{estimand['kind']}` is not taken at values; leave `at` out."
    for name, value in estimand.get("at", {}).items():
        place = (*path, name)
        if name in known.references:
            example = next(iter(known.of(name)), f"{name}[code]")
            message = f"`{name}` is categorical; set one of its terms to 1, such as `{example}`."
            yield place, message
            continue
        yield from term(place, name, known)
        entry = known.single.get(name, {})
        if "[" in name and value not in (0, 1):
            yield place, f"`{name}` is 0 or 1, not {code_text(value)}."
        elif name in names and not ({"standardise", "split"} & set(entry)):
            yield from _inside(place, name, value, names)


def _inside(place: Path, name: str, value: float, names: Names) -> Iterator[Problem]:
    """Check a value against the range of a variable: it may stand between two codes."""
    possible = names[name].possible
    if possible and not (possible.meets("<=", value) and possible.meets(">=", value)):
        yield place, f"`{name}` cannot be {code_text(value)}; possible are {possible}."


def _category(
    path: Path, estimand: Mapping[str, Any], model: Mapping[str, Any], names: Names
) -> Iterator[Problem]:
    if "category" not in estimand:
        return
    path, outcome = (*path, "category"), model["outcome"]
    if not family_of(model["family"]).ordered:
        yield path, "stands only with an ordinal model."
    else:
        yield from code(path, outcome, estimand["category"], names)


def _rival(path: Path, hypothesis: Hypothesis, seen: Mapping[str, Hypothesis]) -> Iterator[Problem]:
    name = hypothesis.get("rival_of")
    if name is None:
        return
    if name not in seen:
        what = f"no hypothesis `{name}` stands before this one"
        yield (*path, "rival_of"), unknown(name, list(seen), what, "before it stand")
        return
    for key in ("family", "model", "estimand"):
        if seen[name][key] != hypothesis[key]:
            yield (*path, key), f"must be that of its rival `{name}`."
