"""The files of a report in one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.report.blocks import Document
from coproduction.report.document import compose
from coproduction.report.renderers.html import html
from coproduction.report.renderers.pdf import pdf
from coproduction.report.renderers.word import docx
from coproduction.report.short import compose_short


def rendered(
    language: str,
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    study: Mapping[str, Any],
    *further: Any,
) -> dict[str, bytes]:
    """Compose the reports in one language and render them in every format.

    Parameters
    ----------
    language, tables, instrument, study
        As in `compose`.
    further
        The other arguments of `compose`.

    Returns
    -------
    dict
        Content by file: the report as page, PDF and Word document, each figure as SVG and PNG
        under `figures/`, and the short report, if the study wants one, as page and PDF.
    """
    document = compose(language, tables, instrument, study, *further)
    files = {
        f"report_{language}.html": html(document).encode("utf-8"),
        f"report_{language}.pdf": pdf(document),
        f"report_{language}.docx": docx(document),
        **_figures(document),
    }
    if "short_report" in study:
        short = compose_short(language, tables, instrument, study)
        files[f"short_{language}.html"] = html(short).encode("utf-8")
        files[f"short_{language}.pdf"] = pdf(short)
    return files


def _figures(document: Document) -> dict[str, bytes]:
    files = {}
    for figure in document.figures:
        name = f"figures/{document.language}/{figure.id}"
        files[f"{name}.svg"] = figure.drawing.svg.encode("utf-8")
        files[f"{name}.png"] = figure.drawing.png
    return files
