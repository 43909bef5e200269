"""Which column of an export holds which item, for platforms that build headers out of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.choices import spellings
from coproduction.intake.columns import normal

# What stands between groups, items and answers; projects may choose another than `/`.
SEPARATORS = ("/", ".", "-", ":", "|")
# No form nests groups deeper; a header with more marks is a text.
DEEPEST = 20

Readings = Callable[[str], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Recognised:
    """Columns that hold answers.

    Attributes
    ----------
    names
        Item id by header, for columns that hold a whole answer.
    split
        For multiple choices in one column per answer: headers by wire, by item id.
    """

    names: Mapping[str, str]
    split: Mapping[str, Mapping[str, Sequence[str]]]

    def __contains__(self, header: str) -> bool:
        """Whether a column holds answers."""
        return header in self.names or header in self._ticks

    @cached_property
    def _ticks(self) -> frozenset[str]:
        return frozenset(
            header
            for answers in self.split.values()
            for headers in answers.values()
            for header in headers
        )


def recognise(
    headers: Iterable[str],
    instrument: Instrument,
    readings: Readings,
    own: Container[str] = (),
) -> Recognised:
    """Find the item, and for split multiple choices the answer, that each header names.

    Parameters
    ----------
    headers
        Headers of the export.
    instrument
        The questionnaire.
    readings
        Ways to read a header on this platform, likeliest first: pairs of the item's name and the
        answer's (empty where the column holds the whole item).
    own
        Headers that the platform adds; one that is exactly the id of an item is that item's.
    """
    known = named(instrument)
    answers = {item.id: spellings(item, instrument) for item in instrument.questions}
    names: dict[str, str] = {}
    split: dict[str, dict[str, list[str]]] = {}
    for header in headers:
        if header in own and header not in instrument.by_id:
            continue
        item, wire = _read(header, known, answers, readings)
        if item is None:
            continue
        if not wire:
            names[header] = item.id
        else:
            split.setdefault(item.id, {}).setdefault(wire, []).append(header)
    return Recognised(names, split)


def _read(
    header: str,
    known: Mapping[str, Item],
    answers: Mapping[str, Mapping[str, str]],
    readings: Readings,
) -> tuple[Item | None, str]:
    for stem, answer in readings(header):
        item = known.get(normal(stem))
        if item is None:
            continue
        if not answer:
            return item, ""
        if item.type == "select_multiple":
            minus = "-" + answer[1:] if answer.startswith("_") else answer
            for spelling in (answer, minus):
                if wire := answers[item.id].get(normal(spelling)):
                    return item, wire
    return None, ""


def named(instrument: Instrument) -> dict[str, Item]:
    """Items by every normalised id, alias, and wording that only one item bears."""
    names: dict[str, Item] = {}
    wordings: dict[str, list[Item]] = {}
    for item in instrument.questions:
        for name in (item.id, *item.aliases):
            names[normal(name)] = item
        for wording in {normal(wording) for wording in item.text.values()}:
            wordings.setdefault(wording, []).append(item)
    for wording, items in wordings.items():
        if len(items) == 1:
            names.setdefault(wording, items[0])
    return names


def without_groups(header: str, mark: str) -> list[str]:
    """Name the header with all, then fewer and fewer, of its group prefixes."""
    parts = header.split(mark)
    if len(parts) > DEEPEST:
        return [header]
    return [mark.join(parts[start:]) for start in range(len(parts))]


def group_readings(header: str) -> Iterator[tuple[str, str]]:
    """Read `group/item`, `item`, `group/item/answer`, `item/answer`, with `/` or another mark."""
    for separator in SEPARATORS:
        names = without_groups(header, separator)
        for name in names:
            yield name, ""
        for name in names:
            for cut in re.finditer(re.escape(separator), name):
                yield name[: cut.start()], name[cut.end() :]
