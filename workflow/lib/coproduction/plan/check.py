"""The analysis plan checked against the questionnaires and against itself, before any data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from coproduction.instrument.definition import Instrument
from coproduction.plan import descriptions, experiments
from coproduction.plan.data import (
    communities,
    flagged_rows,
    missing,
    not_at_random,
    variables,
)
from coproduction.plan.descriptions import Description
from coproduction.plan.grid import forbidden
from coproduction.plan.grid import problems as grids
from coproduction.plan.grid.grid import OtherSubset
from coproduction.plan.hypotheses import causal, diagram, hypotheses, without_verdict
from coproduction.plan.measurement import names as measurement_names
from coproduction.plan.models import models, moderation, outcome_families, rules
from coproduction.plan.models.model import Model
from coproduction.plan.options import COMMUNITIES, STUDY_WEIGHTS
from coproduction.plan.paths import mediations, paths, questions
from coproduction.plan.paths.mediations import Mediation
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.names import RESPONDENTS, Name, Names, instrument_names
from coproduction.yamlfiles.problems import Problem

NO_WEIGHTS_THERE = "the study has no block `weights` in study.yaml; add one or leave the key out."


def plan_problems(
    plan: Plan,
    main: Instrument,
    others: Sequence[Instrument] = (),
    flags: Collection[str] = (),
    *,
    weighted: bool = False,
) -> Iterator[Problem]:
    """Find everything in a plan that names what does not exist, or breaks its own rules.

    Parameters
    ----------
    plan
        The plan.
    main
        The questionnaire that is analysed.
    others
        Further questionnaires of the study, such as the sheets of communities.
    flags
        Names of the quality flags that the study raises.
    weighted
        Whether the study has weights.
    """
    found = list(_by_block(plan, main, others, flags))
    if not weighted:
        found += without_weights(plan)
    yield from found
    if not found:
        constructs = {name: [item.id for item in main.scale(name)] for name in main.constructs}
        yield from causal.problems(plan, constructs)
        yield from forbidden.problems(plan, constructs)


def _by_block(
    plan: Plan, main: Instrument, others: Sequence[Instrument], flags: Collection[str]
) -> Iterator[Problem]:
    """Check each block by itself and against what stands before it."""
    # Without the block `communities` no sheet is joined, and its items are nowhere.
    sheets = others if plan.communities else ()
    names = instrument_names(main, sheets)
    yield from measurement_names.problems(plan.measurement, main)
    for position, planned in enumerate(plan.variables):
        yield from variables.problems(("variables", position), planned, names)
        names.setdefault(planned.id, variables.derived(planned, names))
    if plan.communities:
        yield from communities.problems(plan.communities, names, main, sheets)
        names |= communities.summaries(plan.communities, names)
        names[RESPONDENTS] = Name("number", level=COMMUNITIES)
    yield from flagged_rows.problems(("flagged_rows",), plan.flagged_rows, flags)
    yield from _models(plan, names, flags)
    yield from _rules(plan, names)
    yield from hypotheses.problems(plan.hypotheses, plan.families, plan.by_name, names)
    for position, hypothesis in enumerate(plan.hypotheses):
        if model := plan.by_name.get(hypothesis.model):
            path = ("hypotheses", position, "estimand")
            yield from outcome_families.of_estimand(
                path, hypothesis.estimand, model, names, plan.states
            )
    imputing = plan.missing is not None
    yield from paths.problems(plan.paths, names, imputing=imputing)
    yield from mediations.problems(plan.mediations, names, plan.keep_apart, imputing=imputing)
    known = [each.id for each in plan.hypotheses]
    yield from questions.problems(
        plan.path_hypotheses,
        plan.composites,
        plan.families,
        plan.paths,
        plan.mediations,
        known,
    )
    judged = {each.id for each in (*plan.judged, *plan.composites)}
    yield from without_verdict.problems(plan.without_verdict, judged, main.languages)
    yield from grids.problems(plan, names, flags, main.languages)
    yield from moderation.problems(plan.moderation, plan.by_name, names)
    yield from experiments.problems(plan.experiments, names)
    joined = plan.communities is not None
    yield from descriptions.problems(plan.descriptions, names, plan.missing, communities=joined)
    yield from missing.problems(plan.missing, plan.models, main, plan.variables)
    if plan.missing and plan.missing.not_at_random:
        shifted, imputed = plan.missing.not_at_random, [each.id for each in plan.imputed]
        place = ("missing", "not_at_random")
        yield from not_at_random.problems(place, shifted, plan.hypotheses, imputed)
    if plan.diagram:
        yield from diagram.problems(plan.diagram, names)


def _models(plan: Plan, names: Names, flags: Collection[str]) -> Iterator[Problem]:
    joined = plan.communities is not None
    for position, model in enumerate(plan.models):
        path = ("models", position)
        yield from models.problems(path, model, names, plan.keep_apart, communities=joined)
        yield from outcome_families.of_model(path, model, plan.states)
        if model.flagged_rows:
            yield from flagged_rows.problems((*path, "flagged_rows"), model.flagged_rows, flags)


def without_weights(plan: Plan) -> Iterator[Problem]:
    """Find models and mediations that ask for weights, of a study that has none."""
    for position, model in enumerate(plan.models):
        if model.weights == STUDY_WEIGHTS:
            yield ("models", position, "weights"), NO_WEIGHTS_THERE
    for position, mediation in enumerate(plan.mediations):
        if mediation.weights == STUDY_WEIGHTS:
            yield ("mediations", position, "weights"), NO_WEIGHTS_THERE
    for position, grid in enumerate(plan.grids):
        for place, each in enumerate(grid.dimensions.weights):
            if each.weights == STUDY_WEIGHTS:
                path = ("grids", position, "dimensions", "weights", place, "weights")
                yield path, NO_WEIGHTS_THERE


def _rules(plan: Plan, names: Names) -> Iterator[Problem]:
    yield from rules.apart(plan.keep_apart, names)
    alternatives = [each for grid in plan.grids for each in grid.dimensions.subset]
    selecting: tuple[Model | Mediation | Description | OtherSubset, ...]
    selecting = (*plan.models, *plan.mediations, *plan.descriptions, *alternatives)
    subsets = [each.subset for each in selecting]
    yield from rules.populations(plan.populations, subsets)
