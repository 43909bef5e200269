"""The report as PDF, laid out by Typst."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, Any

from coproduction.errors import StudyError
from coproduction.languages import primary, region
from coproduction.report.blocks import Block, Document, Figure, Table
from coproduction.report.fonts import BOXES, FAMILY, FILES, WIDER, drawable, font_file
from coproduction.report.numbers import display_width, longest_word

if TYPE_CHECKING:
    from typst import Fonts

LONG_CELL = 16
"""A column of text whose longest cell is wider than this shares the spare width."""
WIDEST = 48
"""Usual length of cells beyond which a column gets no more of the spare width."""
NARROWEST = 8
"""Headings of numeric columns are not broken into lines shorter than this."""
EM = 0.52
"""Width of a half-width character in ems."""
TALLEST, TALLEST_FIRST = 1.22, 0.62
"""Heights in widths of the text: of the tallest figure that fits a page with its caption and note,
and of one that leaves room for the rest of the summary."""

FAMILIES = ["Libertinus Serif", FAMILY, WIDER]
"""Fonts of the text, the first that has a character draws it; the first comes with Typst."""
MEASURED = """
#let given(name) = json(bytes(sys.inputs.at(name)))
#let size(font, character) = measure(text(font: font, fallback: font.len() > 1, character))
#context [#metadata(given("characters").filter(character =>
  size(given("fonts"), character) == size(given("boxes"), character)
)) <boxes>]
"""


def pdf(document: Document) -> bytes:
    """Render a report as PDF; the same report gives the same bytes.

    Every text reaches the layout as data, so no character in it is a command. A font that cannot
    be found is an error, because the letters would be missing without one; a character that no
    font has is a box, and a note says so.
    """
    import typst

    sections = document.printed()
    alone = len(sections) == 1
    content = {
        "lang": primary(document.language),
        "region": region(document.language),
        "title": document.title,
        "stamp": document.stamp,
        "warning": document.warning,
        "text": document.text,
        "sections": [
            {
                "title": section.title,
                "blocks": [
                    _block(block, document, TALLEST if place or alone else TALLEST_FIRST)
                    for block in section.blocks
                ],
            }
            for place, section in enumerate(sections)
        ],
    }
    lacking = _boxes(json.dumps(content, ensure_ascii=False))
    content["boxes"] = document.boxes(lacking) if lacking else ""
    source = resources.files("coproduction.report") / "templates" / "report.typ"
    compiled, warnings = typst.compile_with_warnings(
        source.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={
            "report": json.dumps(content, ensure_ascii=False),
            "fonts": json.dumps(FAMILIES),
        },
    )
    missing = [warning.message for warning in warnings if "font" in warning.message]
    if missing:
        raise StudyError(f"The PDF lacks a font ({missing[0]}): set up the environment again.")
    return compiled


def _fonts() -> Fonts:
    """Fonts of the project and of Typst, none of the machine."""
    from typst import Fonts

    folders = sorted({str(font_file(family).parent) for family in FILES})
    return Fonts(include_system_fonts=False, font_paths=folders)


def _boxes(text: str) -> str:
    """Name the characters that no font of the PDF has: they are as large as the box for them."""
    import typst

    rare = sorted(each for each in set(text) - drawable() if _is_drawn(each))
    if not rare:
        return ""
    found = typst.query(
        MEASURED.encode(),
        "<boxes>",
        field="value",
        one=True,
        font_paths=_fonts(),
        sys_inputs={
            "characters": json.dumps(rare),
            "fonts": json.dumps(FAMILIES),
            "boxes": json.dumps([BOXES]),
        },
    )
    return "".join(json.loads(found))


def _is_drawn(character: str) -> bool:
    joins = unicodedata.category(character)[0] in "CZ" or "\ufe00" <= character <= "\ufe0f"
    return not joins


def _block(block: Block, document: Document, tallest: float) -> dict[str, Any]:
    if isinstance(block, Figure):
        return {
            **{key: getattr(block, key) for key in ("kind", "caption", "description")},
            **{
                "floats": tallest == TALLEST,
                "name": document.name(block),
                "note": document.note(block),
            },
            **{
                "svg": block.drawing.svg,
                "width": round(100 * min(1, tallest / block.drawing.tallness), 1),
            },
        }
    fields = dataclasses.asdict(block)
    if isinstance(block, Table):
        fields |= {"name": document.name(block), "note": document.note(block)}
        fields |= {"widths": _widths(block), "bodies": block.bodies}
    return fields


def _widths(table: Table) -> list[str]:
    """Width of each column: its content's, or a share of the spare width where texts are long.

    The share follows the usual length of the cells, and is no less than that of the longest word
    with the space beside it.
    A heading of a numeric column that is longer than the numbers goes on in a further line.
    """
    headings = [display_width(heading) for heading, _ in table.columns]
    lengths = [
        [display_width(row[place]) for row in table.rows] or [0]
        for place in range(len(table.columns))
    ]
    longest = [max(cells) for cells in lengths]
    usual = [sum(cells) / len(cells) for cells in lengths]
    widths = []
    for place, ((_, numeric), heading, length) in enumerate(
        zip(table.columns, headings, longest, strict=True)
    ):
        if numeric:
            words = [display_width(word) for word in table.columns[place][0].split(" ")]
            narrow = max(length, NARROWEST, *(size for size in words if size <= LONG_CELL))
            widths.append("auto" if heading <= narrow else f"{narrow * EM + 0.8:.2f}em")
        elif place == 0 or length > LONG_CELL:
            word = 3 + longest_word([table.columns[place][0], *(row[place] for row in table.rows)])
            widths.append(f"{min(max(usual[place], word, 1), WIDEST):.2f}fr")
        else:
            widths.append("auto")
    return widths if len(widths) > 1 else ["auto"]
