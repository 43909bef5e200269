"""KoboToolbox exports: CSV with values or labels, with or without group prefixes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms import xlsform
from coproduction.instrument.forms.xlsform.sheets import note_names
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import group_readings, recognise, specified_beside

# Columns Kobo adds; the set changed in September 2026 (`_notes` and `_tags` went, `meta/rootUuid`
# came), so they are known by name, never by position.
PLATFORM_COLUMNS = (
    "start",
    "end",
    "today",
    "username",
    "deviceid",
    "phonenumber",
    "simserial",
    "subscriberid",
    "audit",
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_notes",
    "_status",
    "_submitted_by",
    "__version__",
    "_version_",
    "_tags",
    "_index",
    "_parent_index",
    "_parent_table_name",
    "meta/rootUuid",
    "meta/instanceID",
    "meta/instanceName",
    "meta/deprecatedID",
    "mode",
    "wave",
)
FIELDS = {
    "submission": ("_uuid", "meta/rootUuid", "_id"),
    "form_version": ("__version__", "_version_"),
    "submitted_by": ("_submitted_by",),
    "device": ("deviceid",),
    "validation_status": ("_validation_status",),
    "submitted_at": ("_submission_time",),
    "started_at": ("start",),
    "ended_at": ("end",),
    "mode": ("mode",),
    "wave": ("wave",),
}
VALIDATION = {
    "validation_status_approved": "approved",
    "validation_status_not_approved": "not_approved",
    "validation_status_on_hold": "on_hold",
    "approved": "approved",
    "not approved": "not_approved",
    "on hold": "on_hold",
}


def read_kobotoolbox(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a KoboToolbox export, CSV or Excel.

    Headers and cells may be names or labels in any language of the questionnaire; multiple choices
    may be split, joined or both; a row of HXL tags is skipped.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(_without_tags(read_cells(data, source)), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    status = metadata["validation_status"]
    metadata["validation_status"] = status.str.casefold().map(VALIDATION).fillna(status)
    own = _platform_columns(cells, instrument)
    beside = specified_beside(cells.columns, instrument, group_readings)
    return Export(
        cells,
        metadata,
        findings,
        recognise(cells.columns, instrument, group_readings, {*own, *beside}, source),
        own,
        beside=beside,
    )


def _platform_columns(cells: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Columns that hold no answer: Kobo's own and the form's notes, whatever their group."""
    notes = note_names(instrument)
    own = [name for name in PLATFORM_COLUMNS if name not in instrument.by_id]
    return own + [header for header in cells if header.rsplit("/", 1)[-1] in notes]


def _without_tags(cells: pd.DataFrame) -> pd.DataFrame:
    first = cells.iloc[0].str.strip()
    tagged = first.str.startswith("#") | (first == "")
    if not (tagged.all() and first.str.startswith("#").any()):
        return cells
    rest = cells.iloc[1:]
    return rest.set_axis(rest.index - 1)


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    return "_submission_time" in headers and bool({"_uuid", "_id", "_index"} & headers)


PLATFORM = Platform(
    name="kobotoolbox",
    title="KoboToolbox",
    endings=("csv", "xlsx", "xls"),
    reads="values or labels in any language of the questionnaire, groups or none, multiple choices "
    "joined, split or both, HXL row",
    read=read_kobotoolbox,
    marks=_marks,
    form=xlsform.FORM,
)
