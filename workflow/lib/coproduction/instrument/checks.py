"""What must hold in a questionnaire beyond its schema: names, codes and references fit together."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any

from coproduction.errors import StudyError
from coproduction.instrument.expressions import Kind, kind, variables_in
from coproduction.instrument.pattern import check_pattern
from coproduction.instrument.possible import Possible, check_comparisons, possible_answers
from coproduction.instrument.wording import normal, scenario_arms
from coproduction.yamlfile import Document, Path

CHOICES = ("select_one", "select_multiple", "random")
NUMBERS = ("integer", "decimal")
UNORDERED = 3
"""Fewest categories whose codes are no numbers without an order; two are one step apart."""
PLATFORM_WORDS = frozenset(
    """
    start end today meta data id time token seed deviceid username audit version subscriberid
    simserial phonenumber instanceid key
    """.split()
)
# Names of the study's own tables, and words that SPSS, Stata or the skip logic read otherwise.
TABLE_WORDS = frozenset(
    """
    submission instrument platform mode wave language device status flags
    """.split()
)
STATISTICS_WORDS = frozenset(
    """
    all and by eq ge gt le lt ne not or to with byte double float if in int long strl using
    selected answered
    """.split()
)
KINDS: Mapping[str, Kind] = {"select_multiple": "choices", "text": "text", "date": "text"}


def check_codes(document: Document) -> None:
    """Refuse codes of answers that cannot be told apart in tables or on survey platforms.

    Raises
    ------
    StudyError
        If two kinds of missing answer or two options share a code, an option bears the code of a
        missing answer or is labelled with the code of another, or a kind is offered without `wire`.
    """
    missing = document.data["missing_codes"]
    for what in ("code", "wire"):
        values = [entry[what] for entry in missing.values() if what in entry]
        if repeated := _repeated(values):
            message = f"two kinds of missing answer have the {what} `{repeated}`; make each unique."
            raise document.error(("missing_codes",), message)
    for name, entry in document.data.get("response_sets", {}).items():
        _check_options(document, ("response_sets", name), entry, missing)


def _check_options(
    document: Document, path: Path, entry: Mapping[str, Any], missing: Mapping[str, Any]
) -> None:
    offered = entry.get("offer_missing", ())
    for kind_ in offered:
        if "wire" not in missing[kind_]:
            message = f"`{kind_}` has no `wire` under `missing_codes`; give it one."
            raise document.error((*path, "offer_missing"), message)
    values = [option["value"] for option in entry["options"]]
    wires = [str(option.get("wire", option["value"])) for option in entry["options"]]
    wires += [missing[kind_]["wire"] for kind_ in offered]
    repeated = _repeated(values) or _repeated([wire.casefold() for wire in wires])
    if repeated is not None:
        raise document.error(path, f"two answers have the code `{repeated}`; make each unique.")
    for kind_, code in missing.items():
        if code["code"] in values:
            message = f"an option has the code {code['code']} of `{kind_}`; change it."
            raise document.error(path, message)
    _check_labels(document, path, entry["options"])
    _check_equal_labels(document, path, entry["options"], missing)


def _check_labels(document: Document, path: Path, options: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a label that is another option's code: exports with labels would be misread."""
    codes: dict[str, Mapping[str, Any]] = {}
    for option in options:
        for code in (str(option["value"]), str(option.get("wire", option["value"]))):
            if codes.setdefault(code.casefold(), option) is not option:
                message = f"`{code}` is the value of one option and the `wire` of another."
                raise document.error((*path, "options"), message)
    for position, option in enumerate(options):
        for label in option["label"].values():
            owner = codes.get(normal(label), option)
            if owner is not option:
                message = f"the label `{label}` is the code of another option; change either."
                raise document.error((*path, "options", position), message)


def _check_equal_labels(
    document: Document,
    path: Path,
    options: Iterable[Mapping[str, Any]],
    missing: Mapping[str, Any],
) -> None:
    """Refuse two answers that read the same in a language: nobody could tell which was given.

    A kind of missing answer counts whether it is offered or not: files label it all the same.
    """
    answers = [((*path, "options", place), option) for place, option in enumerate(options)]
    answers += [(("missing_codes", name), entry) for name, entry in missing.items()]
    owners: dict[tuple[str, str], Path] = {}
    for place, answer in answers:
        for language, label in answer["label"].items():
            owner = owners.setdefault((language, normal(label)), place)
            if owner == place:
                continue
            other = f"`{place[1]}` on" if place[0] == "missing_codes" else "another answer on"
            message = (
                f"the label `{label}` is that of {other} line {document.line(place)}; "
                "an export with labels could be read as either, so change one."
            )
            raise document.error((*owner, "label", language), message)


def check_identifiers(document: Document) -> None:
    """Refuse names that stand twice, or that a platform or statistics program reads otherwise.

    Raises
    ------
    StudyError
        If an id or alias stands twice, is reserved, or is the wording of another item.
    """
    owners: dict[str, Path] = {}
    sections: set[str] = set()
    for name in document.data.get("constructs", {}):
        owners[normal(name)] = ("constructs", name)
    for s, section in enumerate(document.data["sections"]):
        if section["id"] in sections:
            message = f"the section `{section['id']}` stands twice; make each id unique."
            raise document.error(("sections", s, "id"), message)
        sections.add(section["id"])
        for i, entry in enumerate(section["items"]):
            _check_names(document, ("sections", s, "items", i), entry, owners)
    _check_form_names(document)
    _check_wordings(document, owners)


def _check_names(
    document: Document, path: Path, entry: Mapping[str, Any], owners: dict[str, Path]
) -> None:
    name = entry["id"]
    if name in PLATFORM_WORDS | TABLE_WORDS:
        message = f"`{name}` is reserved by survey platforms or the study's tables; rename it."
        raise document.error((*path, "id"), message)
    if name in STATISTICS_WORDS or keyword.iskeyword(name) or re.fullmatch(r"str\d+", name):
        message = f"`{name}` is a reserved word of SPSS, Stata or the skip logic; rename it."
        raise document.error((*path, "id"), message)
    for spelling in (name, *entry.get("aliases", ())):
        owner = owners.setdefault(normal(spelling), path)
        if owner != path:
            message = f"the id `{spelling}` stands twice; make each unique."
            if owner[0] == "constructs":
                message = f"`{spelling}` is also the name of a construct; rename one."
            elif spelling != name:
                message = f"the alias `{spelling}` stands twice; give each item its own."
            raise document.error((*path, *_name_at(entry, spelling)), message)


def _check_form_names(document: Document) -> None:
    """Refuse an item whose id a form gives to a section, or to a scenario of another item."""
    sections = document.data["sections"]
    taken = {f"sec{section['id']}": f"the section `{section['id']}`" for section in sections}
    scenarios = [e["id"] for each in sections for e in each["items"] if "scenario" in e]
    for s, section in enumerate(sections):
        for i, entry in enumerate(section["items"]):
            owner = taken.get(entry["id"])
            for name in scenarios:
                if re.fullmatch(rf"{name}v\d+", entry["id"]):
                    owner = f"the scenario of `{name}`"
            if owner:
                message = f"`{entry['id']}` is the name of {owner} in forms; rename one."
                raise document.error(("sections", s, "items", i, "id"), message)


def _check_wordings(document: Document, owners: Mapping[str, Path]) -> None:
    """Refuse a name of one item that is the wording of another: exports would be misread."""
    for s, section in enumerate(document.data["sections"]):
        for i, entry in enumerate(section["items"]):
            for text in entry["text"].values():
                owner = owners.get(normal(text), ())
                if owner[:1] != ("sections",) or owner == ("sections", s, "items", i):
                    continue
                named = document.data["sections"][owner[1]]["items"][owner[3]]
                message = f"`{text}` is the wording of `{entry['id']}`; change either."
                raise document.error((*owner, *_name_at(named, text)), message)


def _name_at(entry: Mapping[str, Any], name: str) -> Path:
    """Where an item bears a name: as its id or as an alias."""
    for position, alias in enumerate(entry.get("aliases", ())):
        if normal(alias) == normal(name):
            return ("aliases", position)
    return ("id",)


def check_items(document: Document) -> None:
    """Refuse items whose references, limits or conditions lead nowhere.

    Raises
    ------
    StudyError
        If an item names an unknown response set, construct or facet, bears a key that its type
        cannot have, or a condition or scenario names an item that is not asked before.
    """
    before: dict[str, Mapping[str, Any]] = {}
    for s, section in enumerate(document.data["sections"]):
        _check_condition(document, ("sections", s), "relevant", section, before)
        for i, entry in enumerate(section["items"]):
            path = ("sections", s, "items", i)
            _check_answers(document, path, entry)
            _check_limits(document, path, entry)
            _check_construct(document, path, entry)
            _check_condition(document, path, "relevant", entry, before)
            _check_scenario(document, path, entry, before)
            before[entry["id"]] = entry
            _check_condition(document, path, "terminate_if", entry, before)


def _check_answers(document: Document, path: Path, entry: Mapping[str, Any]) -> None:
    chosen = entry.get("response_set")
    sets = document.data.get("response_sets", {})
    if entry["type"] in CHOICES and chosen is None:
        raise document.error(path, f"`{entry['id']}` is a choice and needs a `response_set`.")
    if entry["type"] not in CHOICES and chosen is not None:
        raise document.error(path, f"`{entry['id']}` is no choice; remove `response_set`.")
    if chosen is not None and chosen not in sets:
        known = ", ".join(sets) or "none"
        message = f"there is no response set `{chosen}` (known: {known})."
        raise document.error((*path, "response_set"), message)
    if "expected" in entry:
        values = [option["value"] for option in sets[chosen]["options"]] if chosen else []
        if entry["expected"] not in values:
            message = f"{entry['expected']} is not an answer of `{entry['id']}`."
            raise document.error((*path, "expected"), message)


def _check_limits(document: Document, path: Path, entry: Mapping[str, Any]) -> None:
    if "range" in entry:
        if entry["type"] not in NUMBERS:
            message = "only an item of type `integer` or `decimal` has a `range`; remove it."
            raise document.error((*path, "range"), message)
        low, high = entry["range"]
        if low > high:
            message = f"the lowest number {low} is above the highest {high}; swap them."
            raise document.error((*path, "range"), message)
    if "pattern" in entry:
        if entry["type"] != "text":
            message = "only an item of type `text` has a `pattern`; remove it."
            raise document.error((*path, "pattern"), message)
        try:
            check_pattern(entry["pattern"])
        except ValueError as error:
            message = f"`{entry['pattern']}` is {error}."
            raise document.error((*path, "pattern"), message) from error


def _check_construct(document: Document, path: Path, entry: Mapping[str, Any]) -> None:
    construct, constructs = entry.get("construct"), document.data.get("constructs", {})
    if construct is not None and construct not in constructs:
        known = ", ".join(constructs) or "none"
        message = f"there is no construct `{construct}` (known: {known})."
        raise document.error((*path, "construct"), message)
    if construct is not None and entry["type"] not in ("select_one", *NUMBERS):
        message = f"an item of type `{entry['type']}` cannot measure a construct."
        raise document.error((*path, "construct"), message)
    if construct is not None and _is_unordered(document, entry):
        message = (
            f"the answers to `{entry['id']}` have no order (`level: nominal`), so that they make "
            "no score; say `level: ordinal` at the response set, or leave `construct` out."
        )
        raise document.error((*path, "construct"), message)
    facet = entry.get("facet")
    if facet is not None and (
        construct is None or facet not in constructs[construct].get("facets", {})
    ):
        raise document.error((*path, "facet"), f"construct `{construct}` has no facet `{facet}`.")
    if entry.get("reverse") and not _is_reversible(document, entry):
        message = "a reversed item needs a `construct` and ordered options or a `range`."
        raise document.error((*path, "reverse"), message)


def _is_unordered(document: Document, entry: Mapping[str, Any]) -> bool:
    known = document.data.get("response_sets", {}).get(entry.get("response_set"), {})
    return known.get("level") == "nominal" and len(known["options"]) >= UNORDERED


def _is_reversible(document: Document, entry: Mapping[str, Any]) -> bool:
    if "construct" not in entry:
        return False
    if entry["type"] == "select_one":
        return document.data["response_sets"][entry["response_set"]]["level"] != "nominal"
    return "range" in entry


def _check_condition(
    document: Document,
    path: Path,
    key: str,
    entry: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
) -> None:
    if key not in entry:
        return
    condition = entry[key]
    types = {name: KINDS.get(item["type"], "number") for name, item in before.items()}
    try:
        for name in sorted(variables_in(condition) - set(types)):
            raise StudyError(f"`{condition}` names `{name}`, which is not asked before")
        for name in sorted(variables_in(condition)):
            if before[name]["type"] == "note":
                raise StudyError(f"`{condition}` names `{name}`, a note without an answer")
        if kind(condition, types) != "condition":
            raise StudyError(f"`{condition}` is no condition; compare it, such as `b == 1`")
        possible = {name: _possible(document, before[name]) for name in variables_in(condition)}
        missing = [entry["code"] for entry in document.data["missing_codes"].values()]
        check_comparisons(condition, possible, missing)
    except StudyError as error:
        message = f"in the condition {str(error).rstrip('.')}."
        raise document.error((*path, key), message) from error


def _possible(document: Document, entry: Mapping[str, Any]) -> Possible:
    sets = document.data.get("response_sets", {})
    options = sets.get(entry.get("response_set"), {}).get("options", ())
    codes = [option["value"] for option in options]
    return possible_answers(entry["type"], codes, entry.get("range"), entry.get("pattern"))


def _check_scenario(
    document: Document,
    path: Path,
    entry: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
) -> None:
    named: dict[str, set[str]] = {}
    for language, text in entry.get("scenario", {}).items():
        try:
            named[language] = set(scenario_arms(text))
        except ValueError as error:
            message = f"the braces of the scenario do not hold ids of random items ({error})."
            raise document.error((*path, "scenario", language), message) from error
    for language, arms in named.items():
        if arms != next(iter(named.values())):
            message = "every language of a scenario must name the same arms."
            raise document.error((*path, "scenario", language), message)
        for arm in sorted(arms):
            _check_arm(document, (*path, "scenario", language), arm, before)


def _check_arm(
    document: Document, path: Path, arm: str, before: Mapping[str, Mapping[str, Any]]
) -> None:
    if arm not in before or before[arm]["type"] != "random":
        message = f"`{{{arm}}}` is not an item of type `random` that stands before."
        raise document.error(path, message)
    options = document.data["response_sets"][before[arm]["response_set"]]["options"]
    if not any("wording" in option for option in options):
        raise document.error(path, f"no option of the arm `{arm}` has a `wording`; add them.")


def _repeated(values: Iterable[Any]) -> Any:
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
