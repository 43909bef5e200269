"""ODK Central exports: CSV with or without group prefixes, choices joined, split or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.forms import xlsform
from coproduction.instrument.forms.xlsform.sheets import note_names
from coproduction.intake.canonical import findings as make_findings
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
# How Central marks what it could not decrypt.
NOT_DECRYPTED = frozenset(["not decrypted", "missing encrypted form data"])


def read_odk_central(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read the submissions of an ODK Central form.

    Central writes 0 for every option of a multiple choice that was never asked and leaves out
    options that nobody chose, so 0 everywhere is no answer; cleaning finds out which were asked.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    notes = note_names(instrument)
    own = {*OWN_COLUMNS, *(name for name in cells if name.split("-")[-1] in notes)}
    repeats = repeat_links(cells)
    beside = specified_beside(cells.columns, instrument, _readings)
    return Export(
        cells,
        metadata,
        pd.concat(
            [findings, _not_decrypted(cells, metadata), repeat_groups(repeats)], ignore_index=True
        ),
        recognise(cells.columns, instrument, _readings, {*own, *beside}, source),
        {*own, *repeats},
        beside=beside,
    )


def _readings(header: str) -> Iterator[Reading]:
    for prefix, name in without_groups(header, "-"):
        yield Reading(name, prefix=prefix)
    stem, slash, option = header.rpartition("/")
    if slash:
        for prefix, name in without_groups(stem, "-"):
            yield Reading(name, option, prefix)


def _not_decrypted(cells: pd.DataFrame, metadata: pd.DataFrame) -> pd.DataFrame:
    """Report the rows that are blank because the key to them was not given."""
    if "Status" not in cells:
        return make_findings([])
    states = cells["Status"].str.strip()
    rows = cells.index[states.str.casefold().isin(NOT_DECRYPTED)]
    return make_findings(
        [
            ("not_decrypted", "warning", metadata["submission"][r], r, "", states[r], "", "kept")
            for r in rows
        ]
    )


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    central = {"SubmitterID", "SubmitterName", "AttachmentsPresent", "ReviewState", "FormVersion"}
    return "KEY" in headers and bool(central & headers)


PLATFORM = Platform(
    name="odk_central",
    title="ODK Central",
    endings=("csv",),
    reads="groups or none, choices split or not",
    read=read_odk_central,
    marks=_marks,
    form=xlsform.FORM,
)
