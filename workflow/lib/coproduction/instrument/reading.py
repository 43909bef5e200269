"""From the YAML of a questionnaire to the questionnaire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coproduction.instrument import checks
from coproduction.instrument.definition import (
    Construct,
    Instrument,
    Item,
    MissingCode,
    Option,
    ResponseSet,
    Section,
)
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import refuse_all


def read_instrument(document: Document) -> Instrument:
    """Build the questionnaire from its checked YAML document.

    Raises
    ------
    StudyError
        If a reference leads nowhere, an identifier stands twice, a translation is missing or a
        condition names an item that is not asked before; of that all is told at once.
    """
    return read_instruments([document])[0]


def read_instruments(documents: Sequence[Document]) -> list[Instrument]:
    """Build several questionnaires; what is wrong with any of them is told at once.

    Raises
    ------
    StudyError
        See `read_instrument`.
    """
    refuse_all(
        (document, problem) for document in documents for problem in checks.problems(document)
    )
    return [_instrument(document) for document in documents]


def _instrument(document: Document) -> Instrument:
    data = document.data
    head = data["instrument"]
    missing = {
        kind: MissingCode(kind, entry["code"], entry.get("wire"), entry["label"])
        for kind, entry in data["missing_codes"].items()
    }
    response_sets = {
        key: _response_set(key, entry) for key, entry in data.get("response_sets", {}).items()
    }
    sections = tuple(
        Section(entry["id"], entry["label"], entry.get("random_order", False))
        for entry in data["sections"]
    )
    return Instrument(
        id=head["id"],
        version=head["version"],
        unit=head["unit"],
        languages=tuple(head["languages"]),
        title=head["title"],
        licence=head["licence"],
        missing_codes=missing,
        constructs={
            key: _construct(key, entry) for key, entry in data.get("constructs", {}).items()
        },
        sections=sections,
        items=_items(data["sections"], response_sets),
        source=document.source,
    )


def _response_set(key: str, entry: Mapping[str, Any]) -> ResponseSet:
    options = tuple(
        Option(
            value=option["value"],
            label=option["label"],
            wire=str(option.get("wire", option["value"])),
            exclusive=option.get("exclusive", False),
            wording=option.get("wording"),
        )
        for option in entry["options"]
    )
    return ResponseSet(key, entry["level"], options, tuple(entry.get("offer_missing", ())))


def _construct(key: str, entry: Mapping[str, Any]) -> Construct:
    return Construct(
        id=key,
        label=entry["label"],
        definition=entry.get("definition"),
        facets=entry.get("facets", {}),
        rule=entry["scoring"]["rule"],
        minimum_valid=entry["scoring"]["minimum_valid"],
    )


def _items(
    sections: Sequence[Mapping[str, Any]], response_sets: Mapping[str, ResponseSet]
) -> tuple[Item, ...]:
    items: list[Item] = []
    ends: list[str] = []
    for section in sections:
        for entry in section["items"]:
            conditions = [section.get("relevant", ""), entry.get("relevant", ""), *ends]
            items.append(_item(entry, section["id"], conditions, response_sets))
            if end := entry.get("terminate_if"):
                ends.append(f"not ({end})")
    return tuple(items)


def _item(
    entry: Mapping[str, Any],
    section: str,
    conditions: list[str],
    response_sets: Mapping[str, ResponseSet],
) -> Item:
    lower, upper = entry.get("range", (None, None))
    conditions = [condition for condition in conditions if condition]
    return Item(
        id=entry["id"],
        type=entry["type"],
        text=entry["text"],
        section=section,
        response_set=response_sets.get(entry.get("response_set", "")),
        construct=entry.get("construct"),
        facet=entry.get("facet"),
        reverse=entry.get("reverse", False),
        role=entry.get("role"),
        required=entry.get("required", False),
        minimum=lower,
        maximum=upper,
        pattern=entry.get("pattern"),
        asked_if=" and ".join(f"({condition})" for condition in conditions),
        terminate_if=entry.get("terminate_if", ""),
        expected=entry.get("expected"),
        sensitive=entry.get("sensitive", False),
        label=entry.get("label"),
        hint=entry.get("hint"),
        scenario=entry.get("scenario"),
        aliases=tuple(entry.get("aliases", ())),
        source=entry.get("source", {}),
    )
