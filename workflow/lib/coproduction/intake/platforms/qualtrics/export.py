"""Qualtrics exports: three header rows in any language, or two in files of the old kind."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import BROKEN_OFF
from coproduction.intake.canonical import findings as make_findings
from coproduction.intake.choices import display_order, labels, rejoin, spellings
from coproduction.intake.columns import claimed, normal
from coproduction.intake.export import Export
from coproduction.intake.files.tabular import read_cells, without
from coproduction.intake.labels import COLUMNS, Evidence, answer_behind, findings_of, settled
from coproduction.intake.metadata import MOMENTS, read_metadata
from coproduction.intake.moments import is_zone
from coproduction.intake.platforms.qualtrics.headings import Headings, without_headings
from coproduction.intake.recognition import DEEPEST, Reading, Recognised, named, recognise

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
UNFINISHED = frozenset(["0", "false", "falsch", "faux", "falso", "否", "假"])
FINISHED = frozenset(["1", "true", "wahr", "vrai", "verdadero", "vero", "是", "真"])
# Headings, and ids in the row of JSON, of what Qualtrics measures and of words beside an answer.
MEASURED = re.compile(r"_(First Click|Last Click|Page Submit|Click Count)$|_DO(_\w+)?$")
MEASURED_ID = re.compile(r"_(FIRST_CLICK|LAST_CLICK|PAGE_SUBMIT|CLICK_COUNT)$")
TEXT = re.compile(r"(_-?\w+)?_TEXT$")


def read_qualtrics(
    data: bytes,
    instrument: Instrument,
    source: str,
    ignore_columns: Iterable[str],
    time_zone: str,
) -> Export:
    """Read a Qualtrics export of values or labels.

    A column is known by its heading (the question's export tag), else by its wording in the second
    row; that row is in the language of the account and the third is JSON, of which the time zone
    and the numbers of the answers are used. Either or both may have been cut. Previews and
    unfinished responses are kept and reported.

    See `platform.Reader` for what it takes and returns.
    """
    cells, headings = without_headings(read_cells(data, source), OWN_COLUMNS, instrument, source)
    cells = without(cells, ignore_columns)
    zones = _zones(cells, headings, source)
    metadata, findings = read_metadata(cells, FIELDS, instrument, time_zone, zones)
    status = metadata["validation_status"].str.casefold()
    metadata["validation_status"] = status.map(STATUS).fillna(status).replace("", pd.NA)
    metadata[BROKEN_OFF] = _unfinished(cells)
    own = {*OWN_COLUMNS, *_timings(cells, headings)}
    beside = _texts(cells.columns, instrument)
    recognised, told = _recognise(cells, headings, instrument, {*own, *beside}, source)
    return Export(
        _in_wires(cells, recognised, instrument),
        metadata,
        pd.concat([findings, told, _unusual(cells, metadata)], ignore_index=True),
        recognised,
        own,
        beside=beside,
    )


def _zones(cells: pd.DataFrame, headings: Headings, source: str) -> dict[str, str]:
    """Time zone that the row of JSON states for each column of moments."""
    zones = {}
    for name in (name for field in MOMENTS for name in FIELDS[field] if name in cells):
        zone = headings.details.get(name, {}).get("timeZone", "")
        if zone:
            zones[name] = "UTC" if zone.upper() in ("Z", "UTC", "GMT") else zone
            if not is_zone(zones[name]):
                raise StudyError(
                    f"{source}, row of ImportId, column `{name}`: there is no time zone "
                    f"`{zone[:60]}`; write one like `Asia/Shanghai`, or export the file again."
                )
    return zones


def _unfinished(cells: pd.DataFrame) -> pd.Series:
    """Whether a response was not finished, by its mark or else by its progress."""
    result = pd.Series(pd.NA, index=cells.index, dtype="boolean")
    if "Finished" in cells:
        words = cells["Finished"].str.strip().str.casefold()
        result = result.mask(words.isin(UNFINISHED), True).mask(words.isin(FINISHED), False)
    if "Progress" in cells:
        progress = pd.to_numeric(cells["Progress"].str.strip(), errors="coerce")
        result = result.fillna((progress < 100).astype("boolean").mask(progress.isna()))
    return result


def _timings(cells: pd.DataFrame, headings: Headings) -> list[str]:
    """Columns of clicks and seconds, and of the order in which answers were shown."""
    return [
        name
        for name in cells
        if MEASURED.search(name)
        or MEASURED_ID.search(headings.details.get(name, {}).get("ImportId", ""))
    ]


def _texts(headers: Iterable[str], instrument: Instrument) -> dict[str, str]:
    """Find words beside an answer, as `item_4_TEXT`: id of the item by header."""
    known, items = named(instrument), claimed(instrument)
    found = {}
    for header in headers:
        stem = normal(TEXT.sub("", header))
        if TEXT.search(header) and header not in items and stem in known:
            found[header] = known[stem].id
    return found


def _recognise(
    cells: pd.DataFrame,
    headings: Headings,
    instrument: Instrument,
    own: Container[str],
    source: str,
) -> tuple[Recognised, pd.DataFrame]:
    """Find the columns of every item; a tick is known by its wording, else by the row of JSON."""
    known = named(instrument)

    def readings(header: str) -> Iterator[Reading]:
        wording = headings.wordings.get(header, "")
        stem, mark, _ = header.rpartition("_")
        parts = [piece.strip() for piece in wording.split(" - ", DEEPEST)]
        questions = [" - ".join(parts[:cut]) for cut in range(1, len(parts))]
        yield Reading(header)
        for name in (stem if mark else "", *questions):
            item = known.get(normal(name))
            if item is not None and item.type == "select_multiple":
                told = _evidence(header, headings, item, instrument)
                if answer := told.label or told.number:
                    yield Reading(name, answer)
        yield Reading(wording)
        for cut in range(1, len(parts)):
            yield Reading(" - ".join(parts[cut:]))

    _check_numbered(cells, headings, instrument, source)
    recognised = recognise(cells.columns, instrument, readings, own, source)
    told = []
    for name, answers in recognised.split.items():
        item = instrument.by_id[name]
        columns = [header for headers in answers.values() for header in headers]
        evidence = {h: _evidence(h, headings, item, instrument) for h in columns}
        told.append(settled(evidence, item, "headings", COLUMNS))
    return recognised, findings_of(told, source)


def _evidence(header: str, headings: Headings, item: Item, instrument: Instrument) -> Evidence:
    """Tell which answer a column of ticks is of, by its wording and by its numbers.

    A `recode` is the number that the project gave to the answer. A `choiceId` numbers the answers
    as they were written, which is the order of the form only if they run from 1 on. The heading
    ends in either.
    """
    known = spellings(item, instrument)
    wording = headings.wordings.get(header, "")
    details = headings.details.get(header, {})
    choice = details.get("choiceId", "")
    number = known.get(normal(details.get("recode", "")))
    if number is None and choice.isdecimal():
        order = dict(enumerate(display_order(item, instrument), 1))
        number = order.get(int(choice))
        number = number if _in_order_of_form(header, headings, item, instrument) else None
    elif number is None:
        number = known.get(_signed(header.rpartition("_")[2]))
    return Evidence(answer_behind(wording, labels(item, instrument)), number, wording)


def _in_order_of_form(header: str, headings: Headings, item: Item, instrument: Instrument) -> bool:
    """Whether the columns of a question number their answers 1, 2, ... up to the last one."""
    choices = [headings.details[name]["choiceId"] for name in _siblings(header, headings)]
    lengths = (len(item.options), len(display_order(item, instrument)))
    return len(choices) in lengths and choices == [str(n) for n in range(1, len(choices) + 1)]


def _siblings(header: str, headings: Headings) -> list[str]:
    """Columns of the answers to the same question, as their `ImportId` and headings say."""

    def question(name: str) -> tuple[str, str]:
        return headings.details[name].get("ImportId", ""), name.rpartition("_")[0]

    ticks = [name for name, said in headings.details.items() if "choiceId" in said]
    return [name for name in ticks if question(name) == question(header)]


def _check_numbered(
    cells: pd.DataFrame, headings: Headings, instrument: Instrument, source: str
) -> None:
    """Refuse questions of which nothing but a `choiceId` out of order tells the answers apart."""
    known = named(instrument)
    groups: dict[str, list[str]] = {}
    for header in cells:
        item = known.get(normal(header.rpartition("_")[0]))
        said = headings.details.get(header, {})
        if item is None or item.type != "select_multiple" or "choiceId" not in said:
            continue
        told = _evidence(header, headings, item, instrument)
        if told.label is None and told.number is None:
            groups.setdefault(item.id, []).append(f"`{header[:60]}` {said['choiceId'][:20]}")
    if groups:
        shown = "; ".join(f"item `{item}`: {', '.join(found)}" for item, found in groups.items())
        raise StudyError(
            f"{source}: columns whose wording the questionnaire does not know are numbered by "
            "`choiceId`, not from 1 on in the order of the form, so that nothing tells which "
            f"answer each is of ({shown}). Write the same labels in questionnaire and file, or "
            "give the answers recode values in Qualtrics and export again."
        )


def _signed(number: str) -> str:
    return normal("-" + number[1:] if number.startswith("_") else number)


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
        rows.append(("unusual_submission", "warning", *found, "an answer of a respondent", "kept"))
    shown = cells["Finished"] if "Finished" in cells else cells.get("Progress")
    for row in cells.index[metadata[BROKEN_OFF].fillna(False)]:
        found = metadata["submission"][row], row, "", shown[row]
        rows.append(("partial_submission", "warning", *found, "finished", "kept"))
    return make_findings(rows)
