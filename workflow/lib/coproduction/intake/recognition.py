"""Which column of an export holds which item, for platforms that build headers out of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.choices import spellings
from coproduction.intake.columns import MOST_NAMED, claimed, normal

# What stands between groups, items and answers; projects may choose another than `/`.
SEPARATORS = ("/", ".", "-", ":", "|")
# No form nests groups deeper; a header with more marks is a text.
DEEPEST = 20
# What XLSForm writes behind the name of a choice for the text beside its answer *other*.
OTHER = "_other"


class Reading(NamedTuple):
    """One way to read a header.

    Attributes
    ----------
    name
        Name of the item.
    answer
        Name of the answer; empty where the column holds the whole item.
    prefix
        What stands before the name: the groups that the item is in.
    """

    name: str
    answer: str = ""
    prefix: str = ""


Readings = Callable[[str], Iterable[Reading]]


class Column(NamedTuple):
    """A column that holds an item, or the ticks of one of its answers (`wire`)."""

    header: str
    item: Item
    wire: str
    reading: Reading


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
    source: str = "The export",
) -> Recognised:
    """Find the item, and for split multiple choices the answer, that each header names.

    Parameters
    ----------
    headers
        Headers of the export.
    instrument
        The questionnaire.
    readings
        Ways to read a header on this platform, likeliest first.
    own
        Headers that the platform adds; one that is exactly the id or an alias of an item is that
        item's.
    source
        Name of the file, for messages.

    Raises
    ------
    StudyError
        If several columns can be read as one item and are not its id and its aliases.
    """
    known = named(instrument)
    answers = {item.id: spellings(item, instrument) for item in instrument.questions}
    items = claimed(instrument)
    columns = [
        column
        for header in headers
        if header not in own or header in items
        if (column := _read(header, known, answers, readings)) is not None
    ]
    return joined(columns, instrument, source)


def joined(columns: Sequence[Column], instrument: Instrument, source: str) -> Recognised:
    """Join the columns of each item, where its id and its aliases name them in one group.

    Two columns of one name, two columns in different groups and a column known by its wording are
    never joined with another one: one of them is another question.

    Raises
    ------
    StudyError
        If columns of one item cannot be joined; names all of them.
    """
    names: dict[str, str] = {}
    split: dict[str, dict[str, list[str]]] = {}
    by_item: dict[str, list[Column]] = {}
    for column in columns:
        by_item.setdefault(column.item.id, []).append(column)
        if column.wire:
            split.setdefault(column.item.id, {}).setdefault(column.wire, []).append(column.header)
        else:
            names[column.header] = column.item.id
    clashes = {item: found for item, all_ in by_item.items() if (found := _clashing(all_))}
    if clashes:
        raise StudyError(_clash(clashes, source))
    return Recognised(names, split)


def _clashing(columns: Sequence[Column]) -> list[Column]:
    """Columns of one item that cannot be joined."""
    if len({column.reading.prefix for column in columns}) > 1:
        return list(columns)
    answers: dict[str, list[Column]] = {}
    for column in columns:
        answers.setdefault(column.wire, []).append(column)
    own = {normal(name) for name in (columns[0].item.id, *columns[0].item.aliases)}
    found = []
    for alike in answers.values():
        named_so = {normal(column.reading.name) for column in alike}
        if len(alike) > 1 and not (named_so <= own and len(named_so) == len(alike)):
            found += alike
    return found


def _clash(clashes: Mapping[str, Sequence[Column]], source: str) -> str:
    shown = []
    for item, columns in list(clashes.items())[:MOST_NAMED]:
        headers = [f"`{column.header[:60]}`" for column in columns[:MOST_NAMED]]
        shown.append(f"`{item}` as {', '.join(headers)}")
    more = f"; and {len(clashes) - MOST_NAMED} more" if len(clashes) > MOST_NAMED else ""
    return (
        f"{source}: several columns can be read as one item or answer: {'; '.join(shown)}{more}. "
        "Only columns that its id and its `aliases` name in one group are joined: write whole "
        "headers under the `aliases` of the items that they hold, and name the others under "
        "`ignore_columns` in study.yaml."
    )


def _read(
    header: str,
    known: Mapping[str, Item],
    answers: Mapping[str, Mapping[str, str]],
    readings: Readings,
) -> Column | None:
    for reading in readings(header):
        item = known.get(normal(reading.name))
        if item is None:
            continue
        if not reading.answer:
            return Column(header, item, "", reading)
        if item.type == "select_multiple":
            answer = reading.answer
            minus = "-" + answer[1:] if answer.startswith("_") else answer
            for spelling in (answer, minus):
                if wire := answers[item.id].get(normal(spelling)):
                    return Column(header, item, wire, reading)
    return None


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


def without_groups(header: str, mark: str) -> Iterator[tuple[str, str]]:
    """Name the header with all, then fewer and fewer, of its groups; the prefix goes first."""
    parts = header.split(mark)
    if len(parts) > DEEPEST:
        yield "", header
        return
    for start in range(len(parts)):
        name = mark.join(parts[start:])
        yield header[: len(header) - len(name)], name


def group_readings(header: str) -> Iterator[Reading]:
    """Read `item`, `item/answer`, `group/item`, `group/item/answer`, with `/` or another mark."""
    for separator in SEPARATORS:
        for prefix, name in without_groups(header, separator):
            yield Reading(name, prefix=prefix)
            for cut in re.finditer(re.escape(separator), name):
                yield Reading(name[: cut.start()], name[cut.end() :], prefix)


def specified_beside(
    headers: Iterable[str], instrument: Instrument, readings: Readings
) -> dict[str, str]:
    """Texts that forms ask beside the answer *other*, as `item_other`: id of the item by header."""
    known, items = named(instrument), claimed(instrument)
    answers = {item.id: spellings(item, instrument) for item in instrument.questions}
    found = {}
    for header in headers:
        if not header.endswith(OTHER) or header in items:
            continue
        column = _read(header.removesuffix(OTHER), known, answers, readings)
        if column is None or column.wire or column.item.response_set is None:
            continue
        if _read(header, known, answers, readings) is None:
            found[header] = column.item.id
    return found
