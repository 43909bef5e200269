"""Estimands from potential outcomes: differences, cross-partials, ratios of means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
from scipy.special import logit, ndtri

from coproduction.numerics.families import family_of
from coproduction.numerics.families.family import ANY, POSITIVE
from coproduction.plan.options import (
    AVERAGE_MARGINAL_EFFECT,
    CROSS_PARTIAL,
    DIFFERENCE,
)
from coproduction.plan.vocabulary.predictors import OTHERS
from coproduction.simulation.estimands.careful import Careful
from coproduction.simulation.estimands.exposures import (
    Exposure,
    Setting,
    Unresolved,
    exposure,
    moved_by_others,
)
from coproduction.simulation.estimands.outcomes import (
    DIRECT,
    LATENT_SD,
    Question,
    outcome_of,
)
from coproduction.simulation.structure.equations import COMMUNITIES, PERSONS
from coproduction.simulation.structure.world import intervene

LOW, MIDDLE, HIGH = "low", "middle", "high"
Side = tuple[str, str]
"""A term, and the value that it is given: `low`, `middle` or `high`."""
SCALES: dict[str, Callable[[float], float]] = {
    "identity": lambda y: y,
    "log": lambda y: float(np.log(y)),
    "logit": lambda p: float(logit(p)),
    "probit": lambda p: float(ndtri(p)),
    "cloglog": lambda p: float(np.log(-np.log1p(-p))),
}
"""What coefficients are differences of, by the link of a model."""


def value(asked: Question) -> float:
    """Compute the true value of an estimand.

    Raises
    ------
    Unresolved
        If no variable of the truth stands for a term, or there is no such value.
    """
    estimand = asked.estimand
    if estimand.kind == DIFFERENCE:
        one, other = (_single(asked, name) for name in estimand.variables)
        return one - other
    if estimand.kind == CROSS_PARTIAL:
        return _cross(asked, estimand.variables, lambda y: y)
    if estimand.kind == AVERAGE_MARGINAL_EFFECT:
        return _single(asked, estimand.term)
    return _coefficient(asked)


def mediators(asked: Question) -> set[str]:
    """Variables behind the model's other terms that follow from the exposures."""
    system, moved = asked.base.world.system, set()
    for term in asked.estimand.names:
        moved |= set(_resolved(asked, term).high)
    following = system.following(moved)
    others = {entry.name for entry in asked.model.entries}
    made = {name: each.columns for name, each in asked.base.variables.items()}
    reached = set()
    while others:
        name = others.pop()
        reached.add(name)
        others |= made.get(name, set()) - reached
    return (reached & following) - moved


def _resolved(asked: Question, term: str) -> Exposure:
    if term not in asked.exposures:
        asked.exposures[term] = exposure(term, asked.model, asked.base, asked.rows())
    return asked.exposures[term]


def _single(asked: Question, term: str) -> float:
    """Mean effect of one term, in units of the ruler."""
    moved = _resolved(asked, term)
    change = _mean(asked, [(term, HIGH)]) - _mean(asked, [(term, LOW)])
    if moved.part == OTHERS:
        # All of a community moving is oneself and the others.
        own = replace(moved, part="")
        change -= _mean(asked, [(term, HIGH)], {term: own}) - _mean(
            asked, [(term, LOW)], {term: own}
        )
    return change * _factor(asked, [term])


def _cross(asked: Question, terms: Iterable[str], scale: Callable[[float], float]) -> float:
    """Twofold difference of a function of the mean outcome."""
    one, other = terms
    if one == other:
        return _square(asked, one, scale)
    corners = {
        (a, b): scale(_mean(asked, [(one, a), (other, b)]))
        for a in (LOW, HIGH)
        for b in (LOW, HIGH)
    }
    change = corners[HIGH, HIGH] - corners[HIGH, LOW] - corners[LOW, HIGH] + corners[LOW, LOW]
    return change * _factor(asked, [one, other])


def _square(asked: Question, term: str, scale: Callable[[float], float]) -> float:
    """Second difference over two units of a term: of a square, the coefficient is half of it."""
    levels = [scale(_mean(asked, [(term, side)])) for side in (LOW, MIDDLE, HIGH)]
    # Low and high are half a unit from the middle.
    return 4 * (levels[0] - 2 * levels[1] + levels[2]) * _factor(asked, [term, term])


def _coefficient(asked: Question) -> float:
    """Difference of the transformed mean outcome: a log ratio of means where the link is log."""
    family, names = family_of(asked.model.family), asked.estimand.names
    link = "logit" if asked.estimand.part == ANY else family.link
    if family.ordered:
        raise Unresolved("a coefficient of ordered categories is of no potential outcome")
    if link not in SCALES:
        raise Unresolved(f"a coefficient with the link {link} is of no potential outcome here")
    scale = SCALES[link]
    if len(names) == 2:
        change = _cross(asked, names, scale)
        return change / 2 if names[0] == names[1] else change
    term = names[0]
    change = scale(_mean(asked, [(term, HIGH)])) - scale(_mean(asked, [(term, LOW)]))
    return change * _factor(asked, [term])


def _factor(asked: Question, terms: Iterable[str]) -> float:
    """Latent standard deviations in one unit of the ruler, of all terms together."""
    if asked.ruler == LATENT_SD:
        return 1.0
    return float(np.prod([_resolved(asked, term).ruler for term in terms]))


def _mean(
    asked: Question, sides: list[Side], instead: Mapping[str, Exposure] | None = None
) -> float:
    """Mean outcome of those whom the model is about, with terms at the given values."""
    outcome = _outcome(asked, tuple(sides), instead or {})
    base = _outcome(asked, (), {})
    if asked.model.level:
        return float(np.nanmean(outcome))
    use = asked.rows() & ~np.isnan(outcome) & ~np.isnan(base)
    found = outcome[use]
    if asked.estimand.part == POSITIVE:
        found = found[found > 0]
    if not len(found):
        raise Unresolved("nobody is left whom the model is about")
    return float(found.mean())


def _outcome(
    asked: Question, sides: tuple[Side, ...], instead: Mapping[str, Exposure]
) -> np.ndarray:
    """Outcome of each with terms at the given values: persons (n,), or communities (J,)."""
    key = (
        asked.model.id,
        asked.ruler,
        asked.effect,
        sides,
        tuple(instead),
        asked.estimand.part,
        asked.estimand.category,
        asked.estimand.held,
    )
    if key not in asked.worlds:
        asked.worlds[key] = _computed(asked, sides, instead)
    return asked.worlds[key]


def _computed(
    asked: Question, sides: tuple[Side, ...], instead: Mapping[str, Exposure]
) -> np.ndarray:
    given, hold = _given(asked, sides, instead)
    base = answers = asked.base
    if given:
        kept = {name: base.world.values[name] for name in hold - set(given)}
        given, system = {**kept, **given}, base.world.system
        behind, latents = _behind(asked), set(base.generator.measured.latents)
        # Scales are answered together, so that what any of them measures must be known.
        needed = system.preceding(behind | latents if behind & latents else behind) | set(given)
        world = intervene(base.world, asked.noise, given, needed)
        changed = frozenset(set(given) | system.following(given) - hold)
        answers = Careful(base.generator, base.variables, world, base.streams, base, changed)
    found = outcome_of(asked, answers)
    if asked.estimand.part == ANY:
        return np.where(np.isnan(found), np.nan, found > 0)
    return found


def _behind(asked: Question) -> set[str]:
    """Variables of the truth that the outcome follows from."""
    name = asked.model.outcome
    rule = asked.summaries.get(name) if asked.model.level else None
    names = rule.columns if rule else {name}
    return set().union(*(asked.base.behind(each) for each in names)) | {name}


def _given(
    asked: Question, sides: tuple[Side, ...], instead: Mapping[str, Exposure]
) -> tuple[Setting, set[str]]:
    """Values that variables are given, and the variables that stay what they are."""
    system = asked.base.world.system
    given: dict[str, np.ndarray] = {}
    for term, held in asked.estimand.at.items():
        given.update(_held(asked, term, held))
    hold: set[str] = set()
    for term, side in sides:
        moved = instead.get(term) or _resolved(asked, term)
        given.update(getattr(moved, side))
        persons = all(system.equations[name].level == PERSONS for name in moved.high)
        if persons and not moved_by_others(moved.part):
            # One person's change moves no community.
            hold |= {n for n, each in system.equations.items() if each.level == COMMUNITIES}
    if asked.effect == DIRECT and sides:
        hold |= mediators(asked)
    return given, hold


def _held(asked: Question, term: str, held: float) -> Setting:
    """Set a term at a value: of a standardised one in standard deviations from its mean."""
    moved = _resolved(asked, term)
    if not moved.middle and held in (0, 1) and _has_two(moved):
        return moved.high if held == 1 else moved.low
    base, rows, found = asked.base.world, asked.rows(), {}
    entry = next(each for each in asked.model.entries if term in each.terms)
    for name in moved.high:
        step = moved.high[name] - moved.low[name]
        center = base.of(name)[rows].mean() if entry.standardise or entry.construct else 0.0
        found[name] = np.full(len(step), center) + held * step
    return found


def _has_two(moved: Exposure) -> bool:
    return all(np.ptp(values) == 0 for values in (*moved.low.values(), *moved.high.values()))
