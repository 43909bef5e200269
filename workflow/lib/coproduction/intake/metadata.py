"""What an export says about each submission, under the fixed names of the canonical table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.intake.canonical import BROKEN_OFF, TEXT_METADATA, findings
from coproduction.intake.choices import NO, YES
from coproduction.intake.columns import claimed
from coproduction.intake.moments import seconds, utc

MOMENTS = ("submitted_at", "started_at", "ended_at")
EXPECTED = {
    "unreadable_time": "a time",
    "negative_duration": "an end after the start",
    "unreadable_state": "1 or 0",
}


def read_metadata(
    cells: pd.DataFrame,
    fields: Mapping[str, Sequence[str]],
    instrument: Instrument,
    time_zone: str = "UTC",
    zones: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the metadata columns that an export holds.

    Parameters
    ----------
    cells
        Text cells of the export, indexed by row number.
    fields
        For each metadata name the headers under which it may stand; the first one that holds
        anything counts, a header that is an item's id or alias never does.
    instrument
        The questionnaire.
    time_zone
        Zone of moments that name none.
    zones
        Zones that the export states for single columns, by header; they count before.

    Returns
    -------
    metadata, findings
        The metadata, same rows; and one finding for each moment that cannot be read, each device
        whose clock is ahead of the server's, and each interview that ends before it starts (its
        duration becomes null).
    """
    names = (*TEXT_METADATA, "duration_seconds", BROKEN_OFF)
    raw = {name: pick(cells, instrument, *fields.get(name, ())) for name in names}
    table = pd.DataFrame(raw).assign(source_row=cells.index)
    numbers = pd.Series(cells.index.astype(str), index=cells.index, dtype="string")
    table["submission"] = table["submission"].str.removeprefix("uuid:").fillna(numbers)
    table["language"] = _languages(table["language"], instrument)
    rows: list[tuple] = []
    for name in MOMENTS:
        zone = (zones or {}).get(str(raw[name].name), time_zone)
        table[name] = utc(raw[name], zone)
        rows += _rows(
            table, raw[name], table[name].isna() & raw[name].notna(), "unreadable_time", name
        )
    rows += _clock_ahead(table)
    table[BROKEN_OFF] = truth(raw[BROKEN_OFF])
    unread = table[BROKEN_OFF].isna() & raw[BROKEN_OFF].notna()
    rows += _rows(table, raw[BROKEN_OFF], unread, "unreadable_state", BROKEN_OFF)
    return _with_duration(table, raw["duration_seconds"], rows)


def pick(cells: pd.DataFrame, instrument: Instrument, *headers: str) -> pd.Series:
    """Take the first of these columns that holds anything; blank cells become null."""
    items = claimed(instrument)
    for header in headers:
        if header in cells and header not in items:
            column = cells[header].astype("string").str.strip().replace("", pd.NA)
            if column.notna().any():
                return column
    return pd.Series(pd.NA, index=cells.index, dtype="string")


def truth(text: pd.Series) -> pd.Series:
    """Read yes and no in every spelling; null for what is neither."""
    known = {word: True for word in YES} | {word: False for word in NO if word}
    return text.str.casefold().map(known, na_action="ignore").astype("boolean")


def _with_duration(
    table: pd.DataFrame, written: pd.Series, rows: list[tuple]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    duration = seconds(written)
    rows += _rows(table, written, duration.isna() & written.notna(), "unreadable_time", "duration")
    start, end = (pd.to_datetime(table[name], utc=True) for name in ("started_at", "ended_at"))
    measured = (end - start).dt.total_seconds().astype("Float64")
    duration = duration.fillna(measured)
    negative = (duration < 0).fillna(False).astype(bool)
    rows += _rows(table, duration.astype("string"), negative, "negative_duration", "duration")
    table["duration_seconds"] = duration.mask(negative)
    return table, findings(rows)


def _clock_ahead(table: pd.DataFrame) -> list[tuple]:
    """Report interviews that took place a day or more after they were submitted."""
    moments = {name: pd.to_datetime(table[name], utc=True) for name in MOMENTS}
    rows = []
    for name in ("started_at", "ended_at"):
        ahead = moments[name] - moments["submitted_at"] >= pd.Timedelta(days=1)
        chosen = table.loc[ahead, ["submission", name, "submitted_at"]]
        for row, submission, found, limit in chosen.itertuples():
            expected = f"a moment before {limit}"
            rows.append(("clock_ahead", "warning", submission, row, name, found, expected, "kept"))
    return rows


def _rows(
    table: pd.DataFrame, found: pd.Series, wrong: pd.Series, code: str, item: str
) -> list[tuple]:
    expected = EXPECTED[code]
    chosen = zip(table["submission"][wrong], table.index[wrong], found[wrong], strict=True)
    return [
        (code, "warning", submission, row, item, text, expected, "set_missing")
        for submission, row, text in chosen
    ]


def _languages(tags: pd.Series, instrument: Instrument) -> pd.Series:
    """Platforms spell languages in their own way; the questionnaire's tag is kept where it fits."""
    known: dict[str, str] = {}
    for tag in instrument.languages:
        known.setdefault(tag.casefold().split("-")[0], tag)
    exact = {tag.casefold(): tag for tag in instrument.languages}

    def canonical_tag(tag: str) -> str:
        folded = tag.strip().casefold().replace("_", "-")
        return exact.get(folded) or known.get(folded.split("-")[0], tag)

    return tags.map(canonical_tag, na_action="ignore").astype("string")
