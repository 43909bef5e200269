"""A study's files, made from a data file."""

from __future__ import annotations

from coproduction.errors import StudyError
from coproduction.intake.files.readstat import SPSS, is_stata
from coproduction.start.missing import missing_answers
from coproduction.start.questions import questions
from coproduction.start.source import Source
from coproduction.start.sources.statistics import read_statistics
from coproduction.start.sources.tables import read_table
from coproduction.start.tongue import language_of
from coproduction.start.writing import (
    instrument_yaml,
    plan_yaml,
    study_yaml,
)


def start_study(data: bytes, source: str, name: str) -> dict[str, str]:
    """Make the files of a study from a data file.

    Questions, answers, labels and kinds of missing answers are those of the file. No construct,
    model or hypothesis is assumed; what a person has to decide is marked in comments.

    Parameters
    ----------
    data, source
        Content and name of the file.
    name
        Name of the study.

    Returns
    -------
    dict
        Texts of `instrument.yaml`, `study.yaml` and `plan.yaml`, by these names.

    Raises
    ------
    StudyError
        If the file cannot be read, holds no questions, or has columns that cannot be told apart.
    """
    read = _read(data, source)
    if not read.columns:
        raise StudyError(f"{source} has no column with answers: export it again with its answers.")
    told = [text for column in read.columns for text in (column.wording, *column.labels.values())]
    language = language_of(told if any(told) else [column.header for column in read.columns])
    missing = missing_answers(read.columns, language)
    asked = questions(read.columns, missing, source)
    return {
        "instrument.yaml": instrument_yaml(asked, missing, language, name),
        "study.yaml": study_yaml(name, read.platform, source, language),
        "plan.yaml": plan_yaml(),
    }


def _read(data: bytes, source: str) -> Source:
    statistics = data.startswith(SPSS) or is_stata(data)
    return read_statistics(data, source) if statistics else read_table(data, source)
