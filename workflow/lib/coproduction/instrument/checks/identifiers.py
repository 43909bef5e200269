"""Whether names are unique, and read by every platform and statistics program as they stand."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.instrument.wording import normal
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

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
Entry = Mapping[str, Any]


def problems(document: Document) -> Iterator[Problem]:
    """Find ids and aliases that stand twice, are reserved, or are the wording of another item."""
    owners: dict[str, Path] = {}
    for name in document.data.get("constructs", {}):
        owners[normal(name)] = ("constructs", name)
    sections: set[str] = set()
    for s, section in enumerate(document.data["sections"]):
        if section["id"] in sections:
            message = f"the section `{section['id']}` stands twice; make each id unique."
            yield ("sections", s, "id"), message
        sections.add(section["id"])
    for path, entry in items(document):
        yield from _reserved(path, entry["id"])
        yield from _twice(path, entry, owners)
    yield from _form_names(document)
    yield from _wordings(document, owners)


def items(document: Document) -> Iterator[tuple[Path, Entry]]:
    """Every item with its place, in the order asked."""
    for s, section in enumerate(document.data["sections"]):
        for i, entry in enumerate(section["items"]):
            yield ("sections", s, "items", i), entry


def _reserved(path: Path, name: str) -> Iterator[Problem]:
    if name in PLATFORM_WORDS | TABLE_WORDS:
        message = f"`{name}` is reserved by survey platforms or the study's tables; rename it."
        yield (*path, "id"), message
    elif name in STATISTICS_WORDS or keyword.iskeyword(name) or re.fullmatch(r"str\d+", name):
        message = f"`{name}` is a reserved word of SPSS, Stata or the skip logic; rename it."
        yield (*path, "id"), message


def _twice(path: Path, entry: Entry, owners: dict[str, Path]) -> Iterator[Problem]:
    name = entry["id"]
    for spelling in (name, *entry.get("aliases", ())):
        owner = owners.setdefault(normal(spelling), path)
        if owner != path:
            message = f"the id `{spelling}` stands twice; make each unique."
            if owner[0] == "constructs":
                message = f"`{spelling}` is also the name of a construct; rename one."
            elif spelling != name:
                message = f"the alias `{spelling}` stands twice; give each item its own."
            yield (*path, *_name_at(entry, spelling)), message


def _form_names(document: Document) -> Iterator[Problem]:
    """Find items whose id a form gives to a section, or to a scenario of another item."""
    sections = document.data["sections"]
    taken = {f"sec{section['id']}": f"the section `{section['id']}`" for section in sections}
    scenarios = [entry["id"] for _, entry in items(document) if "scenario" in entry]
    for path, entry in items(document):
        owner = taken.get(entry["id"])
        for name in scenarios:
            if re.fullmatch(rf"{name}v\d+", entry["id"]):
                owner = f"the scenario of `{name}`"
        if owner:
            message = f"`{entry['id']}` is the name of {owner} in forms; rename one."
            yield (*path, "id"), message


def _wordings(document: Document, owners: Mapping[str, Path]) -> Iterator[Problem]:
    """Find names of one item that are the wording of another: exports would be misread."""
    entries = dict(items(document))
    for path, entry in entries.items():
        for text in entry["text"].values():
            owner = owners.get(normal(text), ())
            if owner in entries and owner != path:
                message = f"`{text}` is the wording of `{entry['id']}`; change either."
                yield (*owner, *_name_at(entries[owner], text)), message


def _name_at(entry: Entry, name: str) -> Path:
    """Where an item bears a name: as its id or as an alias."""
    for position, alias in enumerate(entry.get("aliases", ())):
        if normal(alias) == normal(name):
            return ("aliases", position)
    return ("id",)
