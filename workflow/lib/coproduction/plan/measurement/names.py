"""Names in the block `measurement`: constructs, items, models and groups that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coproduction.instrument.definition import Instrument
from coproduction.plan.measurement.measurement import (
    GroupComparison,
    MeasurementModel,
    MeasurementPlan,
    Rivalry,
    Validity,
)
from coproduction.plan.vocabulary.names import APART, items, one_of
from coproduction.yamlfiles.problems import Path, Problem, unknown

DEFAULT: Final = "WLSMV"


def problems(plan: MeasurementPlan, instrument: Instrument) -> Iterator[Problem]:
    """Find what is wrong with the block.

    Parameters
    ----------
    plan
        The block itself.
    instrument
        The questionnaire that is analysed.
    """
    path: Path = ("measurement",)
    models = {entry.id: entry for entry in plan.models}
    for position, model in enumerate(plan.models):
        yield from _model((*path, "models", position), model, instrument)
    for position, pair in enumerate(plan.comparisons):
        yield from _rivalry((*path, "comparisons", position), pair, models, instrument)
    for position, groups in enumerate(plan.invariance):
        place = (*path, "invariance", position)
        yield from _constructs((*place, "constructs"), groups.constructs, instrument)
        yield from _groups(place, groups, instrument)
    for position, explored in enumerate(plan.dimensionality):
        place = (*path, "dimensionality", position, "constructs")
        yield from _constructs(place, explored.constructs, instrument)
    if plan.validity:
        yield from _validity((*path, "validity"), plan.validity, instrument, models)
    yield from _constructs((*path, "aggregation"), plan.aggregation, instrument)
    if plan.composite_if:
        place = (*path, "composite_if", "constructs")
        yield from _constructs(place, plan.composite_if.constructs, instrument)
    for position, name in enumerate(plan.sample):
        yield from _open((*path, "sample", position), name, instrument)
    if plan.cluster is not None:
        yield from _open((*path, "cluster"), plan.cluster, instrument)
    elif plan.aggregation:
        yield (*path, "aggregation"), "name the item that holds the cluster under `cluster`."


def _validity(
    path: Path, entry: Validity, instrument: Instrument, models: Mapping[str, MeasurementModel]
) -> Iterator[Problem]:
    yield from _constructs((*path, "constructs"), entry.constructs, instrument)
    numbers = [item.id for item in instrument.questions if item.limits]
    yield from items((*path, "marker"), entry.marker, numbers)
    for position, name in enumerate(entry.marker):
        if name in numbers and instrument.by_id[name].unordered:
            message = (
                f"the answers to `{name}` have no order, so that nothing correlates with them."
            )
            yield (*path, "marker", position), message
    if entry.model is not None:
        yield from one_of((*path, "model"), entry.model, list(models), "model")


def _model(path: Path, entry: MeasurementModel, instrument: Instrument) -> Iterator[Problem]:
    yield from _constructs((*path, "constructs"), entry.constructs, instrument)
    merged = [
        (("merge", place, position), name)
        for place, group in enumerate(entry.merge)
        for position, name in enumerate(group)
    ]
    second = [(("second_order", place), name) for place, name in enumerate(entry.second_order)]
    for place, name in (*merged, *second):
        if name not in entry.constructs:
            what = f"`{name}` is not among the model's constructs"
            yield (*path, *place), unknown(name, entry.constructs, what)
    joined = [name for _, name in merged]
    if len(set(joined)) < len(joined):
        yield (*path, "merge"), "a construct is merged twice."
    for place, name in second:
        if name in joined or entry.one_factor:
            message = f"`{name}` cannot be merged and of second order at once."
            yield (*path, *place), message
        elif any(item.facet is None for item in instrument.scale(name)):
            message = f"every item of `{name}` needs a facet for a second-order factor."
            yield (*path, *place), message


def _rivalry(
    path: Path, pair: Rivalry, models: Mapping[str, MeasurementModel], instrument: Instrument
) -> Iterator[Problem]:
    for key, name in (("model", pair.model), ("rival", pair.rival)):
        yield from one_of((*path, key), name, list(models), "model")
    if not {pair.model, pair.rival} <= set(models):
        return
    model, rival = models[pair.model], models[pair.rival]
    both = f"`{model.id}` and `{rival.id}`"
    if model is rival:
        yield path, f"`{model.id}` cannot be its own rival."
    ours, theirs = set(model.constructs), set(rival.constructs)
    if ours != theirs and ours | theirs <= set(instrument.constructs):
        yield path, f"{both} have different constructs."
    if (model.estimator or DEFAULT) != (rival.estimator or DEFAULT):
        yield path, f"{both} have different estimators."


def _groups(path: Path, entry: GroupComparison, instrument: Instrument) -> Iterator[Problem]:
    group = entry.group
    choices = [item.id for item in instrument.questions if item.type == "select_one"]
    if group not in instrument.by_id:
        yield (*path, "group"), unknown(group, choices, f"there is no item `{group}`")
        return
    if group not in choices:
        message = f"`{group}` is no question with one answer out of several."
        yield (*path, "group"), message
        return
    answers = instrument.by_id[group].values
    joined: list[int] = []
    for position, values in enumerate(entry.join):
        for place, value in enumerate(values):
            if value not in answers:
                known = ", ".join(map(str, answers))
                message = f"`{group}` has no answer {value} (its answers: {known})."
                yield (*path, "join", position, place), message
            elif value in joined:
                yield (*path, "join", position, place), f"the answer {value} is in two groups."
            joined.append(value)


def _open(path: Path, name: str, instrument: Instrument) -> Iterator[Problem]:
    """Find a name that is no item, or one whose answers are kept apart."""
    questions = {item.id: item for item in instrument.questions}
    if name not in questions:
        known = [name for name, item in questions.items() if not item.confidential]
        yield path, unknown(name, known, f"there is no item `{name}`")
    elif questions[name].confidential:
        yield path, APART.format(name=name)


def _constructs(path: Path, named: Sequence[str], instrument: Instrument) -> Iterator[Problem]:
    known = [name for name in instrument.constructs if instrument.scale(name)]
    for position, name in enumerate(named):
        if name not in known:
            what = f"there is no construct `{name}` with items"
            yield (*path, position), unknown(name, known, what)
