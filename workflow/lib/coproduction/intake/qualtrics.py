"""Qualtrics exports: three header rows in any language, or two in files of the old kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import rejoin, spellings
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import DEEPEST, Recognised, recognise
from coproduction.intake.tabular import read_cells, without

FIELDS = {
    "submission": ("ResponseId", "ResponseID"),
    "submitted_at": ("RecordedDate",),
    "started_at": ("StartDate",),
    "ended_at": ("EndDate",),
    "duration_seconds": ("Duration (in seconds)",),
    "language": ("UserLanguage", "Q_Language"),
    "validation_status": ("Status",),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = (
    *(name for names in FIELDS.values() for name in names),
    "ResponseSet",
    "Name",
    "EmailAddress",
    "ExternalDataReference",
    "ExternalReference",
    "IPAddress",
    "Progress",
    "Finished",
    "RecipientLastName",
    "RecipientFirstName",
    "RecipientEmail",
    "LocationLatitude",
    "LocationLongitude",
    "LocationAccuracy",
    "DistributionChannel",
    "Q_RecaptchaScore",
    "Q_TotalDuration",
)
# Codes of `Status` and the words for them in English exports.
STATUS = {
    "0": "",
    "ip address": "",
    "normal": "",
    "1": "preview",
    "survey preview": "preview",
    "2": "test",
    "survey test": "test",
    "4": "imported",
    "imported": "imported",
    "8": "spam",
    "spam": "spam",
    "9": "preview",
    "preview spam": "preview",
}
UNFINISHED = frozenset(["0", "false"])


def read_qualtrics(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read a Qualtrics export of values or labels.

    A column is known by its heading (the question's export tag), else by its wording in the second
    row; that row is in the language of the account and the third is JSON. Previews and unfinished
    responses are kept and reported.

    See `export.Reader` for what it takes and returns.
    """
    cells, wordings = _without_headers(read_cells(data, source), source)
    cells = without(cells, ignore_columns)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    status = metadata["validation_status"].str.casefold()
    metadata["validation_status"] = status.map(STATUS).fillna(status).replace("", pd.NA)
    recognised = _recognise(cells, wordings, instrument, source)
    seen = _unusual(cells, metadata)
    return Export(
        _in_wires(cells, recognised, instrument),
        metadata,
        pd.concat([findings, seen], ignore_index=True),
        recognised,
        OWN_COLUMNS,
    )


def is_import_id(cell: str) -> bool:
    """Whether a cell of the third header row names a Qualtrics question."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "ImportId" in found


def _without_headers(cells: pd.DataFrame, source: str) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Take off the further header rows; return the wording of each column."""
    extra = 2 if len(cells) > 1 and cells.iloc[1].map(is_import_id).any() else 1
    wordings = cells.iloc[0]
    rest = cells.iloc[extra:]
    if rest.empty:
        raise StudyError(f"{source} has headers but no rows: export it again with its answers.")
    rest = rest.set_axis(rest.index - extra)
    # The old kind names its own columns V1, V2, ... and says in the second row what they hold.
    named = {
        header: word.strip()
        for header, word in wordings.items()
        if re.fullmatch(r"V\d+", header) and word.strip() in OWN_COLUMNS
    }
    rest = rest.rename(columns=named).rename_axis("source_row")
    return rest, {named.get(header, header): word for header, word in wordings.items()}


def _recognise(
    cells: pd.DataFrame, wordings: Mapping[str, str], instrument: Instrument, source: str
) -> Recognised:
    def readings(header: str) -> Iterator[tuple[str, str]]:
        wording = wordings.get(header, "")
        stem, mark, number = header.rpartition("_")
        parts = [piece.strip() for piece in wording.split(" - ", DEEPEST)]
        answers = [" - ".join(parts[cut:]) for cut in range(1, len(parts))]
        questions = [" - ".join(parts[:cut]) for cut in range(1, len(parts))]
        yield header, ""
        if mark:
            yield from ((stem, answer) for answer in answers)
            yield stem, number
        yield from zip(questions, answers, strict=True)
        yield wording, ""
        yield from ((answer, "") for answer in answers)

    return recognise(cells.columns, instrument, readings, OWN_COLUMNS)


def _in_wires(cells: pd.DataFrame, recognised: Recognised, instrument: Instrument) -> pd.DataFrame:
    """Write multiple choices joined by commas with spaces, and labels in columns of ticks as 1."""
    changed = {}
    for header, name in recognised.names.items():
        if instrument.by_id[name].type == "select_multiple":
            changed[header] = rejoin(cells[header], instrument.by_id[name], instrument, ",")
    for name, answers in recognised.split.items():
        known = spellings(instrument.by_id[name], instrument)
        for wire, headers in answers.items():
            for header in headers:
                ticked = {text: known.get(normal(text)) == wire for text in cells[header].unique()}
                changed[header] = cells[header].mask(cells[header].map(ticked).astype(bool), "1")
    return cells.assign(**changed)


def _unusual(cells: pd.DataFrame, metadata: pd.DataFrame) -> pd.DataFrame:
    rows = []
    status = metadata["validation_status"]
    for row in cells.index[status.notna()]:
        found = metadata["submission"][row], row, "", status[row]
        rows.append(("unusual_submission", "note", *found, "an answer of a respondent", "kept"))
    if "Finished" in cells:
        for row in cells.index[cells["Finished"].str.strip().str.casefold().isin(UNFINISHED)]:
            found = metadata["submission"][row], row, "", cells["Finished"][row]
            rows.append(("partial_submission", "note", *found, "finished", "kept"))
    return make_findings(rows)
