"""One name, one thing: ids are unique over questionnaires and plan, so that no label is another's.

Families of tests, hypotheses and nodes of the diagram are named in places of their own and stand
apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from coproduction.careless import FLAGS, SUSPICIOUS
from coproduction.plan.plan import Plan
from coproduction.plan.vocabulary.names import RESPONDENTS
from coproduction.plan.vocabulary.predictors import Predictor
from coproduction.plan.vocabulary.terms import INTERCEPT
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

PLANNED = {
    "variables": "a derived variable",
    "summaries": "a summary of communities",
    "measurement.models": "a measurement model",
    "measurement.invariance": "a comparison of groups",
    "measurement.dimensionality": "a set of items",
    "models": "a model",
    "paths": "a path model",
    "mediations": "a mediation",
    "grids": "a grid",
    "moderation": "a moderation",
    "experiments": "an experiment",
    "descriptions": "a description",
}
Owners = dict[str, str]
TABLES = "a column of the study's tables"


def taken(instruments: Sequence[Document]) -> Owners:
    """Name what items, constructs and the study's tables are called, with where it stands.

    The item that joins sheets to respondents may have the same name in both.
    """
    owners: Owners = dict.fromkeys(("submission", FLAGS, *SUSPICIOUS), TABLES)
    owners |= {INTERCEPT: "a term of every model", RESPONDENTS: "a column of community tables"}
    for document in instruments:
        for path, name, what in _asked(document):
            owners.setdefault(name, f"{what} ({document.source}, line {document.line(path)})")
    return owners


def _asked(document: Document) -> Iterator[tuple[Path, str, str]]:
    for name, construct in document.data.get("constructs", {}).items():
        yield ("constructs", name), name, "a construct"
        for facet in construct.get("facets", {}):
            yield ("constructs", name, "facets", facet), f"{name}_{facet}", "a facet"
    for s, section in enumerate(document.data["sections"]):
        for i, item in enumerate(section["items"]):
            path = ("sections", s, "items", i, "id")
            yield path, item["id"], "an item"
            if item.get("reverse"):
                yield path, f"{item['id']}_r", "a reversed item"


def problems(plan: Plan, document: Document, owners: Owners) -> Iterator[Problem]:
    """Find ids of the plan that are already the name of something; `owners` grows by them."""
    for block, what in PLANNED.items():
        path = ("communities", block) if block == "summaries" else tuple(block.split("."))
        for position, entry in enumerate(attrgetter(block)(plan)):
            yield from claim((*path, position, "id"), entry.id, what, document, owners)
    for position, model in enumerate(plan.models):
        for key, entries in (("predictors", model.predictors), ("covariates", model.covariates)):
            for place, each in enumerate(entries):
                yield from _split(("models", position, key, place, "split"), each, owners)


def _split(path: Path, entry: Predictor, owners: Owners) -> Iterator[Problem]:
    for term in entry.terms if entry.split else ():
        if term != entry.name and term in owners:
            made = f"the split of `{entry.name}` makes a term `{term}`, which"
            yield path, f"{made} is already the name of {owners[term]}; rename that."


def claim(
    path: Path, name: str, what: str, document: Document, owners: Owners
) -> Iterator[Problem]:
    """Take an id for an entry, or tell whose it is already."""
    if name in owners:
        yield path, f"`{name}` is already the name of {owners[name]}; rename one."
    else:
        owners[name] = f"{what} ({document.source}, line {document.line(path)})"


def across(instruments: Sequence[Document], plan: Plan) -> Iterator[tuple[Document, Problem]]:
    """Find items of sheets that are called like an item that they are joined to.

    The item that joins them takes the name of the respondents' item, so that its own is free.
    """
    key = plan.communities.key if plan.communities else None
    if key not in {name for each in instruments[1:] for _, name, _ in _asked(each)}:
        return
    owners: Owners = {}
    for document in instruments:
        for path, name, what in _asked(document):
            place = f"{what} ({document.source}, line {document.line(path)})"
            owner = owners.setdefault(name, place)
            if owner != place and name != key:
                message = f"`{name}` is already the name of {owner}, to which this is joined."
                yield document, (path, f"{message[:-1]}; rename one.")
