"""REDCap exports: CSV of raw values or of labels, one column per answer of a checkbox."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import BROKEN_OFF
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.columns import claimed
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Reading, recognise

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
# Columns that only REDCap writes.
OF_REDCAP = frozenset(
    [
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_survey_identifier",
        "redcap_data_access_group",
    ]
)
STAMP, COMPLETE, NOT_COMPLETED = "_timestamp", "_complete", "[not completed]"
# Name of a column that is made of all stamps of a row.
LATEST = "redcap_latest_timestamp"
REPEAT = "repeated_instrument"
STATES = {"0": "incomplete", "1": "unverified", "2": "complete"}


def read_redcap(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a REDCap export.

    The first column is the record's id; events and repeats of a record are submissions of their
    own, and an event is a wave; a repeat is no respondent, so it is reported and has the validation
    status `repeated_instrument`, by which `cleaning.rejected` leaves it out. A checkbox that was
    never shown reads 0 like one that was left empty; cleaning finds out which were asked. Records
    whose form is not marked complete are kept and reported.

    See `platform.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns)
    record = cells.columns[0]
    items = claimed(instrument)
    stamps = [name for name in cells if _is(name, STAMP, "Survey Timestamp", items)]
    states = [name for name in cells if _is(name, COMPLETE, "Complete?", items)]
    fields = {
        "submission": ("record_id",),
        "submitted_at": (LATEST,),
        "mode": ("mode",),
        "wave": ("wave", *RECORD_PARTS[0]),
    }
    stamped = cells.assign(**{LATEST: _latest(cells[stamps])})
    metadata, findings = read_metadata(stamped, fields, instrument, time_zone)
    metadata["submission"] = _submission(cells, record)
    metadata["validation_status"] = _state(cells, states)
    metadata[BROKEN_OFF] = _broken_off(cells[stamps], metadata["validation_status"])
    repeats = _repeats(cells)
    metadata.loc[repeats.notna(), ["validation_status", BROKEN_OFF]] = [REPEAT, pd.NA]
    told = [findings, _incomplete(metadata), _repeated(repeats, metadata)]
    own = {*OWN_COLUMNS, *stamps, *states, record, "mode", "wave"}
    return Export(
        cells,
        metadata,
        pd.concat(told, ignore_index=True),
        recognise(cells.columns, instrument, _readings, own, source),
        own,
    )


def _is(header: str, ending: str, label: str, items: Container[str]) -> bool:
    return (header.endswith(ending) or header == label) and header not in items


def _latest(stamps: pd.DataFrame) -> pd.Series:
    """Moment when the last of the record's forms was submitted; REDCap writes ISO 8601."""
    text = stamps.apply(lambda column: column.str.strip()).replace(NOT_COMPLETED, "")
    return text.max(axis=1) if len(text.columns) else pd.Series("", index=stamps.index, dtype="str")


def _broken_off(stamps: pd.DataFrame, states: pd.Series) -> pd.Series:
    """Whether a survey was begun and not submitted, or a form is marked incomplete."""
    begun = stamps.apply(lambda column: column.str.strip() == NOT_COMPLETED).any(axis=1)
    known = states.notna() | (stamps.apply(lambda column: column.str.strip()) != "").any(axis=1)
    broken = begun | (states == STATES["0"]).fillna(False)
    return broken.astype("boolean").mask(~known)


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


def _repeats(cells: pd.DataFrame) -> pd.Series:
    """Repeat of a form or an event that a row holds, null where it is the record itself."""
    result = pd.Series(pd.NA, index=cells.index, dtype="string")
    for name in (name for names in RECORD_PARTS[1:] for name in names if name in cells):
        part = cells[name].str.strip().astype("string").replace("", pd.NA)
        result = (result + " " + part).fillna(result).fillna(part)
    return result


def _repeated(repeats: pd.Series, metadata: pd.DataFrame) -> pd.DataFrame:
    expected = "one row for each record"
    return make_findings(
        [
            (REPEAT, "warning", metadata["submission"][row], row, "", found, expected, "kept")
            for row, found in repeats.dropna().items()
        ]
    )


def _incomplete(metadata: pd.DataFrame) -> pd.DataFrame:
    status = metadata["validation_status"]
    told = status.notna() & ~status.isin(["complete", REPEAT])
    return make_findings(
        [
            (
                "record_not_complete",
                "warning",
                metadata["submission"][row],
                row,
                "",
                status[row],
                "complete",
                "kept",
            )
            for row in metadata.index[told]
        ]
    )


def _readings(header: str) -> Iterator[Reading]:
    """Read `item`, `item___answer` and, among labels, `wording (choice=answer)`."""
    yield Reading(header)
    stem, mark, answer = header.partition("___")
    if mark:
        yield Reading(stem, answer)
    if choice := re.fullmatch(r"(.*?)\s*\(choice=(.*)\)", header, re.DOTALL):
        yield Reading(choice[1], choice[2])


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    # A form's state alone is no mark: many tables have a column that ends in `_complete`.
    every = set(cells.columns)
    state = any(_holds_only(cells[h], STATES) for h in headers if h.endswith(COMPLETE))
    named_so = "record_id" in every or any(re.search(r"\w___\w", header) for header in every)
    labels = [header for header in every if header == "Complete?" or "(choice=" in header]
    worded = any("(choice=" in h or _holds_only(cells[h], STATES.values()) for h in labels)
    return bool(OF_REDCAP & every) or (state and named_so) or worded


def _holds_only(column: pd.Series, words: Iterable[str]) -> bool:
    return bool(column.str.strip().str.casefold().isin([*words, ""]).all())


PLATFORM = Platform(
    name="redcap",
    title="REDCap",
    endings=("csv",),
    reads="raw or labels: checkboxes, `_complete`; an event is a wave, a repeat is reported",
    read=read_redcap,
    marks=_marks,
)
