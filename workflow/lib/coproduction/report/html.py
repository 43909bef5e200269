"""The report as one self-contained HTML file."""

from __future__ import annotations

import re

from coproduction.report.blocks import Document, Figure
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
    template = environment.get_template("report.html")
    fields = {
        "document": document,
        "family": FAMILY,
        "sortable_from": SORTABLE_FROM,
        "filtered_from": FILTERED_FROM,
    }
    return template.render(**fields, font=embedded(template.render(**fields, font="")))


def _drawing(figure: Figure) -> str:
    """Give a figure's SVG with ids that no other figure of the page has."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\1{figure.id}-", figure.drawing.svg)
