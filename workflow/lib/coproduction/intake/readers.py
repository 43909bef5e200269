"""Exports of any platform read into the canonical table, and joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.assemble import assemble, filled
from coproduction.intake.canonical import Intake, combine, findings
from coproduction.intake.detection import detect
from coproduction.intake.files.tabular import PARQUET
from coproduction.intake.files.workbook import is_workbook
from coproduction.intake.platform import Platform
from coproduction.intake.platforms import PLATFORMS
from coproduction.intake.unread import other_sheets
from coproduction.options import check_option


def read_export(
    data: bytes,
    instrument: Instrument,
    source: str,
    *,
    platform: str | None = None,
    mode: str | None = None,
    wave: str | None = None,
    language: str | None = None,
    form_version: str | None = None,
    id_prefix: str = "",
    time_zone: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
    platforms: Mapping[str, Platform] = PLATFORMS,
) -> Intake:
    """Read one export of any platform into the canonical table.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    platform
        Name of the platform; found from the file by default.
    mode, wave, language, form_version
        Mode of interview, wave, language and version of the rows that do not say their own.
    id_prefix
        Put before every submission id, where two exports number from 1.
    time_zone
        Zone of moments that name none; the platform's own by default.
    ignore_columns
        Headers that are no items.
    absent_items
        Items that the file does not hold.
    platforms
        The platforms that are known, by name.

    Raises
    ------
    StudyError
        If there is no such platform, it cannot be found, or the file cannot be read.
    """
    if platform is not None:
        check_option("platform", platform, platforms)
    of = platforms[platform] if platform else detect(data, instrument, source, platforms)
    export = of.read(data, instrument, source, tuple(ignore_columns), time_zone or of.time_zone)
    intake = assemble(export, instrument, source, of.name, mode or of.mode, tuple(absent_items))
    responses = intake.responses.assign(
        submission=id_prefix + intake.responses["submission"],
        wave=filled(intake.responses["wave"], wave),
        language=filled(intake.responses["language"], language),
        form_version=filled(intake.responses["form_version"], form_version),
    )
    beside = other_sheets(data, source, export.sheet), _cut(data, of, responses)
    found = pd.concat([intake.findings, *beside], ignore_index=True)
    named = found.assign(
        submission=(id_prefix + found["submission"]).where(found["submission"] != "", "")
    )
    return Intake(responses, named)


def _cut(data: bytes, platform: Platform, responses: pd.DataFrame) -> pd.DataFrame:
    """Report delimited text whose last row does not end: its last answer may be cut."""
    text = "csv" in platform.endings and not is_workbook(data)
    if not text or data.startswith(PARQUET) or data.rstrip(b"\x00").endswith((b"\n", b"\r")):
        return findings([])
    row = responses["source_row"].iloc[-1]
    found = "no line end after the last row", "a line end", "kept"
    return findings([("last_row_may_be_cut", "warning", "", row, "", *found)])


def join(parts: Sequence[Intake]) -> Intake:
    """Join the exports of several files, waves and modes, each row keeping where it came from.

    Raises
    ------
    StudyError
        If there is no export, or a submission stands twice.
    """
    if not parts:
        raise StudyError("A questionnaire has no exports: name some under `data` in study.yaml.")
    responses = combine([part.responses for part in parts])
    return Intake(responses, pd.concat([part.findings for part in parts], ignore_index=True))
