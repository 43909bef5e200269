"""Which column of an export holds which item."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item, Option


@dataclass(frozen=True)
class Matched:
    """Columns of an export, matched to the questionnaire.

    Attributes
    ----------
    items
        Header of the column that holds each item, by item id.
    options
        For multiple choices split into one column per option: header by option value, by item id.
    """

    items: Mapping[str, str]
    options: Mapping[str, Mapping[int, str]]


def normal(text: str) -> str:
    """Text reduced to what two spellings of one label share: width, case, quotes, spaces."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[“”„«»「」『』\"'‘’]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def match(
    headers: Sequence[str],
    instrument: Instrument,
    source: str,
    *,
    platform_columns: Iterable[str] = (),
    ignore: Iterable[str] = (),
    absent: Iterable[str] = (),
) -> Matched:
    """Match headers to items by id, alias or wording, with or without group prefixes.

    Parameters
    ----------
    headers
        Headers of the export.
    instrument
        The questionnaire.
    source
        Name of the file, for messages.
    platform_columns
        Headers that the platform adds itself.
    ignore
        Further headers that are no items.
    absent
        Items that this export does not hold.

    Raises
    ------
    StudyError
        If a header is no item, an item has no column or two columns claim one item.
    """
    names = _names(instrument)
    known = {normal(name) for name in (*platform_columns, *ignore)}
    items: dict[str, str] = {}
    options: dict[str, dict[int, str]] = {}
    for header in headers:
        if normal(header) in known:
            continue
        item, option = _resolve(header, names)
        if item is None:
            raise StudyError(_unknown(header, instrument, source))
        place = items if option is None else options.setdefault(item.id, {})
        key = item.id if option is None else option.value
        if key in place:
            raise StudyError(
                f"{source}: the columns `{place[key]}` and `{header}` both hold `{item.id}`; "
                "remove one or name it under `ignore_columns` in study.yaml."
            )
        place[key] = header
    _check_complete(instrument, {*items, *options}, set(absent), source)
    return Matched(items, options)


def _names(instrument: Instrument) -> dict[str, Item]:
    """Every spelling under which an item may stand in a header; ambiguous wordings are left out."""
    names: dict[str, Item] = {}
    wordings: dict[str, Item | None] = {}
    for item in instrument.questions:
        for name in (item.id, *item.aliases):
            names[normal(name)] = item
        for wording in item.text.values():
            key = normal(wording)
            wordings[key] = None if key in wordings else item
    for key, item in wordings.items():
        if item is not None:
            names.setdefault(key, item)
    return names


def _resolve(header: str, names: Mapping[str, Item]) -> tuple[Item | None, Option | None]:
    """Find the item (and option) of a header, stripping group prefixes from the left."""
    parts = re.split(r"(/)", header)
    candidates = ["".join(parts[start:]) for start in range(0, len(parts), 2)]
    for candidate in candidates:
        if item := names.get(normal(candidate)):
            return item, None
    for candidate in candidates:
        for cut in (match.start() for match in re.finditer("/", candidate)):
            item = names.get(normal(candidate[:cut]))
            if item is not None and item.type == "select_multiple":
                option = find_option(candidate[cut + 1 :], item)
                if option is not None:
                    return item, option
    for match_ in re.finditer("[-.]", header):
        if item := names.get(normal(header[match_.end() :])):
            return item, None
    return None, None


def find_option(text: str, item: Item) -> Option | None:
    """Option of a choice by wire code, value or label in any language."""
    key = normal(text)
    for option in item.response_set.options if item.response_set else ():
        spellings = (option.wire, str(option.value), *option.label.values())
        if key in {normal(spelling) for spelling in spellings}:
            return option
    return None


def _unknown(header: str, instrument: Instrument, source: str) -> str:
    last = header.rsplit("/", 1)[-1]
    close = difflib.get_close_matches(last, list(instrument.by_id), n=1)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    return (
        f"{source}: the column `{header}` is not in {instrument.source}{hint} Add it to the "
        "questionnaire (or to the `aliases` of an item), or name it under `ignore_columns` in "
        "study.yaml."
    )


def _check_complete(instrument: Instrument, found: set[str], absent: set[str], source: str) -> None:
    missing = [item.id for item in instrument.questions if item.id not in found | absent]
    if missing:
        more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
        raise StudyError(
            f"{source} has no column for {', '.join(missing[:8])}{more}; export all questions, or "
            "list items that were not fielded under `absent_items` in study.yaml."
        )
