"""The report as a Word document whose tables can be edited."""

from __future__ import annotations

import io
from typing import Any

from coproduction.archive import without_times
from coproduction.report.blocks import Block, Document, Figure, Judgement, Paragraphs, Table
from coproduction.report.numbers import display_width

LATIN, EAST_ASIAN = "Times New Roman", {"zh": "SimSun"}
ACCENT, QUIET = "8A2B1D", "5A5A5A"
WIDTH = 16.4
"""Width of the text in centimetres."""
TALLEST = 1.3
"""Height of the tallest figure that fits a page, in widths of the text."""
MARGIN = 0.1
"""Space left and right of a cell's text in centimetres."""
CENTIMETRES_PER_POINT = 2.54 / 72
THICK, THIN = "12", "6"
"""Width of a rule in eighths of a point."""


def docx(document: Document) -> bytes:
    """Render a report as a Word document; the same report gives the same bytes.

    Tables are Word tables with three rules, figures are pictures with their description as
    alternative text, and the stamp of synthetic data stands in the header of every page. Every
    text is written as text: nothing in it becomes a field or markup.
    """
    import docx as library

    word = library.Document()
    _styles(word, document.language)
    word.core_properties.title = document.title
    word.core_properties.author = ""
    word.core_properties.comments = document.warning
    word.core_properties.language = document.language
    word.add_heading(_clean(document.title), 0)
    if document.stamp:
        _coloured(word.sections[0].header.paragraphs[0], document.stamp, ACCENT)
        _coloured(word.add_paragraph(), document.warning, ACCENT)
    for section in document.sections:
        word.add_heading(_clean(section.title), 1)
        for block in section.blocks:
            _add(word, block, document)
    buffer = io.BytesIO()
    word.save(buffer)
    return without_times(buffer.getvalue())


def _add(word: Any, block: Block, document: Document) -> None:
    if isinstance(block, Paragraphs):
        for sentence in block.sentences:
            word.add_paragraph(_clean(sentence), "List Bullet" if block.points else None)
    elif isinstance(block, Judgement):
        _judgement(word, block, document)
    else:
        caption = word.add_paragraph(style="Caption")
        caption.paragraph_format.keep_with_next = True
        caption.add_run(f"{document.name(block)} ").bold = True
        caption.add_run(_clean(block.caption))
        _coloured(caption, f" {document.stamp}", ACCENT)
        _table(word, block) if isinstance(block, Table) else _figure(word, block)
        _notes(word, block, document)


def _judgement(word: Any, block: Judgement, document: Document) -> None:
    word.add_heading(_clean(f"{block.label} · {block.statement}"), 2)
    paragraph = word.add_paragraph()
    paragraph.add_run(_clean(block.verdict)).bold = True
    _coloured(paragraph, f" {document.stamp}", ACCENT)
    word.add_paragraph(_clean(document.text["between"].join(block.sentences)))


def _table(word: Any, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    lines = [[heading for heading, _ in block.columns]]
    for heading, rows in block.bodies:
        lines += [[heading], *rows] if heading else rows
    table = word.add_table(len(lines), len(block.columns))
    table.autofit = False
    _margins(table)
    points = 7 if len(block.columns) > 7 else 8.5
    widths = _widths(block, points)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, texts in zip(table.rows, lines, strict=True):
        cells = row.cells
        if len(texts) < len(cells):
            cells[0].merge(cells[-1]).paragraphs[0].add_run(_clean(texts[0])).italic = True
            continue
        parts = zip(cells, texts, block.columns, widths, strict=True)
        for cell, text, (_, numeric), width in parts:
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.add_run(_clean(text)).font.size = Pt(points)
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            if numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _rule(table.rows[0], top=THICK, bottom=THIN)
    _rule(table.rows[-1], bottom=THICK, **({} if block.rows else {"top": THICK}))
    _repeat(table.rows[0])


def _widths(block: Table, points: float) -> list[int]:
    """Give numeric columns the width they need; the others share the rest by their longest cell."""
    from docx.shared import Cm

    rows = [[heading for heading, _ in block.columns], *block.rows]
    longest = [max(display_width(row[i]) for row in rows) for i in range(len(block.columns))]
    needed = [
        (longest[i] + 1) * points * CENTIMETRES_PER_POINT * 0.64 + 2 * MARGIN if numeric else 0.0
        for i, (_, numeric) in enumerate(block.columns)
    ]
    texts = [
        0 if need else min(length, 40) + 4 for need, length in zip(needed, longest, strict=True)
    ]
    spare = max(WIDTH - sum(needed), WIDTH / 4)
    share = [need or spare * text / sum(texts) for need, text in zip(needed, texts, strict=True)]
    return [Cm(round(width * WIDTH / sum(share), 2)) for width in share]


def _figure(word: Any, block: Figure) -> None:
    from docx.shared import Cm

    width = WIDTH * min(1, TALLEST / block.drawing.tallness)
    picture = word.add_picture(io.BytesIO(block.drawing.png), width=Cm(width))
    picture._inline.docPr.set("descr", _clean(block.description))


def _notes(word: Any, block: Table | Figure, document: Document) -> None:
    from docx.shared import Pt

    paragraph = word.add_paragraph()
    _coloured(paragraph, document.note(block), QUIET)
    paragraph.runs[0].font.size = Pt(8)


def _coloured(paragraph: Any, text: str, colour: str) -> None:
    from docx.shared import RGBColor

    paragraph.add_run(_clean(text)).font.color.rgb = RGBColor.from_string(colour)


def _clean(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _rule(row: Any, **sides: str) -> None:
    """Draw rules above or below a row."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = _element("w:tcBorders")
        for side, size in sides.items():
            borders.append(_element(f"w:{side}", val="single", sz=size, space="0", color="000000"))
        properties.append(borders)


def _margins(table: Any) -> None:
    """Set the space beside every cell's text."""
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w=str(round(MARGIN / 2.54 * 1440)), type="dxa"))
    table._tbl.tblPr.append(margins)


def _repeat(row: Any) -> None:
    """Repeat a heading row on every page that the table reaches."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))


def _styles(word: Any, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    east_asian = EAST_ASIAN.get(language.split("-")[0], LATIN)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption", "List Bullet"):
        style = word.styles[name]
        style.font.name = LATIN
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if "Theme" in attribute:
                del fonts.attrib[attribute]
        fonts.set(qn("w:eastAsia"), east_asian)
    word.styles["Normal"].font.size = Pt(10.5)
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.3)
