"""Which column of an export holds which item."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.instrument.wording import normal as normal
from coproduction.instrument.wording import sharing

# More would not fit a sentence.
MOST_NAMED = 8


@dataclass(frozen=True)
class Matched:
    """Columns of an export, matched to the questionnaire.

    Attributes
    ----------
    items
        Header of the column that holds each item, by item id.
    options
        Headers of the columns of ticks that were joined into it, by answer, by item id.
    """

    items: Mapping[str, str]
    options: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


def claimed(instrument: Instrument) -> frozenset[str]:
    """Headers that are an item's, whatever else the platform uses them for: its id and aliases."""
    return frozenset(name for item in instrument.questions for name in (item.id, *item.aliases))


def check_columns(
    headers: Iterable[str],
    found: Iterable[str],
    instrument: Instrument,
    source: str,
    absent: Iterable[str] = (),
) -> None:
    """Refuse columns that are no item and items that have no column.

    Parameters
    ----------
    headers
        Headers that no reading recognised.
    found
        Ids of the items that have a column.
    instrument
        The questionnaire.
    source
        Name of the file, for messages.
    absent
        Items that this export does not hold.

    Raises
    ------
    StudyError
        If a header is no item or an item has no column.
    """
    unknown = list(headers)
    if shared := _shared(unknown, instrument):
        raise StudyError(
            f"{source}: the wording of a column is that of several items: {shared}. Export "
            "codes of the questions instead, or rename each column to the id of the item it holds."
        )
    if unknown:
        raise StudyError(_unknown(unknown, instrument, source))
    found, absent = set(found), set(absent)
    _check_absent(instrument, found & absent, source)
    _check_complete(instrument, found, absent, source)


def _unknown(headers: Sequence[str], instrument: Instrument, source: str) -> str:
    shown = [header if len(header) <= 60 else header[:57] + "…" for header in headers]
    listed = ", ".join(f"`{header}`" for header in shown)
    if len(headers) == 1:
        last = headers[0].rsplit("/", 1)[-1]
        close = difflib.get_close_matches(last, list(instrument.by_id), n=1)
        hint = f"; did you mean `{close[0]}`?" if close else "."
        told = f"the column {listed} is not in {instrument.source}{hint} Add it"
    else:
        told = f"the columns {listed} are not in {instrument.source}. Add them"
    return (
        f"{source}: {told} to the questionnaire (or to the `aliases` of an item), or name "
        f"{'it' if len(headers) == 1 else 'them'} under `ignore_columns` in study.yaml."
    )


def _shared(headers: Sequence[str], instrument: Instrument) -> str:
    """Columns known by a wording that several items bear."""
    wordings = sharing({item.id: item.text for item in instrument.questions})
    found = []
    for header in headers:
        for wording in (header, header.rsplit("/", 1)[-1]):
            if items := wordings.get(normal(wording)):
                found.append(f"`{header[:60]}` of {', '.join(items)}")
                break
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return "; ".join(found[:MOST_NAMED]) + more


def _check_absent(instrument: Instrument, held: set[str], source: str) -> None:
    names = [item.id for item in instrument.questions if item.id in held]
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        raise StudyError(
            f"{source} has a column that can be read as {', '.join(names[:MOST_NAMED])}{more}, "
            "which `absent_items` in study.yaml says it does not hold; take them out there, or "
            "name the columns under `ignore_columns`."
        )


def _check_complete(instrument: Instrument, found: set[str], absent: set[str], source: str) -> None:
    missing = [item.id for item in instrument.questions if item.id not in found | absent]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise StudyError(
            f"{source} has no column for {', '.join(missing[:MOST_NAMED])}{more}; export all "
            "questions, or list items that were not fielded under `absent_items` in study.yaml."
        )
