"""What a page is made of: tables, figures and paragraphs, ready for the template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table as it is shown: every cell is text already.

    Attributes
    ----------
    caption
        What it shows.
    columns
        Headings, with whether the column is numeric.
    rows
        Cells; the first of each row heads it.
    notes
        Sentences under the table.
    file
        Result file it was made from.
    """

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    file: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Figure:
    """A figure: its caption, its SVG and the same content in words for those who cannot see it."""

    caption: str
    svg: str
    description: str
    notes: Sequence[str] = ()
    file: str = ""
    kind: str = "figure"


@dataclass(frozen=True)
class Paragraphs:
    """Sentences, one paragraph each, or a list of points."""

    sentences: Sequence[str]
    points: bool = False
    kind: str = "paragraphs"


@dataclass(frozen=True)
class Judgement:
    """One hypothesis with its verdict."""

    label: str
    statement: str
    code: str
    verdict: str
    sentences: Sequence[str]
    kind: str = "judgement"


@dataclass(frozen=True)
class Section:
    """A section of the page; one without blocks is not shown."""

    id: str
    title: str
    blocks: Sequence[Any] = field(default_factory=tuple)


Column = tuple[str, Callable[[Mapping[str, Any]], str], bool]


def table(
    caption: str,
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    notes: Sequence[str] = (),
    file: str = "",
) -> Table:
    """Make a table from records and each column's heading, text and whether it is numeric."""
    rows = [[text(record) for _, text, _ in columns] for record in records]
    headings = [(heading, numeric) for heading, _, numeric in columns]
    return Table(caption, headings, rows, notes, file)
