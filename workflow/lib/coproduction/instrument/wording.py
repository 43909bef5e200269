"""The words of a questionnaire: their translations and the arms a scenario names."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from coproduction.yamlfiles.document import Path

Text = Mapping[str, str]


def wordings(data: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    """Every wording in the definition, with its place."""
    yield from _of(data["instrument"], ("instrument",), "title")
    for kind, code in data["missing_codes"].items():
        yield from _of(code, ("missing_codes", kind), "label")
    for name, entry in data.get("response_sets", {}).items():
        for position, option in enumerate(entry["options"]):
            path = ("response_sets", name, "options", position)
            yield from _of(option, path, "label", "wording")
    for name, construct in data.get("constructs", {}).items():
        yield from _of(construct, ("constructs", name), "label", "definition")
        facets = construct.get("facets", {})
        yield from _of(facets, ("constructs", name, "facets"), *facets)
    for s, section in enumerate(data["sections"]):
        yield from _of(section, ("sections", s), "label")
        for i, item in enumerate(section["items"]):
            yield from _of(item, ("sections", s, "items", i), "text", "label", "hint", "scenario")


def _of(entry: Mapping[str, Any], path: Path, *keys: str) -> Iterator[tuple[Path, Text]]:
    for key in keys:
        if key in entry:
            yield (*path, key), entry[key]


def normal(text: str) -> str:
    """Text reduced to what two spellings of one label share: width, case, quotes, spaces."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[“”„«»「」『』\"'‘’]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def sharing(texts: Mapping[str, Text]) -> dict[str, tuple[str, ...]]:
    """Names of the items that bear a wording, for each wording that several bear."""
    names: dict[str, dict[str, None]] = {}
    for name, text in texts.items():
        for words in text.values():
            names.setdefault(normal(words), {})[name] = None
    return {words: tuple(found) for words, found in names.items() if len(found) > 1}


def scenario_arms(text: str) -> tuple[str, ...]:
    """Names of the randomised arms that a scenario holds in braces, in order.

    Raises
    ------
    ValueError
        If a brace is not closed or holds more than a name.
    """
    names = []
    for _, name, format_, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if format_ or conversion or not name.isidentifier():
            raise ValueError(f"`{{{name}}}` is not the id of an item")
        names.append(name)
    return tuple(names)
