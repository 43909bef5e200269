"""ODK Central exports: CSV with or without group prefixes, choices joined, split or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms.xlsform import note_names
from coproduction.intake.assemble import assemble
from coproduction.intake.canonical import Intake
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
    *,
    mode: str | None = None,
    ignore_columns: Iterable[str] = (),
    absent_items: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Intake:
    """Read the submissions of an ODK Central form.

    Central writes 0 for every option of a multiple choice that was never asked and leaves out
    options that nobody chose, so 0 everywhere is no answer; cleaning finds out which were asked.

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
    notes = note_names(instrument)
    own = {*OWN_COLUMNS, *(name for name in cells if name.split("-")[-1] in notes)}
    return assemble(
        cells,
        metadata,
        instrument,
        source,
        platform="odk_central",
        recognised=recognise(cells.columns, instrument, _readings, own),
        own_columns=own,
        mode=mode,
        absent_items=absent_items,
        findings=findings,
    )


def _readings(header: str) -> Iterator[tuple[str, str]]:
    for name in without_groups(header, "-"):
        yield name, ""
    stem, slash, option = header.rpartition("/")
    if slash:
        for name in without_groups(stem, "-"):
            yield name, option
