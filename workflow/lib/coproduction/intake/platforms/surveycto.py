"""SurveyCTO exports: wide CSV of an XLSForm, multiple choices joined and split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms import xlsform
from coproduction.instrument.forms.xlsform.sheets import note_names
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import (
    Reading,
    recognise,
    specified_beside,
    without_groups,
)
from coproduction.intake.unread import repeat_groups, repeat_links

FIELDS = {
    "submission": ("KEY", "instanceID"),
    "submitted_at": ("SubmissionDate", "CompletionDate"),
    "started_at": ("starttime", "start"),
    "ended_at": ("endtime", "end"),
    "duration_seconds": ("duration",),
    "submitted_by": ("username",),
    "device": ("deviceid",),
    "validation_status": ("review_status",),
    "form_version": ("formdef_version",),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = frozenset(
    [
        *(name for names in FIELDS.values() for name in names),
        "today",
        "subscriberid",
        "simid",
        "devicephonenum",
        "caseid",
        "device_info",
        "comments",
        "text_audit",
        "audio_audit",
        "instanceName",
        "review_quality",
        "review_comments",
        "review_corrections",
    ]
)


def read_surveycto(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a wide SurveyCTO export.

    Rejected submissions are in the export unless it was filtered; they keep their
    `validation_status`. Moments are local text, so the server's time zone must be given.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    metadata["validation_status"] = metadata["validation_status"].str.casefold()
    notes = note_names(instrument)
    own = {*OWN_COLUMNS, *(name for name in cells if name.split("-")[-1] in notes)}
    beside, repeats = specified_beside(cells.columns, instrument, _readings), repeat_links(cells)
    return Export(
        cells,
        metadata,
        pd.concat([findings, repeat_groups(repeats)], ignore_index=True),
        recognise(cells.columns, instrument, _readings, {*own, *beside}, source),
        {*own, *repeats},
        beside=beside,
    )


def _readings(header: str) -> Iterator[Reading]:
    """Read `group-item`, `group/item`, `item` and `item_answer`; a minus is written as `_`."""
    names = [pair for mark in "-/" for pair in without_groups(header, mark)]
    for prefix, name in names:
        yield Reading(name, prefix=prefix)
    for prefix, name in names:
        stem, mark, answer = name.partition("_")
        if mark:
            yield Reading(stem, answer, prefix)
        stem, mark, answer = name.rpartition("_")
        if mark:
            yield Reading(stem, answer, prefix)


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    return "KEY" in headers and "formdef_version" in headers


PLATFORM = Platform(
    name="surveycto",
    title="SurveyCTO",
    endings=("csv",),
    reads="the wide format",
    read=read_surveycto,
    marks=_marks,
    form=xlsform.FORM,
)
