"""What a report is made of, whatever the format: sections of paragraphs, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import ascii_uppercase

from coproduction.dictionary import dictionary
from coproduction.report.fonts import listed

RESOLUTION = 200
"""Dots per inch of pictures that are no SVG."""


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
    groups
        Rows that a heading stands above: place of the row and the heading.
    further
        Whether it belongs in an appendix.
    number
        Its number in the report, such as `2` or `B1`; given by `arrange`.
    """

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    file: str = ""
    groups: Sequence[tuple[int, str]] = ()
    further: bool = False
    number: str = ""
    kind: str = "table"

    @property
    def bodies(self) -> list[tuple[str, list[Sequence[str]]]]:
        """Rows group by group, each with its heading; one group without heading if none."""
        if not self.groups:
            return [("", list(self.rows))]
        starts = [start for start, _ in self.groups]
        ends = [*starts[1:], len(self.rows)]
        return [
            (heading, list(self.rows[start:end]))
            for (start, heading), end in zip(self.groups, ends, strict=True)
        ]


class Drawing:
    """A picture, drawn when it is first asked for.

    Parameters
    ----------
    draw
        Gives it as SVG text, with the characters that no font has.
    """

    def __init__(self, draw: Callable[[], tuple[str, str]]) -> None:
        self._draw = draw

    @cached_property
    def _drawn(self) -> tuple[str, str]:
        return self._draw()

    @property
    def svg(self) -> str:
        """The picture as SVG text."""
        return self._drawn[0]

    @property
    def boxes(self) -> str:
        """Characters that no font has, each drawn as a box."""
        return self._drawn[1]

    @cached_property
    def png(self) -> bytes:
        """The picture on white, for programs that cannot show SVG."""
        import typst

        page = "#set page(width: 7.2in, height: auto, margin: 0pt, fill: white)\n"
        page += '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
        return typst.compile(
            page.encode(), format="png", ppi=RESOLUTION, sys_inputs={"svg": self.svg}
        )

    @property
    def tallness(self) -> float:
        """Height over width."""
        box = self.svg.partition('viewBox="')[2].partition('"')[0]
        _, _, width, height = box.split()
        return float(height) / float(width)


@dataclass(frozen=True)
class Figure:
    """A figure: a short file name, caption, picture, and its content in words.

    `file`, `further` and `number` mean the same as of a table; a wide figure keeps its size on
    narrow screens, where it can be scrolled.
    """

    id: str
    caption: str
    drawing: Drawing
    description: str
    notes: Sequence[str] = ()
    file: str = ""
    further: bool = False
    number: str = ""
    wide: bool = False
    kind: str = "figure"


@dataclass(frozen=True)
class Paragraphs:
    """Sentences, one paragraph each, or a list of points."""

    sentences: Sequence[str]
    points: bool = False
    further: bool = False
    kind: str = "paragraphs"


@dataclass(frozen=True)
class Judgement:
    """One hypothesis with its verdict."""

    label: str
    statement: str
    code: str
    verdict: str
    sentences: Sequence[str]
    further: bool = False
    kind: str = "judgement"


@dataclass(frozen=True)
class Answered:
    """One answer to a question, or one kind of missing answer, as it is shown.

    Attributes
    ----------
    name, n, of_answered, of_asked
        What was answered, how often, and the shares of those who answered and who were asked.
    length
        Length of its bar in percent.
    missing
        Whether it is a kind of missing answer.
    """

    name: str
    n: str
    of_answered: str
    of_asked: str
    length: float
    missing: bool


@dataclass(frozen=True)
class Question:
    """A question with its answers.

    Attributes
    ----------
    id, group, text
        Item, name of what it is listed under, wording.
    answers
        In the order of the questionnaire, then the kinds of missing answers.
    statistics
        Names and values.
    remarks
        Sentences about it.
    """

    id: str
    group: str
    text: str
    answers: Sequence[Answered]
    statistics: Sequence[tuple[str, str]]
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Explorer:
    """Questions of which a reader on a screen chooses one to look at; there is none on paper.

    Attributes
    ----------
    caption
        What it shows.
    questions
        In order.
    text
        Its words: `choose`, `caption`, `answer`, `n`, `answered`, `asked`, `pointer`.
    notes, file, further
        As of a table.
    """

    caption: str
    questions: Sequence[Question]
    text: Mapping[str, str]
    notes: Sequence[str] = ()
    file: str = ""
    further: bool = False
    kind: str = "explorer"


Block = Table | Figure | Paragraphs | Judgement | Explorer


@dataclass(frozen=True)
class Section:
    """A section of the report, or an appendix to it; one without blocks is not shown."""

    id: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    appendix: bool = False


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
        Words that formats need: `contents`, `skip`, `table`, `figure`, `note`, `source_file`,
        `boxes`.
    seed
        Seed of every random step, named under tables and figures.
    """

    language: str
    title: str
    stamp: str
    warning: str
    sections: Sequence[Section]
    text: dict[str, str]
    seed: str = ""

    def note(self, block: Table | Figure | Explorer) -> str:
        """Words under a table, figure or explorer: notes, result file and the step behind it."""
        notes = [*block.notes]
        if isinstance(block, Figure) and block.drawing.boxes:
            notes.append(self.boxes(block.drawing.boxes))
        parts = [self.text["note"], *notes] if notes else []
        if block.file:
            step = dictionary().step_of(block.file)
            named = self.text["source_file"].format(file=block.file, step=step, seed=self.seed)
            parts.append(named)
        return self.text["between"].join(parts)

    def boxes(self, characters: str) -> str:
        """Sentence on characters that no font has."""
        return self.text["boxes"].format(n=len(characters), characters=listed(characters))

    def name(self, block: Table | Figure) -> str:
        """Word and number of a table or figure, such as `Table 2`; nothing without a number."""
        return f"{self.text[block.kind]} {block.number}" if block.number else ""

    def printed(self) -> list[Section]:
        """Sections without what lives on a screen only."""
        sections = [
            replace(section, blocks=[b for b in section.blocks if not isinstance(b, Explorer)])
            for section in self.sections
        ]
        return [section for section in sections if section.blocks]

    @property
    def explores(self) -> bool:
        """Whether there is an explorer."""
        return any(isinstance(b, Explorer) for section in self.sections for b in section.blocks)

    @property
    def figures(self) -> list[Figure]:
        """Every figure, in order."""
        return [b for section in self.sections for b in section.blocks if isinstance(b, Figure)]


def arrange(sections: Sequence[Section], appendix_title: str) -> list[Section]:
    """Move what is further reading into appendices, and number tables and figures.

    Parameters
    ----------
    sections
        In order; those that are appendices come last.
    appendix_title
        Pattern of an appendix's title, with `{letter}` and `{title}`.

    Returns
    -------
    list of Section
        Sections that have blocks. Numbers run through the text; in appendices they begin anew
        behind the appendix's letter.
    """
    main = [_part(section, further=False) for section in sections if not section.appendix]
    after = [_part(section, further=True) for section in sections if not section.appendix]
    after += [section for section in sections if section.appendix]
    text = [section for section in main if section.blocks]
    numbers = {"table": 0, "figure": 0}
    arranged = [replace(each, blocks=_numbered(each.blocks, numbers, "")) for each in text]
    appendices = [section for section in after if section.blocks]
    for letter, section in zip(ascii_uppercase, appendices, strict=False):
        blocks = _numbered(section.blocks, {"table": 0, "figure": 0}, letter)
        title = appendix_title.format(letter=letter, title=section.title)
        arranged.append(replace(section, title=title, blocks=blocks))
    return arranged


def _part(section: Section, further: bool) -> Section:
    blocks = [block for block in section.blocks if block.further == further]
    identifier = f"{section.id}-further" if further else section.id
    return replace(section, id=identifier, blocks=blocks, appendix=further)


def _numbered(blocks: Sequence[Block], numbers: dict[str, int], letter: str) -> list[Block]:
    numbered: list[Block] = []
    for block in blocks:
        if isinstance(block, Table | Figure):
            numbers[block.kind] += 1
            block = replace(block, number=f"{letter}{numbers[block.kind]}")
        numbered.append(block)
    return numbered
