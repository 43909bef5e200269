"""Paper questionnaires: the data-entry sheet, an Excel file with one row per form."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import from_rows, without
from coproduction.intake.files.workbook import ZIP, is_workbook, sheet_names, sheet_rows
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import group_readings, named, recognise

SHEETS = ("entry", "data", "录入", "数据录入")
FIELDS = {
    "submission": ("submission", "form", "number", "编号", "问卷编号", "id"),
    "submitted_at": ("submitted_at", "entered_at", "录入日期"),
    "started_at": ("started_at",),
    "ended_at": ("ended_at", "date", "interview_date", "调查日期"),
    "submitted_by": ("submitted_by", "entered_by", "interviewer", "录入员", "调查员"),
    "language": ("language", "语言"),
    "form_version": ("form_version", "version", "版本"),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = tuple(name for names in FIELDS.values() for name in names)
HEADER_DEPTH = 10


def read_paper(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read the data-entry sheet of a paper questionnaire.

    The line of item ids is looked for among the first lines, so that a title may stand above it;
    lines of wordings below it are passed over. A multiple choice has one column with its answers
    separated by spaces, or one column per answer (`item/answer`) ticked with 1.

    See `platform.Reader` for what it takes and returns.
    """
    if not is_workbook(data):
        raise StudyError(f"{source} is no Excel file: paper questionnaires come as an entry sheet.")
    sheet = entry_sheet(data, source)
    rows = sheet_rows(data, source, sheet)
    cells = without(_entries(rows, instrument, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    return Export(
        cells,
        metadata,
        findings,
        recognise(cells.columns, instrument, group_readings, OWN_COLUMNS, source),
        OWN_COLUMNS,
        sheet=sheet,
    )


def entry_sheet(data: bytes, source: str) -> str | None:
    """Name of the sheet that a workbook keeps for data entry, if it has one."""
    return next((name for name in sheet_names(data, source) if normal(name) in SHEETS), None)


def _entries(rows: list[list[str]], instrument: Instrument, source: str) -> pd.DataFrame:
    known = named(instrument)
    top = next((k for k, row in enumerate(rows[:HEADER_DEPTH]) if _is_header(row, known)), None)
    if top is None:
        raise StudyError(
            f"{source}: none of the first {HEADER_DEPTH} lines holds the ids of the items; use the "
            "entry sheet that was made with the questionnaire."
        )
    cells = from_rows(rows[top:], source)
    wordings = cells.map(lambda cell: normal(cell) in known and not cell.strip().isdigit())
    heading = wordings.sum(axis=1) * 2 > (cells != "").sum(axis=1)
    above = heading.cummin()
    rest = cells[~above]
    if rest.empty:
        raise StudyError(f"{source} has a header but no rows: enter the answers first.")
    return rest.set_axis(rest.index - int(above.sum())).rename_axis("source_row")


def _is_header(row: list[str], known: dict) -> bool:
    stems = [cell.partition("/")[0] for cell in row if cell.strip()]
    hits = sum(normal(stem) in known for stem in stems)
    return hits >= 1 and hits * 2 >= len(stems) - len(FIELDS)


def _owns(data: bytes, source: str) -> bool:
    return data.startswith(ZIP) and entry_sheet(data, source) is not None


PLATFORM = Platform(
    name="paper",
    title="Paper questionnaires",
    endings=("xlsx", "xls"),
    reads="the data-entry sheet, a sheet `entry` or `录入` with a line of item ids",
    read=read_paper,
    owns=_owns,
    mode="paper",
)
