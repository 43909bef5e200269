"""The files of a report in one language."""

from __future__ import annotations

from coproduction.report.blocks import Document
from coproduction.report.document import compose
from coproduction.report.html import html
from coproduction.report.pdf import pdf
from coproduction.report.word import docx


def rendered(*parts: object) -> dict[str, bytes]:
    """Compose a report in one language and render it in every format.

    Parameters
    ----------
    parts
        The arguments of `compose`, the language first.

    Returns
    -------
    dict
        Content by file: the report as page, PDF and Word document, and each figure as SVG and PNG
        under `figures/`.
    """
    document = compose(*parts)
    name = f"report_{document.language}"
    reports = {
        f"{name}.html": html(document).encode("utf-8"),
        f"{name}.pdf": pdf(document),
        f"{name}.docx": docx(document),
    }
    return reports | _figures(document)


def _figures(document: Document) -> dict[str, bytes]:
    files = {}
    for figure in document.figures:
        name = f"figures/{document.language}/{figure.id}"
        files[f"{name}.svg"] = figure.drawing.svg.encode("utf-8")
        files[f"{name}.png"] = figure.drawing.png
    return files
