"""The report as a Word document whose tables can be edited."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Any

from coproduction.archive import without_times
from coproduction.languages import words
from coproduction.report.blocks import Block, Document, Figure, Judgement, Paragraphs, Table
from coproduction.report.numbers import display_width, is_right_to_left, longest_word

LATIN = "Times New Roman"
ACCENT, QUIET = "8A2B1D", "5A5A5A"
WIDTH = 9298
"""Width of the text in twentieths of a point: 16.4 cm."""
TALLEST = 1.3
"""Height of the tallest figure that fits a page, in widths of the text."""
MARGIN = 57
"""Space left and right of a cell's text in twentieths of a point."""
HALF_WIDTH = 0.6
"""Width of a half-width character in sizes of the font."""
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BEFORE_BIDI = ("w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:numPr")
"""Properties of a paragraph that stand before its direction."""
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
    for section in document.printed():
        word.add_heading(_clean(section.title), 1)
        for block in section.blocks:
            _add(word, block, document)
    _direct(word)
    buffer = io.BytesIO()
    word.save(buffer)
    return without_times(buffer.getvalue())


def _add(word: Any, block: Block, document: Document) -> None:
    if isinstance(block, Paragraphs):
        for sentence in block.sentences:
            word.add_paragraph(_clean(sentence), "List Bullet" if block.points else None)
    elif isinstance(block, Judgement):
        _judgement(word, block, document)
    elif isinstance(block, Table | Figure):
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
    """Write a table as markup: cell by cell the library takes seconds for a long one."""
    from docx.oxml import parse_xml

    body = word.element.body
    body.insert(len(body) - 1, parse_xml(_table_markup(block)))


def _table_markup(block: Table) -> str:
    size = 14 if len(block.columns) > 6 else 17
    widths = _widths(block, size / 2)
    headings = [heading for heading, _ in block.columns]
    lines = [_row(headings, block, widths, size, heads=True)]
    for heading, rows in block.bodies:
        lines += [_group(heading, widths, size)] if heading else []
        lines += [_row(row, block, widths, size) for row in rows]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = "".join(f'<w:{side} w:w="{MARGIN}" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl xmlns:w="{NAMESPACE}"><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{_rule('top', THICK)}{_rule('bottom', THICK)}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )


def _row(
    texts: Sequence[str], block: Table, widths: list[int], size: int, heads: bool = False
) -> str:
    kind = "<w:tblHeader/>" if heads else ""
    rule = f"<w:tcBorders>{_rule('bottom', THIN)}</w:tcBorders>" if heads else ""
    cells = [
        _cell(text, width, rule, size, '<w:jc w:val="right"/>' if numeric else "")
        for text, width, (_, numeric) in zip(texts, widths, block.columns, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>{''.join(cells)}</w:tr>"


def _group(heading: str, widths: list[int], size: int) -> str:
    """Write a row with a heading across all columns that stays with the row below."""
    span = f'<w:gridSpan w:val="{len(widths)}"/>'
    return f"<w:tr>{_cell(heading, sum(widths), span, size, '', '<w:keepNext/>', '<w:i/>')}</w:tr>"


def _cell(
    text: str, width: int, properties: str, size: int, align: str, keep: str = "", face: str = ""
) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>'
        f'<w:p><w:pPr>{keep}<w:spacing w:before="40" w:after="40"/>{align}</w:pPr>'
        f'<w:r><w:rPr>{face}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r></w:p></w:tc>'
    )


def _rule(side: str, size: str) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'


def _widths(block: Table, points: float) -> list[int]:
    """Give numeric columns the width they need; the others share the rest by their usual length.

    A column's share is no less than that of its longest word. In twentieths of a point.
    """
    rows = [[heading for heading, _ in block.columns], *block.rows]
    longest = [max(display_width(row[i]) for row in rows[1:] or rows) for i in range(len(rows[0]))]
    usual = [
        sum(display_width(row[i]) for row in rows[1:] or rows) / max(len(rows) - 1, 1)
        for i in range(len(rows[0]))
    ]
    parts = [max(map(display_width, heading.split(" "))) for heading in rows[0]]
    needed = [
        (max(length, min(word, 14)) + 1) * points * HALF_WIDTH * 20 + 2 * MARGIN if numeric else 0.0
        for (_, numeric), length, word in zip(block.columns, longest, parts, strict=True)
    ]
    whole = [longest_word([row[place] for row in rows]) for place in range(len(rows[0]))]
    texts = [
        0 if need else min(max(length, word + 2), 48) + 4
        for need, length, word in zip(needed, usual, whole, strict=True)
    ]
    spare = max(WIDTH - sum(needed), WIDTH / 4)
    share = [need or spare * text / sum(texts) for need, text in zip(needed, texts, strict=True)]
    return [round(width * WIDTH / sum(share)) for width in share]


def _figure(word: Any, block: Figure) -> None:
    from docx.shared import Twips

    width = Twips(round(WIDTH * min(1, TALLEST / block.drawing.tallness)))
    picture = word.add_picture(io.BytesIO(block.drawing.png), width=width)
    picture._inline.docPr.set("descr", _clean(block.description))


def _notes(word: Any, block: Table | Figure, document: Document) -> None:
    from docx.shared import Pt

    paragraph = word.add_paragraph()
    _coloured(paragraph, document.note(block), QUIET)
    paragraph.runs[0].font.size = Pt(8)


def _coloured(paragraph: Any, text: str, colour: str) -> None:
    from docx.shared import RGBColor

    paragraph.add_run(_clean(text)).font.color.rgb = RGBColor.from_string(colour)


def _direct(word: Any) -> None:
    """Lay out from right to left each cell that begins with a script written so."""
    from docx.oxml.ns import qn

    for paragraph in word.element.body.iterfind(f".//{qn('w:tc')}/{qn('w:p')}"):
        if not is_right_to_left("".join(each.text or "" for each in paragraph.iter(qn("w:t")))):
            continue
        properties = paragraph.get_or_add_pPr()
        place = sum(each.tag in map(qn, BEFORE_BIDI) for each in properties)
        properties.insert(place, properties.makeelement(qn("w:bidi")))
        for run in paragraph.iter(qn("w:r")):
            run.get_or_add_rPr().append(run.makeelement(qn("w:rtl")))


def _clean(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _styles(word: Any, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    east_asian = words(language, "typography.yaml")["word_font"]
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption", "List Bullet"):
        style = word.styles[name]
        style.font.name = LATIN
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            if "Theme" in attribute:
                del fonts.attrib[attribute]
        fonts.set(qn("w:eastAsia"), east_asian)
    sizes = {"Normal": 10.5, "Title": 20, "Heading 1": 15, "Heading 2": 11, "Caption": 9.5}
    for name, points in sizes.items():
        word.styles[name].font.size = Pt(points)
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    frame = word.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if frame is not None:
        word.styles["Title"].element.pPr.remove(frame)
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.3)
