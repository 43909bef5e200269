"""What is checked in the block `grids`: names, what alternatives change, and their combinations.

Each alternative is checked by itself, in the primary model, and then with each other one that it
meets in a cell: whatever a model of the plan is refused for, a cell is.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from coproduction.plan.data import flagged_rows
from coproduction.plan.grid.cells import Cell, cells, changed, chosen
from coproduction.plan.grid.grid import Alternative, Grid
from coproduction.plan.models import models, outcome_families
from coproduction.plan.models.model import Model
from coproduction.plan.options import (
    AVERAGE_MARGINAL_EFFECT,
    COEFFICIENT,
    COMPLETE,
    DIMENSIONS,
    IMPUTED,
    PRIMARY,
)
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.names import Names, one_of
from coproduction.yamlfiles.problems import Path, Problem, unknown

Pair = frozenset[tuple[str, str]]
MOST_COMBINATIONS = 10_000
SETS = {"measure": ("scores", "constructs", "agreement"), "covariates": ("add", "without")}
"""Dimensions whose alternatives have at least one of these keys; all others have their own."""


@dataclass(frozen=True)
class Checked:
    """What alternatives are checked against."""

    plan: Plan
    names: Names
    flags: Collection[str]
    primary: Model


def problems(
    plan: Plan, names: Names, flags: Collection[str], languages: Collection[str]
) -> Iterator[Problem]:
    """Find what is wrong with the grids of a plan.

    Parameters
    ----------
    plan, names, flags, languages
        The plan, what it can name, the study's quality flags, and the languages of the
        questionnaire, in all of which every choice has its reason.
    """
    for position, grid in enumerate(plan.grids):
        path = ("grids", position)
        found = [*_hypotheses(path, grid, plan), *_named(path, grid)]
        found += _reasons(path, grid, languages)
        yield from found
        if not found:
            primary = plan.primary_of(grid)
            against = Checked(plan, names, flags, primary)
            if list(_wrong(primary, against)):
                # The model is refused where it stands, and is not once more in every cell.
                continue
            many = math.prod(len(grid.choices(name)) for name in DIMENSIONS)
            if many > MOST_COMBINATIONS:
                told = f"has {many:,} combinations, and a grid at most {MOST_COMBINATIONS:,}"
                yield (*path, "dimensions"), f"{told}; name fewer alternatives, or make two grids."
                continue
            made = sorted(cells(grid, primary), key=_alternatives_in)
            wrong = [*_alternatives(path, grid, made, against)]
            yield from wrong or _combinations(path, grid, made, against)


def _hypotheses(path: Path, grid: Grid, plan: Plan) -> Iterator[Problem]:
    """Find hypotheses that do not exist, rest on different models, or have no single effect."""
    known = {each.id: each for each in plan.hypotheses}
    resting = {known[name].model for name in grid.hypotheses if name in known}
    for position, name in enumerate(grid.hypotheses):
        place = (*path, "hypotheses", position)
        yield from one_of(place, name, list(known), "hypothesis")
        if name not in known:
            continue
        estimand = known[name].estimand
        single = estimand.kind in (AVERAGE_MARGINAL_EFFECT, COEFFICIENT)
        if not single or ":" in estimand.term:
            yield place, f"`{name}` is about no single term, whose effect a grid is of."
        elif estimand.at:
            yield place, f"`{name}` sets everyone at values; a grid is of average effects."
        if known[name].model not in plan.by_name:
            yield place, f"there is no model `{known[name].model}`."
    if len(resting) > 1:
        told = ", ".join(f"`{name}`" for name in sorted(resting))
        yield (*path, "hypotheses"), f"these rest on different models ({told}); a grid is of one."
    for name in resting & plan.by_name.keys():
        model = plan.by_name[name]
        if model.random is not None:
            yield (
                (*path, "hypotheses"),
                f"`{name}` is a two-level model, of which there is no grid.",
            )
        if grid.left_out_clusters is not None and model.cluster is None:
            yield (*path, "left_out_clusters"), f"`{name}` has no `cluster` to leave out."


def _named(path: Path, grid: Grid) -> Iterator[Problem]:
    """Find alternatives of one name or without a change, and choices that there are not."""
    for dimension, position, each in grid.placed():
        place = (*path, "dimensions", dimension, position)
        if each.id == PRIMARY:
            yield (*place, "id"), f"`{PRIMARY}` names the choice of the primary model."
        if grid.alternative(dimension, each.id) is not each:
            yield (*place, "id"), f"the alternative `{each.id}` stands twice."
        keys = SETS.get(dimension, ())
        if keys and not any(getattr(each, key) for key in keys):
            needed = " or ".join(f"`{key}`" for key in keys)
            yield place, f"needs {needed}: what is chosen in place of the primary model's choice."
    for position, rule in enumerate(grid.excluded):
        yield from _choices((*path, "excluded", position, "where"), grid, rule.where.named)
    if grid.left_out_clusters is not None and grid.left_out_clusters.among is not None:
        among = grid.left_out_clusters.among.named
        yield from _choices((*path, "left_out_clusters", "among"), grid, among)


def _reasons(path: Path, grid: Grid, languages: Collection[str]) -> Iterator[Problem]:
    """Find labels and reasons that are not worded in every language."""
    told: list[tuple[Path, Mapping[str, str]]] = []
    for dimension, position, each in grid.placed():
        place = (*path, "dimensions", dimension, position)
        told += [((*place, "label"), each.label), ((*place, "reason"), each.reason)]
    for position, rule in enumerate(grid.excluded):
        told.append(((*path, "excluded", position, "reason"), rule.reason))
    if grid.left_out_clusters is not None:
        told.append(((*path, "left_out_clusters", "reason"), grid.left_out_clusters.reason))
    for place, words in told:
        if missing := [language for language in languages if language not in words]:
            yield place, f"is not worded in {', '.join(missing)}."


def _choices(path: Path, grid: Grid, named: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    for dimension, choices in named.items():
        for position, name in enumerate(choices):
            known = grid.choices(dimension)
            if name not in known:
                what = f"the dimension `{dimension}` has no choice `{name}`"
                yield (*path, dimension, position), unknown(name, known, what)


def _alternatives(
    path: Path, grid: Grid, found: Sequence[Cell], against: Checked
) -> Iterator[Problem]:
    """Check every alternative by itself."""
    for dimension, position, each in grid.placed():
        place = (*path, "dimensions", dimension, position)
        own = [*_keys(place, each, against)]
        yield from own
        holding = next((cell for cell in found if cell.choices[dimension] == each.id), None)
        if holding is None:
            yield place, "every combination with it is excluded; leave it out."
        elif not own:
            # What keys of its own say already is not told of the model again.
            yield from _alone(place, each, holding, against)
    if grid.imputations is not None:
        planned = against.plan.missing
        if planned is None or grid.imputations > planned.imputations:
            many = planned.imputations if planned else 0
            yield (*path, "imputations"), f"the plan makes {many} imputed tables only."


def _alone(place: Path, each: Alternative, holding: Cell, against: Checked) -> Iterator[Problem]:
    """Say what is wrong with an alternative, in the first cell that has it too."""
    model = changed(against.primary, [each])
    there = {message for _, message in _wrong(holding.model, against)}
    for inside, message in dict.fromkeys(_wrong(model, against)):
        if message in there:
            yield (*place, *_inside(inside, each, model)), message


def _inside(inside: Path, each: Alternative, model: Model) -> Path:
    """Say at which key of an alternative stands what is wrong in the model that it makes."""
    if inside[:1] == ("covariates",):
        first = len(model.covariates) - len(each.named("add"))
        position = int(inside[1]) - first
        return ("add", position, *inside[2:]) if position >= 0 else ()
    return inside if inside[:1] and inside[0] in each.changed else ()


def _keys(path: Path, each: Alternative, against: Checked) -> Iterator[Problem]:
    """Find covariates and predictors that the primary model does not have."""
    primary = against.primary
    held = [one.name for one in primary.covariates]
    for position, name in enumerate(each.named("without")):
        if name not in held:
            what = f"`{name}` is no covariate of `{primary.id}`"
            yield (*path, "without", position), unknown(name, held, what)
    predictors = [one.name for one in primary.predictors]
    for key in ("scores", "constructs"):
        for position, name in enumerate(each.named(key)):
            if name not in predictors:
                what = f"`{name}` is no predictor of `{primary.id}`"
                yield (*path, key, position), unknown(name, predictors, what)
    if rule := each.changed.get("flagged_rows"):
        yield from flagged_rows.problems((*path, "flagged_rows"), rule, against.flags)


def _wrong(model: Model, against: Checked) -> Iterator[Problem]:
    """Say what is wrong with the model of a cell, at which of the model's own keys."""
    plan = against.plan
    nowhere: Path = ()
    joined = plan.communities is not None
    names, apart = against.names, plan.keep_apart
    yield from models.problems(nowhere, model, names, apart, communities=joined)
    yield from outcome_families.of_model(nowhere, model, _says_nothing)
    if model.missing == IMPUTED and plan.missing is None:
        yield ("missing",), "imputed answers need a block `missing` in the plan."
    # Where the plan imputes, flagged rows are none of those that are completed.
    own = model.flagged_rows != against.primary.flagged_rows
    if own and plan.missing is not None and model.missing != COMPLETE:
        told = "imputed tables hold who counts by the plan's `flagged_rows`; combine it with"
        yield ("flagged_rows",), f"{told} `missing: complete` only."


def _says_nothing(*_: str | int) -> bool:
    return False


def _combinations(
    path: Path, grid: Grid, found: Sequence[Cell], against: Checked
) -> Iterator[Problem]:
    """Check every pair of alternatives in a cell that holds it, and rules that exclude nothing."""
    seen: set[Pair] = set()
    for cell in found:
        named = _choices_in(cell)
        pairs = {frozenset(pair) for pair in combinations(named, 2)}
        if pairs <= seen:
            continue
        seen |= pairs
        for message in dict.fromkeys(_clash(grid, cell, against)):
            told = " with ".join(f"`{name}` ({dimension})" for dimension, name in named)
            remedy = "name the combination under `excluded`"
            yield (*path, "dimensions"), f"{told}: {message.rstrip('.')}; {remedy}."
    usual = dict.fromkeys(DIMENSIONS, PRIMARY)
    for position, rule in enumerate(grid.excluded):
        if rule.holds(usual):
            told = "would exclude the primary specification itself; name an alternative."
            yield (*path, "excluded", position), told


def _alternatives_in(cell: Cell) -> int:
    return len(_choices_in(cell))


def _choices_in(cell: Cell) -> list[tuple[str, str]]:
    return [(dimension, name) for dimension, name in cell.choices.items() if name != PRIMARY]


def _clash(grid: Grid, cell: Cell, against: Checked) -> Iterator[str]:
    """Say why alternatives do not go together."""
    values: dict[str, object] = {}
    for each in chosen(grid, cell.choices):
        for key, value in each.changed.items():
            if values.setdefault(key, value) != value:
                yield f"both set `{key}`"
                return
    yield from (message for _, message in _wrong(cell.model, against))
