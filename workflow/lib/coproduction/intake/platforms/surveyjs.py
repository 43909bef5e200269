"""SurveyJS results: a JSON list with one object per response."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.columns import claimed, normal
from coproduction.intake.export import Export
from coproduction.intake.files.encoding import UTF8_MARK
from coproduction.intake.files.text import check_header
from coproduction.intake.files.workbook import cell_text
from coproduction.intake.metadata import read_metadata
from coproduction.intake.platform import Platform
from coproduction.intake.recognition import Reading, named, recognise, without_groups
from coproduction.intake.unread import repeat_groups

FIELDS = {
    "submission": ("submission", "id", "Id", "instanceId", "_id"),
    "submitted_at": ("submitted_at", "HappenedAt", "HappendAt", "createdAt"),
    "started_at": ("started_at", "startedAt"),
    "ended_at": ("ended_at", "endedAt", "completedAt"),
    "duration_seconds": ("duration_seconds", "timeSpent"),
    "language": ("locale", "language"),
    "form_version": ("form_version", "version"),
    "submitted_by": ("submitted_by", "userId"),
    "device": ("device",),
    "mode": ("mode",),
    "wave": ("wave",),
}
OWN_COLUMNS = (*(name for names in FIELDS.values() for name in names), "pageNo", "IPAddress")
# What SurveyJS writes behind a question's name for the comment beside its answer.
COMMENT = "-Comment"
LISTS = ("data", "Data", "results", "responses")


def read_surveyjs(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read the results of a SurveyJS form.

    SurveyJS writes no key for a question that was not answered, so an item that nobody answered is
    blank and not refused; panels and matrices are opened, their names kept before the item's.

    See `platform.Reader` for what it takes and returns.
    """
    ignored = {normal(name) for name in ignore_columns}
    repeats: Counter[str] = Counter()
    known = named(instrument)
    rows = [dict(_flat(r, source, ignored, known, repeats)) for r in _responses(data, source)]
    headers = list(dict.fromkeys(name for row in rows for name in row))
    check_header(headers, source)
    index = pd.RangeIndex(1, len(rows) + 1, name="source_row")
    cells = pd.DataFrame(
        {name: [row.get(name, "") for row in rows] for name in headers}, index=index, dtype="str"
    )
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    beside = _comments(cells.columns, instrument)
    recognised = recognise(cells.columns, instrument, _readings, {*OWN_COLUMNS, *beside}, source)
    unanswered = {item.id for item in instrument.questions} - set(recognised.names.values())
    return Export(
        cells,
        metadata,
        pd.concat([findings, repeat_groups(repeats)], ignore_index=True),
        recognised,
        OWN_COLUMNS,
        unanswered=unanswered,
        beside=beside,
    )


def _responses(data: bytes, source: str) -> list[dict]:
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{source} is not valid JSON ({error}): export it again.") from error
    if isinstance(content, dict):
        content = next((content[name] for name in LISTS if name in content), [content])
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise StudyError(f"{source} holds no list of responses: export the results as JSON.")
    if not content:
        raise StudyError(f"{source} holds no responses: export it again with its answers.")
    return content


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("an object holds the same key twice")
    return result


def _flat(
    response: dict,
    source: str,
    ignored: set[str],
    known: Container[str],
    repeats: Counter[str],
    prefix: str = "",
) -> Iterator[tuple[str, str]]:
    """Open panels and matrices; count the entries of repeated panels, which no item can hold."""
    for key, value in response.items():
        name = _whole(key)
        if normal(prefix + name) in ignored:
            continue
        if isinstance(value, dict):
            inner = f"{prefix}{name}/"
            yield from _flat(value, source, ignored, known, repeats, inner)
        elif isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
            if normal(name) in known:
                raise StudyError(
                    f"{source}: the key `{prefix}{name}` holds repeated panels or files, which no "
                    "item can hold; name it under `ignore_columns` in study.yaml."
                )
            repeats[prefix + name] += len(value)
        elif isinstance(value, list):
            yield prefix + name, _whole(" ".join(cell_text(part) for part in value))
        else:
            yield prefix + name, _whole(cell_text(value))


def _whole(text: str) -> str:
    """Replace halves of an emoji, which a browser leaves when it cuts a long answer."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _readings(header: str) -> Iterator[Reading]:
    for prefix, name in without_groups(header, "/"):
        yield Reading(name, prefix=prefix)


def _comments(headers: Iterable[str], instrument: Instrument) -> dict[str, str]:
    """Find words beside an answer, as `item-Comment`: id of the item by key."""
    known, items = named(instrument), claimed(instrument)
    found = {}
    for header in headers:
        stem = normal(header.rsplit("/", 1)[-1].removesuffix(COMMENT))
        if header.endswith(COMMENT) and header not in items and stem in known:
            found[header] = known[stem].id
    return found


def _owns(data: bytes, source: str) -> bool:
    return data.removeprefix(UTF8_MARK).lstrip()[:1] in (b"[", b"{")


PLATFORM = Platform(
    name="surveyjs",
    title="SurveyJS",
    endings=("json",),
    reads="a list with one object per response; panels and matrices are opened",
    read=read_surveyjs,
    owns=_owns,
)
