"""What a report is made of, whatever the format: sections of paragraphs, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


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
class Drawing:
    """A picture as SVG text, and as PNG for programs that cannot show SVG."""

    svg: str
    png: bytes


@dataclass(frozen=True)
class Figure:
    """A figure: a short file name, caption, picture, and its content in words."""

    id: str
    caption: str
    drawing: Drawing
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


Block = Table | Figure | Paragraphs | Judgement


@dataclass(frozen=True)
class Section:
    """A section of the report; one without blocks is not shown."""

    id: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


@dataclass(frozen=True)
class Document:
    """A report in one language, ready for any format.

    Attributes
    ----------
    language
        BCP 47 tag.
    title
        Title of the study.
    stamp, warning
        Words on every page, table and figure while the data are synthetic, and the same in a
        sentence; empty for real data.
    sections
        In order.
    text
        Words that formats need: `contents`, `skip`, `table`, `figure`, `note`, `source_file`.
    """

    language: str
    title: str
    stamp: str
    warning: str
    sections: Sequence[Section]
    text: dict[str, str]

    def note(self, block: Table | Figure) -> str:
        """Words under a table or figure: its notes, its result file and the step behind it."""
        parts = [self.text["note"], *block.notes] if block.notes else []
        if block.file:
            step = block.file.partition("/")[0]
            parts.append(self.text["source_file"].format(file=block.file, step=step))
        return " ".join(parts)

    @property
    def figures(self) -> list[Figure]:
        """Every figure, in order."""
        return [b for section in self.sections for b in section.blocks if b.kind == "figure"]
