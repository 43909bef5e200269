"""Tables of text cells, plain or of a platform that writes its own columns and heading rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coproduction.instrument.definition import Instrument
from coproduction.intake.detection import detect
from coproduction.intake.files.tabular import read_cells
from coproduction.intake.platforms import plain, wenjuanxing
from coproduction.languages import FALLBACK
from coproduction.start.source import Column, Source
from coproduction.start.sources.wenjuanxing import read_wenjuanxing

BLANK = Instrument(
    id="blank",
    version="",
    unit="respondent",
    languages=(FALLBACK,),
    title={},
    licence="",
    missing_codes={},
    constructs={},
    sections=(),
    items=(),
    source="a questionnaire yet to be written",
)
"""A questionnaire without a question, under which a reader finds what is no answer."""


def read_table(data: bytes, source: str) -> Source:
    """Read the columns of a table by the reader of the platform that wrote it.

    Parameters
    ----------
    data, source
        Content and name of the file.

    Raises
    ------
    StudyError
        If the file is damaged, empty, or bears the marks of two platforms.
    """
    platform = detect(data, BLANK, source)
    if platform is plain.PLATFORM:
        cells = read_cells(data, source)
        columns = [Column(header, "", list(cells[header])) for header in cells]
        return Source(answers_of(columns, plain.FIELDS["submission"]), platform.name)
    if platform is wenjuanxing.PLATFORM:
        return read_wenjuanxing(data, source)
    export = platform.read(data, BLANK, source, (), platform.time_zone)
    own = {*export.own_columns, *export.beside}
    headers = [header for header in export.cells if header not in own]
    columns = [Column(header, "", list(export.cells[header])) for header in headers]
    return Source(tuple(columns), platform.name)


def answers_of(columns: Iterable[Column], submission: Collection[str]) -> tuple[Column, ...]:
    """Leave out the column that numbers the rows: one of these names, each of its cells another."""
    return tuple(
        column
        for column in columns
        if column.header not in submission
        or not all(column.cells)
        or len(set(column.cells)) < len(column.cells)
    )
