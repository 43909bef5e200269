"""LimeSurvey exports: CSV or Excel, headings as codes or wording, answers short or long."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import named, recognise
from coproduction.intake.tabular import read_cells, without

FIELDS = {
    "submission": ("id", "Response ID"),
    "submitted_at": ("submitdate", "Date submitted"),
    "started_at": ("startdate", "Date started"),
    "ended_at": ("datestamp", "Date last action"),
    "duration_seconds": ("interviewtime", "Total time"),
    "language": ("startlanguage", "Start language"),
    "mode": ("mode",),
    "wave": ("wave",),
    "submitted_by": ("token", "Access code"),
}
OWN_COLUMNS = (
    *(name for names in FIELDS.values() for name in names),
    "lastpage",
    "Last page",
    "seed",
    "Seed",
    "ipaddr",
    "IP address",
    "refurl",
    "Referrer URL",
)
TIMING = re.compile(r"groupTime\d+|.+Time|(Group|Question) time: .*", re.DOTALL)
# What LimeSurvey writes as the date of a submission when the survey keeps no dates.
NO_DATE = "1980-01-01 00:00:00"
HEADINGS = re.compile(r"(?P<stem>.*?)\s*\[(?P<part>.*)\]", re.DOTALL)


def read_limesurvey(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read a LimeSurvey export.

    A response without a date of submission was broken off: it is kept and reported, and since
    LimeSurvey stores what its own rules refused, its answers are checked like all others.

    See `export.Reader` for what it takes and returns.
    """
    cells = without(read_cells(data, source), ignore_columns).replace({NO_DATE: "", "N/A": ""})
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    own = {*OWN_COLUMNS, *_timings(cells, instrument)}
    return Export(
        cells,
        metadata,
        pd.concat([findings, _partial(cells, metadata)], ignore_index=True),
        recognise(cells.columns, instrument, _readings, own),
        own,
    )


def _timings(cells: pd.DataFrame, instrument: Instrument) -> list[str]:
    items = named(instrument)
    return [name for name in cells if TIMING.fullmatch(name) and normal(name) not in items]


def _partial(cells: pd.DataFrame, metadata: pd.DataFrame) -> pd.DataFrame:
    header = next((name for name in FIELDS["submitted_at"] if name in cells), None)
    if header is None:
        return make_findings([])
    # A survey that keeps no dates marks what was submitted by its last page only.
    open_ = cells[header].str.strip() == ""
    if open_.all():
        return make_findings([])
    return make_findings(
        [
            (
                "partial_submission",
                "note",
                metadata["submission"][row],
                row,
                "",
                "",
                "a date",
                "kept",
            )
            for row in cells.index[open_]
        ]
    )


def _readings(header: str) -> Iterator[tuple[str, str]]:
    """Read `item`, `item. wording`, `array[item]`, `item[answer]` and the same with wordings."""
    yield header, ""
    parts = HEADINGS.fullmatch(header)
    stem, part = (parts["stem"], parts["part"]) if parts else (header, "")
    stems = [stem, stem.partition(".")[0], stem.partition(". ")[2]]
    if not part:
        for name in stems[1:]:
            yield name, ""
        return
    for name in stems:
        yield name, part
        yield name, part.lstrip(string.ascii_letters)
    yield part, ""
