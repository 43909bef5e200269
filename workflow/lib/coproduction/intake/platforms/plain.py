"""Plain tables (CSV, Excel, Parquet) whose headers are item ids."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import METADATA
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Recognised, group_readings, recognise

FIELDS = {name: (name,) for name in METADATA if name != "source_row"} | {
    "submission": ("submission", "id", "ID", "Id")
}
# R's word for a missing value.
NA = "NA"
OWN_COLUMNS = (*METADATA, "id", "ID", "Id")


def read_plain(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a table whose headers are item ids, aliases or wordings.

    Columns named like the canonical metadata are taken as such; a column `id` is the submission id.
    Without one, submissions are numbered by row.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = recognise(cells.columns, instrument, group_readings, OWN_COLUMNS, source)
    return Export(
        _without_na(cells, recognised, instrument),
        metadata,
        findings,
        recognised,
        OWN_COLUMNS,
    )


def _without_na(
    cells: pd.DataFrame, recognised: Recognised, instrument: Instrument
) -> pd.DataFrame:
    """Blank `NA` in texts too, if R wrote it for missing answers to other questions."""
    texts = [name for name, item in recognised.names.items() if _is_text(item, instrument)]
    others = [name for name in recognised.names if name not in texts]
    if not any((cells[name] == NA).any() for name in others):
        return cells
    return cells.assign(**{name: cells[name].mask(cells[name] == NA, "") for name in texts})


def _is_text(item: str, instrument: Instrument) -> bool:
    return instrument.by_id[item].type == "text"


PLATFORM = Platform(
    name="plain",
    title="Plain tables",
    endings=("csv", "xlsx", "xls", "parquet"),
    reads="tables whose headers are item ids, aliases or wordings",
    read=read_plain,
)
