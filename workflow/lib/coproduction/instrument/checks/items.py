"""Whether the answers, limits and constructs of items are such as their types can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.instrument.checks.identifiers import items
from coproduction.instrument.pattern import check_pattern
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

CHOICES = ("select_one", "select_multiple", "random")
NUMBERS = ("integer", "decimal")
UNORDERED = 3
"""Fewest categories whose codes are no numbers without an order; two are one step apart."""
Entry = Mapping[str, Any]


def problems(document: Document) -> Iterator[Problem]:
    """Find items that name no response set, construct or facet, or bear what their type cannot."""
    sets = document.data.get("response_sets", {})
    constructs = document.data.get("constructs", {})
    for path, entry in items(document):
        yield from _answers(path, entry, sets)
        yield from _limits(path, entry)
        yield from _pattern(path, entry)
        yield from _construct(path, entry, constructs, sets)
        yield from _facet(path, entry, constructs)
        yield from _reverse(path, entry, sets)


def _answers(path: Path, entry: Entry, sets: Mapping[str, Entry]) -> Iterator[Problem]:
    chosen = entry.get("response_set", "")
    if entry["type"] in CHOICES and not chosen:
        yield path, f"`{entry['id']}` is a choice and needs a `response_set`."
    elif entry["type"] not in CHOICES and chosen:
        yield path, f"`{entry['id']}` is no choice; remove `response_set`."
    elif chosen and chosen not in sets:
        known = ", ".join(sets) or "none"
        yield (*path, "response_set"), f"there is no response set `{chosen}` (known: {known})."
        return
    if "expected" in entry:
        values = [option["value"] for option in sets[chosen]["options"]] if chosen in sets else []
        if entry["expected"] not in values:
            yield (*path, "expected"), f"{entry['expected']} is not an answer of `{entry['id']}`."


def _limits(path: Path, entry: Entry) -> Iterator[Problem]:
    if "range" not in entry:
        return
    low, high = entry["range"]
    if entry["type"] not in NUMBERS:
        message = "only an item of type `integer` or `decimal` has a `range`; remove it."
        yield (*path, "range"), message
    elif low > high:
        message = f"the lowest number {low} is above the highest {high}; swap them."
        yield (*path, "range"), message


def _pattern(path: Path, entry: Entry) -> Iterator[Problem]:
    if "pattern" not in entry:
        return
    if entry["type"] != "text":
        yield (*path, "pattern"), "only an item of type `text` has a `pattern`; remove it."
        return
    try:
        check_pattern(entry["pattern"])
    except ValueError as error:
        yield (*path, "pattern"), f"`{entry['pattern']}` is {error}."


def _construct(
    path: Path, entry: Entry, constructs: Mapping[str, Entry], sets: Mapping[str, Entry]
) -> Iterator[Problem]:
    construct = entry.get("construct")
    if construct is None:
        return
    if construct not in constructs:
        known = ", ".join(constructs) or "none"
        yield (*path, "construct"), f"there is no construct `{construct}` (known: {known})."
    if entry["type"] not in ("select_one", *NUMBERS):
        message = f"an item of type `{entry['type']}` cannot measure a construct."
        yield (*path, "construct"), message
    elif _is_unordered(sets.get(entry.get("response_set", ""), {})):
        message = (
            f"the answers to `{entry['id']}` have no order (`level: nominal`), so that they make "
            "no score; say `level: ordinal` at the response set, or leave `construct` out."
        )
        yield (*path, "construct"), message


def _facet(path: Path, entry: Entry, constructs: Mapping[str, Entry]) -> Iterator[Problem]:
    construct, facet = entry.get("construct"), entry.get("facet")
    if facet is None or (construct is not None and construct not in constructs):
        return
    if construct is None or facet not in constructs[construct].get("facets", {}):
        yield (*path, "facet"), f"construct `{construct}` has no facet `{facet}`."


def _reverse(path: Path, entry: Entry, sets: Mapping[str, Entry]) -> Iterator[Problem]:
    if not entry.get("reverse"):
        return
    chosen = entry.get("response_set", "")
    if entry["type"] in CHOICES and chosen not in sets:
        return
    ordered = entry["type"] == "select_one" and sets[chosen]["level"] != "nominal"
    limited = entry["type"] != "select_one" and "range" in entry
    if "construct" not in entry or not (ordered or limited):
        message = "a reversed item needs a `construct` and ordered options or a `range`."
        yield (*path, "reverse"), message


def _is_unordered(chosen: Entry) -> bool:
    return chosen.get("level") == "nominal" and len(chosen["options"]) >= UNORDERED
