"""SurveyJS results: a JSON list with one object per response."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.columns import normal
from coproduction.intake.export import Export
from coproduction.intake.metadata import read_metadata
from coproduction.intake.recognition import recognise, without_groups
from coproduction.intake.text import check_header
from coproduction.intake.workbook import cell_text

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
LISTS = ("data", "Data", "results", "responses")


def read_surveyjs(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str] = (),
    time_zone: str = "UTC",
) -> Export:
    """Read the results of a SurveyJS form.

    SurveyJS writes no key for a question that was not answered, so an item that nobody answered is
    blank and not refused; panels and matrices are opened, their names kept before the item's.

    See `export.Reader` for what it takes and returns.
    """
    ignored = {normal(name) for name in ignore_columns}
    rows = [dict(_flat(response, source, ignored)) for response in _responses(data, source)]
    headers = list(dict.fromkeys(name for row in rows for name in row))
    check_header(headers, source)
    index = pd.RangeIndex(1, len(rows) + 1, name="source_row")
    cells = pd.DataFrame(
        {name: [row.get(name, "") for row in rows] for name in headers}, index=index, dtype="str"
    )
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone)
    recognised = recognise(cells.columns, instrument, _readings, OWN_COLUMNS)
    unanswered = {item.id for item in instrument.questions} - set(recognised.names.values())
    return Export(
        cells,
        metadata,
        findings,
        recognised,
        OWN_COLUMNS,
        unanswered=unanswered,
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
    response: dict, source: str, ignored: set[str], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    for key, value in response.items():
        name = _whole(key)
        if normal(prefix + name) in ignored:
            continue
        if isinstance(value, dict):
            yield from _flat(value, source, ignored, f"{prefix}{name}/")
        elif isinstance(value, list):
            if any(isinstance(part, dict | list) for part in value):
                raise StudyError(
                    f"{source}: the key `{prefix}{name}` holds repeated panels or files, which no "
                    "item can hold; name it under `ignore_columns` in study.yaml."
                )
            yield prefix + name, _whole(" ".join(cell_text(part) for part in value))
        else:
            yield prefix + name, _whole(cell_text(value))


def _whole(text: str) -> str:
    """Replace halves of an emoji, which a browser leaves when it cuts a long answer."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _readings(header: str) -> Iterator[tuple[str, str]]:
    for name in without_groups(header, "/"):
        yield name, ""
