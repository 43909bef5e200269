"""The heading rows of a Qualtrics export: as many as there are, and what each column is."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument
from coproduction.intake.columns import normal
from coproduction.intake.recognition import named

# Columns in which an answer has a digit and a heading, in any language, has none.
MEASURED = (
    "StartDate",
    "EndDate",
    "RecordedDate",
    "Progress",
    "Duration (in seconds)",
    "Q_TotalDuration",
)
# Headings stand in three rows at most.
FURTHER = 2
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Headings:
    """What the heading rows below the first one say.

    Attributes
    ----------
    wordings
        Wording of each column, without the marks of HTML.
    details
        What the row of JSON says of each column: `ImportId`, `choiceId`, `recode`, `timeZone`.
    """

    wordings: Mapping[str, str]
    details: Mapping[str, Mapping[str, str]]


def without_headings(
    cells: pd.DataFrame, own: Sequence[str], instrument: Instrument, source: str
) -> tuple[pd.DataFrame, Headings]:
    """Take off the further heading rows, none, one or two of them.

    A row of JSON is a heading, and so is what stands above it. Without one, the first row is a
    heading if no cell of the platform's own columns can be an answer: files of the old kind, and
    those from which somebody cut the JSON.

    Parameters
    ----------
    cells
        The cells under the first heading row.
    own
        Headers that the platform adds.
    instrument, source
        The questionnaire, and the name of the file for messages.

    Raises
    ------
    StudyError
        If no row is left.
    """
    told = next((n for n in range(min(FURTHER, len(cells))) if _is_json(cells.iloc[n])), None)
    first = cells.iloc[0]
    # The old kind names its own columns V1, V2, ... and says in the second row what they hold.
    renamed = {
        header: word.strip()
        for header, word in first.items()
        if re.fullmatch(r"V\d+", header) and word.strip() in own
    }
    worded = told == 1 or (told is None and (renamed or _is_heading(first, instrument)))
    extra = (told + 1) if told is not None else int(bool(worded))
    rest = cells.iloc[extra:]
    if rest.empty:
        raise StudyError(f"{source} has headers but no rows: export it again with its answers.")
    rest = rest.set_axis(rest.index - extra).rename(columns=renamed).rename_axis("source_row")
    words = {renamed.get(h, h): _plain(cell) for h, cell in first.items()} if worded else {}
    details = {} if told is None else cells.iloc[told].map(_details).to_dict()
    details = {renamed.get(header, header): said for header, said in details.items()}
    return rest, Headings(words, details)


def is_import_id(cell: str) -> bool:
    """Whether a cell of a heading row names a Qualtrics question."""
    return "ImportId" in _details(cell)


def _details(cell: str) -> Mapping[str, str]:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: str(value) for key, value in found.items() if not isinstance(value, dict | list)}


def _is_json(row: pd.Series) -> bool:
    return bool(row.map(is_import_id).any())


def _is_heading(row: pd.Series, instrument: Instrument) -> bool:
    """Whether a row holds words where answers would hold moments, numbers and ids."""
    measured = [row[name] for name in MEASURED if name in row and row[name].strip()]
    if any(re.search(r"\d", cell) for cell in measured) or row.get("ResponseId", "")[:2] == "R_":
        return False
    known = named(instrument)
    filled = [cell for cell in row if cell.strip()]
    worded = sum(normal(_plain(cell)) in known for cell in filled)
    return bool(measured) or worded * 2 > len(filled)


def _plain(wording: str) -> str:
    """Leave out the marks of HTML, which the editor of Qualtrics puts into wordings."""
    return " ".join(html.unescape(TAG.sub(" ", wording)).split()) if _marked(wording) else wording


def _marked(wording: str) -> bool:
    return bool(TAG.search(wording) or html.unescape(wording) != wording)
