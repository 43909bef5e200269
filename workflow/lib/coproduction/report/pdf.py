"""The report as PDF, laid out by Typst."""

from __future__ import annotations

import dataclasses
import json
from importlib import resources
from typing import Any

from coproduction.errors import StudyError
from coproduction.report.blocks import Block, Document, Figure, Table
from coproduction.report.fonts import font_file
from coproduction.report.numbers import display_width

LONG_CELL = 24
"""A column of text whose longest cell is wider than this shares the spare width."""


def pdf(document: Document) -> bytes:
    """Render a report as PDF; the same report gives the same bytes.

    Every text reaches the layout as data, so no character in it is a command. A font that cannot
    be found is an error, because the letters would be missing without one.
    """
    import typst

    language, _, region = document.language.partition("-")
    content = {
        "lang": language,
        "region": region or None,
        "title": document.title,
        "stamp": document.stamp,
        "warning": document.warning,
        "text": document.text,
        "sections": [
            {
                "title": section.title,
                "blocks": [_block(block, document) for block in section.blocks],
            }
            for section in document.sections
        ],
    }
    source = resources.files("coproduction.report") / "templates" / "report.typ"
    compiled, warnings = typst.compile_with_warnings(
        source.read_bytes(),
        format="pdf",
        font_paths=[str(font_file().parent)],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
    )
    missing = [warning.message for warning in warnings if "font" in warning.message]
    if missing:
        raise StudyError(f"The PDF lacks a font ({missing[0]}): set up the environment again.")
    return compiled


def _block(block: Block, document: Document) -> dict[str, Any]:
    if isinstance(block, Figure):
        names = ("kind", "caption", "description")
        fields = {name: getattr(block, name) for name in names}
        return {**fields, "svg": block.drawing.svg, "note": document.note(block)}
    fields = dataclasses.asdict(block)
    if isinstance(block, Table):
        return {**fields, "shares": _shares(block), "note": document.note(block)}
    return fields


def _shares(table: Table) -> list[float]:
    """Shares of the spare width for all columns but the first; none for short ones."""
    lengths = [
        max((display_width(row[i]) for row in table.rows), default=0)
        for i in range(len(table.columns))
    ]
    first = max(lengths[0], 1)
    return [
        round(length / first, 2) if length > LONG_CELL and not numeric else 0
        for length, (_, numeric) in zip(lengths[1:], table.columns[1:], strict=True)
    ]
