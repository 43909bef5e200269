"""ODK Central exports: CSV with or without group prefixes, choices joined, split or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms.xlsform import note_names
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import recognise, without_groups
from coproduction.intake.tabular import read_cells, without

FIELDS = {
    "submission": ("KEY", "meta-instanceID", "instanceID"),
    "submitted_at": ("SubmissionDate",),
    "started_at": ("start",),
    "ended_at": ("end",),
    "submitted_by": ("SubmitterName",),
    "device": ("deviceid", "DeviceID"),
    "validation_status": ("ReviewState",),
    "form_version": ("FormVersion",),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = (
    *(name for names in FIELDS.values() for name in names),
    "today",
    "username",
    "phonenumber",
    "audit",
    "meta-instanceName",
    "instanceName",
    "meta-audit",
    "meta-entity-label",
    "SubmitterID",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "Edits",
)


def read_odk_central(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read the submissions of an ODK Central form.

    Central writes 0 for every option of a multiple choice that was never asked and leaves out
    options that nobody chose, so 0 everywhere is no answer; cleaning finds out which were asked.

    See `export.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    notes = note_names(instrument)
    own = {*OWN_COLUMNS, *(name for name in cells if name.split("-")[-1] in notes)}
    return Export(
        cells,
        metadata,
        findings,
        recognise(cells.columns, instrument, _readings, own),
        own,
    )


def _readings(header: str) -> Iterator[tuple[str, str]]:
    for name in without_groups(header, "-"):
        yield name, ""
    stem, slash, option = header.rpartition("/")
    if slash:
        for name in without_groups(stem, "-"):
            yield name, option
