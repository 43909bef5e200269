"""REDCap exports: CSV of raw values or of labels, one column per answer of a checkbox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import recognise
from coproduction.intake.tabular import read_cells, without

RECORD_PARTS = (
    ("redcap_event_name", "Event Name"),
    ("redcap_repeat_instrument", "Repeat Instrument"),
    ("redcap_repeat_instance", "Repeat Instance"),
)
OWN_COLUMNS = (
    *(name for names in RECORD_PARTS for name in names),
    "record_id",
    "Record ID",
    "redcap_survey_identifier",
    "Survey Identifier",
    "redcap_data_access_group",
    "Data Access Group",
    "Survey Timestamp",
    "Complete?",
)
STAMP, COMPLETE, NOT_COMPLETED = "_timestamp", "_complete", "[not completed]"
STATES = {"0": "incomplete", "1": "unverified", "2": "complete"}


def read_redcap(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read a REDCap export.

    The first column is the record's id; events and repeats of a record are submissions of their
    own, and an event is a wave. A checkbox that was never shown reads 0 like one that was left
    empty; cleaning finds out which were asked. Records whose form is not marked complete are kept
    and reported.

    See `export.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    record = cells.columns[0]
    stamps = [name for name in cells if name.endswith(STAMP) or name == "Survey Timestamp"]
    states = [name for name in cells if name.endswith(COMPLETE) or name == "Complete?"]
    cells[stamps] = cells[stamps].replace(NOT_COMPLETED, "")
    fields = {
        "submission": ("record_id",),
        "submitted_at": stamps[-1:],
        "mode": ("mode",),
        "wave": ("wave", *RECORD_PARTS[0]),
    }
    metadata, findings = read_metadata(cells, fields, instrument, time_zone)
    metadata["submission"] = _submission(cells, record)
    metadata["validation_status"] = _state(cells, states)
    own = {*OWN_COLUMNS, *stamps, *states, record, "mode", "wave"}
    return Export(
        cells,
        metadata,
        pd.concat([findings, _incomplete(metadata)], ignore_index=True),
        recognise(cells.columns, instrument, _readings, own),
        own,
    )


def _submission(cells: pd.DataFrame, record: str) -> pd.Series:
    result = cells[record].str.strip().astype("string")
    for names in RECORD_PARTS:
        for name in names:
            if name in cells:
                part = cells[name].str.strip()
                result = result.where(part == "", result + "/" + part)
    return result


def _state(cells: pd.DataFrame, states: list[str]) -> pd.Series:
    """State of the least complete of the record's forms."""
    result = pd.Series(pd.NA, index=cells.index, dtype="string")
    for header in reversed(states):
        text = cells[header].str.strip().str.casefold()
        state = text.map(STATES).fillna(text).replace("", pd.NA).astype("string")
        worse = result.isna() | ((result == "complete") & state.notna()).fillna(False)
        result = result.mask(worse.astype(bool), state)
    return result


def _incomplete(metadata: pd.DataFrame) -> pd.DataFrame:
    status = metadata["validation_status"]
    rows = metadata[(status.notna() & (status != "complete")).fillna(False).astype(bool)]
    return make_findings(
        [
            ("record_not_complete", "note", row.submission, number, "", state, "complete", "kept")
            for number, row, state in zip(
                rows.index, rows.itertuples(), rows["validation_status"], strict=True
            )
        ]
    )


def _readings(header: str) -> Iterator[tuple[str, str]]:
    """Read `item`, `item___answer` and, among labels, `wording (choice=answer)`."""
    yield header, ""
    stem, mark, answer = header.partition("___")
    if mark:
        yield stem, answer
    if choice := re.fullmatch(r"(.*?)\s*\(choice=(.*)\)", header, re.DOTALL):
        yield choice[1], choice[2]
