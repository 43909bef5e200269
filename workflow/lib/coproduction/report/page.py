"""The report as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.report import sections
from coproduction.report.fonts import FAMILY, embedded
from coproduction.report.words import wording, words


def render(
    language: str,
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    study: Mapping[str, Any],
    plan: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> str:
    """Render the report in one language; nothing is computed here.

    Parameters
    ----------
    language
        BCP 47 tag.
    tables
        Result tables by name: `flow`, `quality`, `findings`, `sample`, `reliability`,
        `item_statistics`, `models`, `coefficients`, `effects`, `verdicts`; an empty table leaves
        its section out.
    instrument
        The questionnaire, for labels.
    study
        The `study` block of `study.yaml`.
    plan
        The analysis plan, for labels and planned limits.
    provenance
        From `coproduction.provenance.provenance`.

    Returns
    -------
    str
        HTML without references to anything outside itself. The same arguments give the same text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    text = words(language)
    stamp = text["stamp"] if study["synthetic"] else ""
    labels = sections.Labels(instrument, plan, language, study["synthetic"])
    parts = [
        sections.summary(tables, plan, labels, study),
        sections.hypotheses(tables, plan, labels, stamp),
        sections.models(tables, plan, labels),
        sections.measurement(tables, plan, labels, stamp),
        sections.sample(tables, labels, study, stamp),
        sections.limitations(labels, study),
        sections.origin(labels, provenance),
    ]
    environment = Environment(
        loader=PackageLoader("coproduction.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html")
    fields = {
        "language": language,
        "title": wording(study["title"], language),
        "sections": [part for part in parts if part.blocks],
        "stamp": stamp,
        "text": text,
        "family": FAMILY,
    }
    return template.render(**fields, font=embedded(template.render(**fields, font="")))
