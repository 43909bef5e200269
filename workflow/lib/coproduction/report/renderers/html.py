"""The report as one self-contained HTML file."""

from __future__ import annotations

import re
from dataclasses import asdict, astuple
from typing import Any

from coproduction.languages import words
from coproduction.report.blocks import Document, Explorer, Figure
from coproduction.report.fonts import FAMILY, embedded

SORTABLE_FROM, FILTERED_FROM = 6, 24
"""Tables with at least so many rows can be sorted, and filtered, by the reader."""


def html(document: Document) -> str:
    """Render a report as HTML without references to anything outside itself.

    The same report gives the same text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("coproduction.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = _drawing
    environment.filters["content"] = _content
    # A character that is not escaped is one that the page's font knows of.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    template = environment.get_template("report.html")
    fields = {
        "document": document,
        "family": FAMILY,
        "typography": words(document.language, "typography.yaml"),
        "sortable_from": SORTABLE_FROM,
        "filtered_from": FILTERED_FROM,
    }
    return template.render(**fields, font=embedded(template.render(**fields, font="")))


def _drawing(figure: Figure) -> str:
    """Give a figure's SVG with ids that no other figure of the page has."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\1{figure.id}-", figure.drawing.svg)


def _content(explorer: Explorer, stamp: str) -> dict[str, Any]:
    """Give an explorer's content as its script reads it; answers are lists, for brevity."""
    questions = [
        {**asdict(each), "answers": [astuple(answer) for answer in each.answers]}
        for each in explorer.questions
    ]
    return {"words": explorer.text, "stamp": stamp, "questions": questions}
