"""LimeSurvey exports: CSV or Excel, headings as codes or wording, answers short or long."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import BROKEN_OFF
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.columns import claimed, normal
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Reading, named, recognise

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
TEXT = "text"
# What LimeSurvey writes as the date of a submission when the survey keeps no dates.
NO_DATE = "1980-01-01 00:00:00"
# What stands in brackets where people wrote words beside an answer, in codes and in headings.
COMMENT = re.compile(r"comment|other|\w*comment|Comment|Other|评论|备注|注释|其他|其它")
HEADINGS = re.compile(r"(?P<stem>.*?)\s*\[(?P<part>.*)\]", re.DOTALL)


def read_limesurvey(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a LimeSurvey export.

    A response without a date of submission was broken off: it is kept and reported, and since
    LimeSurvey stores what its own rules refused, its answers are checked like all others.

    See `platform.Reader` for what it takes and returns.
    """
    written = without(read_cells(data, source), ignore_columns)
    own = {*OWN_COLUMNS, *_timings(written, instrument)}
    beside = _comments(written.columns, instrument)
    recognised = recognise(written.columns, instrument, _readings, {*own, *beside}, source)
    texts = {name for name, item in recognised.names.items() if instrument.by_id[item].type == TEXT}
    # In a text it is what somebody wrote.
    coded = {name: {NO_DATE: "", "N/A": ""} for name in written if name not in texts}
    cells = written.replace(coded)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    metadata[BROKEN_OFF] = _broken_off(written)
    return Export(
        cells,
        metadata,
        pd.concat([findings, _partial(metadata)], ignore_index=True),
        recognised,
        own,
        beside=beside,
    )


def _timings(cells: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Columns of seconds, also where the name of one (`mealTime`) is an item's but for its case."""
    known, items = named(instrument), claimed(instrument)
    found = []
    for name in cells:
        measured = normal(name.removesuffix("Time")) in known and name.endswith("Time")
        if name not in items and TIMING.fullmatch(name) and (measured or normal(name) not in known):
            found.append(name)
    return found


def _comments(headers: Iterable[str], instrument: Instrument) -> dict[str, str]:
    """Find words beside an answer, as `item[comment]`, `item[other]`: id of the item by header."""
    known, items = named(instrument), claimed(instrument)
    ids = {normal(name) for name in items}
    found = {}
    for header in headers:
        parts = HEADINGS.fullmatch(header)
        if parts is None or header in items or not COMMENT.fullmatch(parts["part"]):
            continue
        stem, part = parts["stem"], parts["part"]
        code, _, wording = stem.partition(". ")
        names = (normal(name) for name in (stem, code.partition(".")[0], wording))
        item = next((known[name] for name in names if name in known), None)
        # Among codes `other` is LimeSurvey's own word; among wordings it may be an answer.
        coded = normal(stem) in ids and f"{stem}[{part}]" == header
        if item is not None and (coded or normal(part) not in _labels(item)):
            found[header] = item.id
    return found


def _labels(item: Item) -> set[str]:
    options = item.response_set.options if item.response_set is not None else ()
    return {normal(label) for option in options for label in option.label.values()}


def _broken_off(cells: pd.DataFrame) -> pd.Series:
    """Whether an interview was never submitted; a survey that keeps no dates writes `NO_DATE`."""
    for header in FIELDS["submitted_at"]:
        if header in cells:
            return (cells[header].str.strip() == "").astype("boolean")
    return pd.Series(pd.NA, index=cells.index, dtype="boolean")


def _partial(metadata: pd.DataFrame) -> pd.DataFrame:
    rows = metadata.index[metadata[BROKEN_OFF].fillna(False)]
    told = "", "", "a date", "kept"
    return make_findings(
        [("partial_submission", "warning", metadata["submission"][r], r, *told) for r in rows]
    )


def _readings(header: str) -> Iterator[Reading]:
    """Read `item`, `item. wording`, `array[item]`, `item[answer]` and the same with wordings."""
    yield Reading(header)
    parts = HEADINGS.fullmatch(header)
    stem, part = (parts["stem"], parts["part"]) if parts else (header, "")
    code, _, wording = stem.partition(". ")
    if not part:
        for name in (stem.partition(".")[0], wording):
            yield Reading(name)
        return
    number = part.lstrip(string.ascii_letters)
    for name in (stem, code.partition(".")[0], wording):
        yield Reading(name, part)
        if number:
            yield Reading(name, number)
    yield Reading(part, prefix=stem)


def _marks(headers: set[str], cells: pd.DataFrame) -> bool:
    codes = {"submitdate", "lastpage", "startlanguage"}
    words = {"Date submitted", "Last page", "Start language"}
    return len(codes & headers) >= 2 or len(words & headers) >= 2


PLATFORM = Platform(
    name="limesurvey",
    title="LimeSurvey",
    endings=("csv", "xlsx", "xls"),
    reads="headings as codes or wordings, answers short or long, timings, broken-off interviews",
    read=read_limesurvey,
    marks=_marks,
)
