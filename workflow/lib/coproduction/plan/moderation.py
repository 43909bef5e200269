"""The block `moderation`: the model, its term, and the variable between whose cells it differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.plan.models import entry, terms_of_model
from coproduction.plan.names import Names, one_of
from coproduction.plan.problems import Path, Problem
from coproduction.plan.terms import Entry, Terms, entries_of, term


def problems(plan: Mapping[str, Any], names: Names) -> Iterator[Problem]:
    """Find what is wrong with the planned moderations."""
    models = {model["id"]: model for model in plan.get("models", ())}
    for position, planned in enumerate(plan.get("moderation", ())):
        path = ("moderation", position)
        yield from one_of((*path, "model"), planned["model"], list(models), "model")
        if planned["model"] not in models:
            continue
        model = models[planned["model"]]
        known = terms_of_model(model, names)
        yield from term((*path, "variable"), planned["variable"], known)
        name = planned["by"]["variable"]
        own = next((each for each in entries_of(model) if each["variable"] == name), {})
        yield from entry((*path, "by"), own | planned["by"], names, model.get("level", ""))
        yield from _moderator((*path, "by"), planned, model["outcome"], own, known)


def _moderator(
    path: Path, planned: Mapping[str, Any], outcome: str, own: Entry, known: Terms
) -> Iterator[Problem]:
    """Check what only a moderator must not be; `own` is the model's entry of its variable."""
    by = planned["by"]
    name = by["variable"]
    if "split" in by or "split" in own:
        yield (*path, "split"), "a moderator is one term, not two; leave `split` out."
    if name == outcome:
        yield (*path, "variable"), f"`{name}` is the outcome of the model itself."
    moderated = known.single.get(planned["variable"], {}).get("variable")
    if moderated == name and (by.get("categorical") or own.get("categorical")):
        yield (*path, "variable"), f"`{name}` cannot moderate its own category."
    if by.get("categorical") and own and not own.get("categorical"):
        used = {term for pair in known.products for term in pair}
        if name in used:
            yield (
                (*path, "categorical"),
                (f"the model holds products of `{name}` as a number; leave `categorical` out."),
            )
