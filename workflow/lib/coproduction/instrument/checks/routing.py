"""Whether conditions and scenarios name items that are asked before, and can be met."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from coproduction.errors import StudyError
from coproduction.instrument.expressions import Kind, kind, variables_in
from coproduction.instrument.possible import Possible, check_comparisons, possible_answers
from coproduction.instrument.wording import scenario_arms
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

KINDS: Mapping[str, Kind] = {"select_multiple": "choices", "text": "text", "date": "text"}
Entry = Mapping[str, Any]


def problems(document: Document, unsound: Collection[Path]) -> Iterator[Problem]:
    """Find conditions and scenarios that name items not asked before, or that nothing meets.

    Parameters
    ----------
    document
        The questionnaire.
    unsound
        Where something else is wrong, so that nothing can be said of what rests on it.
    """
    before: dict[str, Entry] = {}
    possible: dict[str, Possible] = {}
    missing = [entry["code"] for entry in document.data["missing_codes"].values()]

    def condition(path: Path, key: str, entry: Entry) -> Iterator[Problem]:
        try:
            if key in entry:
                _check_condition(entry[key], before, possible, missing)
        except StudyError as error:
            yield (*path, key), f"in the condition {str(error).rstrip('.')}."

    for s, section in enumerate(document.data["sections"]):
        yield from condition(("sections", s), "relevant", section)
        for i, entry in enumerate(section["items"]):
            path = ("sections", s, "items", i)
            yield from condition(path, "relevant", entry)
            yield from _scenario(document, path, entry, before)
            before[entry["id"]] = entry
            possible[entry["id"]] = _possible(document, path, entry, unsound)
            yield from condition(path, "terminate_if", entry)


def _check_condition(
    condition: str,
    before: Mapping[str, Entry],
    possible: Mapping[str, Possible],
    missing: Sequence[int],
) -> None:
    """Refuse a condition for the first thing that is wrong with it."""
    types = {name: KINDS.get(item["type"], "number") for name, item in before.items()}
    named = sorted(variables_in(condition))
    for name in named:
        if name not in before:
            raise StudyError(f"`{condition}` names `{name}`, which is not asked before")
    for name in named:
        if before[name]["type"] == "note":
            raise StudyError(f"`{condition}` names `{name}`, a note without an answer")
    if kind(condition, types) != "condition":
        raise StudyError(f"`{condition}` is no condition; compare it, such as `b == 1`")
    check_comparisons(condition, {name: possible[name] for name in named}, missing)


def _possible(document: Document, path: Path, entry: Entry, unsound: Collection[Path]) -> Possible:
    """Which answers an item can have; any, where its response set or its limits are unsound."""
    chosen = ("response_sets", entry.get("response_set"))
    own = {path, *((*path, key) for key in ("response_set", "range", "pattern"))}
    if any(place in own or place[:2] == chosen for place in unsound):
        return None
    sets = document.data.get("response_sets", {})
    options = sets.get(entry.get("response_set"), {}).get("options", ())
    codes = [option["value"] for option in options]
    return possible_answers(entry["type"], codes, entry.get("range"), entry.get("pattern"))


def _scenario(
    document: Document, path: Path, entry: Entry, before: Mapping[str, Entry]
) -> Iterator[Problem]:
    named: dict[str, set[str]] = {}
    for language, text in entry.get("scenario", {}).items():
        try:
            named[language] = set(scenario_arms(text))
        except ValueError as error:
            message = f"the braces of the scenario do not hold ids of random items ({error})."
            yield (*path, "scenario", language), message
    told: set[str] = set()
    for language, arms in named.items():
        place = (*path, "scenario", language)
        if arms != next(iter(named.values())):
            yield place, "every language of a scenario must name the same arms."
            continue
        for arm in sorted(arms - told):
            yield from _arm(document, place, arm, before)
        told |= arms


def _arm(
    document: Document, path: Path, arm: str, before: Mapping[str, Entry]
) -> Iterator[Problem]:
    sets = document.data.get("response_sets", {})
    if arm not in before or before[arm]["type"] != "random":
        yield path, f"`{{{arm}}}` is not an item of type `random` that stands before."
        return
    options = sets.get(before[arm].get("response_set"), {}).get("options")
    if options and not any("wording" in option for option in options):
        yield path, f"no option of the arm `{arm}` has a `wording`; add them."
