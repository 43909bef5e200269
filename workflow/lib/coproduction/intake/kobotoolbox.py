"""KoboToolbox exports: CSV with values or labels, with or without group prefixes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms.xlsform import note_names
from coproduction.intake.canonical import Intake, canonical, no_findings
from coproduction.intake.columns import match
from coproduction.intake.text import read_cells
from coproduction.intake.times import seconds_between, to_utc
from coproduction.intake.values import decode_answers

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
)
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
    *,
    mode: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
) -> Intake:
    """Read a KoboToolbox CSV export.

    Headers and cells may be names or labels in any language of the questionnaire; multiple choices
    may be split, joined or both; a row of HXL tags is skipped.

    Parameters
    ----------
    data, source
        Content and name of the file.
    instrument
        The questionnaire.
    mode
        Mode of interview of the whole file.
    ignore_columns
        Further headers that are no items.
    absent_items
        Items that the file does not hold.
    """
    cells = _without_tags(read_cells(data, source))
    matched = match(
        list(cells.columns),
        instrument,
        source,
        platform_columns=_platform_columns(cells, instrument),
        ignore=ignore_columns,
        absent=absent_items,
    )
    answers = decode_answers(cells, matched, instrument, source)
    metadata = _metadata(cells).assign(
        instrument=instrument.id, platform="kobotoolbox", source_file=source, mode=mode
    )
    return Intake(canonical(answers, metadata, instrument), no_findings())


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
    return rest.set_axis(pd.RangeIndex(1, len(rest) + 1, name=cells.index.name))


def _metadata(cells: pd.DataFrame) -> pd.DataFrame:
    def column(*names: str) -> pd.Series:
        for name in names:
            if name in cells:
                return cells[name].str.strip().replace("", pd.NA).astype("string")
        return pd.Series(pd.NA, index=cells.index, dtype="string")

    started, ended = to_utc(column("start")), to_utc(column("end"))
    identifier = column("_uuid", "meta/rootUuid", "_id")
    numbers = pd.Series(cells.index.astype(str), index=cells.index, dtype="string")
    status = column("_validation_status")
    return pd.DataFrame(
        {
            "submission": identifier.str.removeprefix("uuid:").fillna(numbers),
            "source_row": cells.index,
            "form_version": column("__version__", "_version_"),
            "submitted_by": column("_submitted_by"),
            "device": column("deviceid"),
            "validation_status": status.str.casefold().map(VALIDATION).fillna(status),
            "submitted_at": to_utc(column("_submission_time")),
            "started_at": started,
            "ended_at": ended,
            "duration_seconds": seconds_between(started, ended),
        }
    )
