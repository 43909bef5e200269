"""All answers to one questionnaire: read, joined, and what may name a person held apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.confidential import redact, split
from coproduction.intake.readers import join, read_export
from coproduction.intake.synthetic import check_synthetic

NO_OPTIONS = ("instrument", "files")


@dataclass(frozen=True)
class Answers:
    """What the exports of one questionnaire hold.

    Attributes
    ----------
    responses
        Canonical response table without what may name a person or was not agreed to.
    confidential
        What was held apart, by `submission`.
    findings
        One row per problem seen, without what may not be told.
    """

    responses: pd.DataFrame
    confidential: pd.DataFrame
    findings: pd.DataFrame


def read_answers(
    instrument: Instrument,
    sources: Sequence[Mapping[str, Any]],
    files: Mapping[str, bytes],
    synthetic: bool,
) -> Answers:
    """Read every export of a questionnaire.

    Parameters
    ----------
    instrument
        The questionnaire.
    sources
        Its entries of the `data` block of the study.
    files
        Content of each file that they name.
    synthetic
        Whether the study declares simulated answers.

    Raises
    ------
    StudyError
        If there is no export, one cannot be read, a submission stands twice, or an answer was
        simulated though the study says that they are real.
    """
    intake = join(
        [
            read_export(files[file], instrument, file, **_options(source))
            for source in sources
            for file in source["files"]
        ]
    )
    check_synthetic(intake.responses, synthetic)
    responses, confidential = split(intake.responses, instrument)
    return Answers(responses, confidential, redact(intake.findings, instrument, intake.responses))


def _options(source: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key not in NO_OPTIONS}
