"""From files to tables: questionnaire, exports, cleaned answers, scales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from coproduction.cleaning import clean as cleaning
from coproduction.cleaning.clean import Cleaned
from coproduction.cleaning.scoring import keyed_names
from coproduction.instrument import reading
from coproduction.instrument.definition import Instrument
from coproduction.intake import readers
from coproduction.intake.canonical import Intake
from coproduction.notebook.files import content
from coproduction.schemas import schema
from coproduction.study import Study
from coproduction.study import read_study as study_of
from coproduction.yamlfiles.yamlfile import read_yaml


def read_instrument(file: str | Path) -> Instrument:
    """Read a questionnaire definition and check it.

    Parameters
    ----------
    file
        An `instrument.yaml`.

    Raises
    ------
    StudyError
        Naming file, line and key of whatever is wrong.
    """
    text = content(file).decode("utf-8-sig")
    return reading.read_instrument(read_yaml(text, str(file), schema("instrument")))


def read_study(folder: str | Path) -> Study:
    """Read a study's questionnaires, settings and plan, and check them against each other.

    Parameters
    ----------
    folder
        A folder with `study.yaml`, `plan.yaml` and the questionnaires that it names.

    Raises
    ------
    StudyError
        Naming file, line and key of whatever is wrong.
    """
    files = sorted(Path(folder).glob("*.yaml"))
    texts = {file.name: content(file).decode("utf-8-sig") for file in files}
    kinds = ("instrument", "study", "plan")
    return study_of(texts, Path(folder).as_posix(), {kind: schema(kind) for kind in kinds})


def read_export(
    file: str | Path,
    instrument: Instrument,
    *,
    platform: str | None = None,
    mode: str | None = None,
    wave: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
) -> Intake:
    """Read a survey platform's export: one row per submission, one column per item.

    Parameters
    ----------
    file
        The export as the platform gave it.
    instrument
        Its questionnaire.
    platform
        Name of the platform; found from the file by default.
    mode, wave, language
        Of the rows that do not say their own.
    time_zone
        Zone of moments that name none.
    ignore_columns
        Headers that are no items.
    absent_items
        Items that the file does not hold.

    Returns
    -------
    Intake
        `responses`, the answers as codes, and `findings`, one row per problem that was seen.

    Raises
    ------
    StudyError
        If the platform cannot be found or the file does not fit the questionnaire.
    """
    return readers.read_export(
        content(file),
        instrument,
        str(file),
        platform=platform,
        mode=mode,
        wave=wave,
        language=language,
        time_zone=time_zone,
        ignore_columns=ignore_columns,
        absent_items=absent_items,
    )


def clean(
    exports: Intake | Sequence[Intake],
    instrument: Instrument,
    rules: Mapping[str, Any] | None = None,
) -> Cleaned:
    """Decide who is kept, tell missing answers apart and score the scales.

    Parameters
    ----------
    exports
        One export, or those of several files, waves and modes of one study.
    instrument
        Their questionnaire.
    rules
        The `cleaning` block of a `study.yaml`: eligibility, quality limits, duplicates. Without it
        only what the questionnaire itself forbids is cleaned.

    Returns
    -------
    Cleaned
        `scores`, the table that analyses start from; `findings`, one row per problem; `flow`, how
        many were left out and why; `quality` and more.
    """
    parts = [exports] if isinstance(exports, Intake) else list(exports)
    return cleaning.clean(readers.join(parts).responses, instrument, rules or {})


def scales(scores: Cleaned | pd.DataFrame, instrument: Instrument) -> dict[str, pd.DataFrame]:
    """Take the items of each construct, reversed ones keyed so that more always means more.

    Parameters
    ----------
    scores
        What `clean` gave, or its table `scores`.
    instrument
        The questionnaire.
    """
    table = scores.scores if isinstance(scores, Cleaned) else scores
    return {
        construct: table[keyed_names(items)]
        for construct in instrument.constructs
        if (items := instrument.scale(construct))
    }
