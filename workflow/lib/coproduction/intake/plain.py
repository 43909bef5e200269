"""Plain tables (CSV, Excel, Parquet) whose headers are item ids."""

from __future__ import annotations

from collections.abc import Iterable

from coproduction.instrument.definition import Instrument
from coproduction.intake.assemble import assemble
from coproduction.intake.canonical import METADATA, Intake
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import group_readings, recognise
from coproduction.intake.tabular import read_cells, without

FIELDS = {name: (name,) for name in METADATA if name != "source_row"} | {
    "submission": ("submission", "id", "ID", "Id")
}
OWN_COLUMNS = (*METADATA, "id", "ID", "Id")


def read_plain(
    data: bytes,
    instrument: Instrument,
    source: str,
    *,
    mode: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Intake:
    """Read a table whose headers are item ids, aliases or wordings.

    Columns named like the canonical metadata are taken as such; a column `id` is the submission id.
    Without one, submissions are numbered by row.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    mode
        Mode of interview, where a row does not say its own.
    ignore_columns
        Headers that are no items.
    absent_items
        Items that the file does not hold.
    time_zone
        Zone of moments that name none.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    return assemble(
        cells,
        metadata,
        instrument,
        source,
        platform="plain",
        recognised=recognise(cells.columns, instrument, group_readings, OWN_COLUMNS),
        own_columns=OWN_COLUMNS,
        mode=mode,
        absent_items=absent_items,
        findings=findings,
    )
