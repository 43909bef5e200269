"""The report in one language, composed from result tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.plan.plan import Plan
from coproduction.report.blocks import Document, arrange
from coproduction.report.labels import labels
from coproduction.report.material import Material
from coproduction.report.sections.descriptions import descriptions
from coproduction.report.sections.ending import limitations, origin
from coproduction.report.sections.experiment import experiment
from coproduction.report.sections.hypotheses import hypotheses
from coproduction.report.sections.inference.inference import inference
from coproduction.report.sections.measurement.measurement import measurement
from coproduction.report.sections.methods.methods import methods
from coproduction.report.sections.questions import questions
from coproduction.report.sections.sample import sample
from coproduction.report.sections.standards import standards
from coproduction.report.sections.summary import summary
from coproduction.report.withheld import withhold

SECTIONS = (
    *(summary, methods, sample, questions, measurement, descriptions, hypotheses, inference),
    experiment,
    *(limitations, standards, origin),
)


def compose(
    language: str,
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    study: Mapping[str, Any],
    plan: Plan,
    provenance: Mapping[str, Any],
    others: Sequence[Instrument] = (),
) -> Document:
    """Compose the report in one language; nothing is computed here.

    Parameters
    ----------
    language
        BCP 47 tag.
    tables
        Result tables by file, such as `cleaning/flow.csv`; a section whose tables are missing or
        empty is left out.
    instrument
        The questionnaire, for labels.
    study
        The `study` block of `study.yaml`; under `consistency` the rules of that name, for labels;
        under `modes` the modes of interview of its files, an empty text where none is stated;
        under `known_truths` the pages of `scenarios/` on this plan.
    plan
        The analysis plan, for labels and planned limits.
    provenance
        From `coproduction.steps.provenance.provenance`.
    others
        Further questionnaires of the study, such as a community sheet, for labels.
    """
    rules = study.get("consistency", ())
    named = labels(instrument, plan, language, study["synthetic"], others, rules)
    told = withhold(tables, instrument, plan, study["minimum_cell"])
    material = Material(told, study, plan, provenance, named)
    sections = [section(material) for section in SECTIONS]
    return Document(
        language,
        material.wording(study["title"]),
        material.stamp,
        named.text["stamp_long"] if study["synthetic"] else "",
        arrange(sections, named.text["appendix"]),
        {key: value for key, value in named.text.items() if isinstance(value, str)},
        str(study["seed"]),
    )
