"""The block `measurement`: constructs, items, models and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coproduction.instrument.definition import Instrument
from coproduction.plan.names import APART, items, one_of
from coproduction.plan.problems import Path, Problem, unknown

DEFAULT = "WLSMV"
Plan = Mapping[str, Any]


def problems(
    plan: Plan, instrument: Instrument, path: Path = ("measurement",)
) -> Iterator[Problem]:
    """Find what is wrong with the block.

    Parameters
    ----------
    plan
        The block itself.
    instrument
        The questionnaire that is analysed.
    path
        Where the block stands.
    """
    models = {entry["id"]: entry for entry in plan.get("models", ())}
    for position, entry in enumerate(plan.get("models", ())):
        yield from _model((*path, "models", position), entry, instrument)
    for position, entry in enumerate(plan.get("comparisons", ())):
        yield from _comparison((*path, "comparisons", position), entry, models, instrument)
    for key in ("invariance", "dimensionality"):
        for position, entry in enumerate(plan.get(key, ())):
            yield from _constructs(
                (*path, key, position, "constructs"), entry["constructs"], instrument
            )
    for position, entry in enumerate(plan.get("invariance", ())):
        yield from _groups((*path, "invariance", position), entry, instrument)
    yield from _validity((*path, "validity"), plan.get("validity", {}), instrument, models)
    yield from _constructs((*path, "aggregation"), plan.get("aggregation", ()), instrument)
    rule = plan.get("composite_if", {})
    yield from _constructs(
        (*path, "composite_if", "constructs"), rule.get("constructs", ()), instrument
    )
    for position, name in enumerate(plan.get("sample", ())):
        yield from _open((*path, "sample", position), name, instrument)
    if "cluster" in plan:
        yield from _open((*path, "cluster"), plan["cluster"], instrument)
    elif plan.get("aggregation"):
        yield (*path, "aggregation"), "name the item that holds the cluster under `cluster`."


def _validity(
    path: Path, entry: Plan, instrument: Instrument, models: Mapping[str, Plan]
) -> Iterator[Problem]:
    yield from _constructs((*path, "constructs"), entry.get("constructs", ()), instrument)
    numbers = [item.id for item in instrument.questions if item.limits]
    yield from items((*path, "marker"), entry.get("marker", ()), numbers)
    for position, name in enumerate(entry.get("marker", ())):
        if name in numbers and instrument.by_id[name].unordered:
            message = (
                f"the answers to `{name}` have no order, so that nothing correlates with them."
            )
            yield (*path, "marker", position), message
    if "model" in entry:
        yield from one_of((*path, "model"), entry["model"], list(models), "model")


def _model(path: Path, entry: Plan, instrument: Instrument) -> Iterator[Problem]:
    constructs = entry["constructs"]
    yield from _constructs((*path, "constructs"), constructs, instrument)
    merged = [(place, name) for place, group in enumerate(entry.get("merge", ())) for name in group]
    joined = [name for _, name in merged]
    second = list(enumerate(entry.get("second_order", ())))
    for key, named in (("merge", merged), ("second_order", second)):
        for place, name in named:
            if name not in constructs:
                what = f"`{name}` is not among the model's constructs"
                yield (*path, key, place), unknown(name, constructs, what)
    if len(set(joined)) < len(joined):
        yield (*path, "merge"), "a construct is merged twice."
    for place, name in second:
        if name in joined or entry.get("one_factor"):
            message = f"`{name}` cannot be merged and of second order at once."
            yield (*path, "second_order", place), message
        elif any(item.facet is None for item in instrument.scale(name)):
            message = f"every item of `{name}` needs a facet for a second-order factor."
            yield (*path, "second_order", place), message


def _comparison(
    path: Path, entry: Plan, models: Mapping[str, Plan], instrument: Instrument
) -> Iterator[Problem]:
    for key in ("model", "rival"):
        yield from one_of((*path, key), entry[key], list(models), "model")
    if not {entry["model"], entry["rival"]} <= set(models):
        return
    model, rival = models[entry["model"]], models[entry["rival"]]
    pair = f"`{model['id']}` and `{rival['id']}`"
    if model is rival:
        yield path, f"`{model['id']}` cannot be its own rival."
    known = set(instrument.constructs)
    both = set(model["constructs"]), set(rival["constructs"])
    if both[0] != both[1] and both[0] | both[1] <= known:
        yield path, f"{pair} have different constructs."
    if model.get("estimator", DEFAULT) != rival.get("estimator", DEFAULT):
        yield path, f"{pair} have different estimators."


def _groups(path: Path, entry: Plan, instrument: Instrument) -> Iterator[Problem]:
    group = entry["group"]
    choices = [item.id for item in instrument.questions if item.type == "select_one"]
    if group not in instrument.by_id:
        yield (*path, "group"), unknown(group, choices, f"there is no item `{group}`")
        return
    if group not in choices:
        message = f"`{group}` is no question with one answer out of several."
        yield (*path, "group"), message
        return
    answers = instrument.by_id[group].response_set.values
    joined: list[int] = []
    for position, values in enumerate(entry.get("join", ())):
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
