"""Plain CSV whose headers are item ids."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import METADATA, Intake, canonical, no_findings
from coproduction.intake.columns import match, normal
from coproduction.intake.text import read_cells
from coproduction.intake.values import decode_answers


def read_plain(
    data: bytes,
    instrument: Instrument,
    source: str,
    *,
    mode: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
) -> Intake:
    """Read a CSV whose headers are item ids, aliases or wordings.

    Columns named like the canonical metadata are taken as such; a column `id` is the submission id.
    Without one, submissions are numbered by row.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    mode
        Mode of interview of the whole file.
    ignore_columns
        Headers that are no items.
    absent_items
        Items that the file does not hold.
    """
    cells = read_cells(data, source)
    metadata = _metadata(cells, instrument)
    headers = [header for header in cells.columns if header not in metadata.columns]
    if "submission" not in cells and "id" not in instrument.by_id:
        headers = [header for header in headers if normal(header) != "id"]
    matched = match(headers, instrument, source, ignore=ignore_columns, absent=absent_items)
    answers = decode_answers(cells, matched, instrument, source)
    metadata = metadata.assign(
        instrument=instrument.id,
        platform="plain",
        source_file=source,
        source_row=cells.index,
        mode=metadata.get("mode", mode),
    )
    return Intake(canonical(answers, metadata, instrument), no_findings())


def _metadata(cells: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    names = [name for name in METADATA if name in cells and name not in instrument.by_id]
    metadata = cells[names].replace("", pd.NA)
    identifier = next(
        (name for name in cells if normal(name) == "id" and "id" not in instrument.by_id), None
    )
    if "submission" not in metadata:
        numbers = pd.Series(cells.index.astype(str), index=cells.index)
        metadata = metadata.assign(submission=cells[identifier] if identifier else numbers)
    return metadata
