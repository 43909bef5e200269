"""Answers to multiple choices, however a platform splits or joins them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.columns import normal

YES = frozenset(["1", "y", "yes", "true", "checked", "selected", "是", "已选"])
NO = frozenset(["0", "n", "no", "false", "unchecked", "not selected", "否", "未选"])


def spellings(item: Item, instrument: Instrument) -> dict[str, str]:
    """Every spelling of an answer to a choice, normalised, with its code on the wire."""
    known: dict[str, str] = {}
    if item.response_set is None:
        return known
    for option in item.response_set.options:
        for spelling in (option.wire, str(option.value), *option.label.values()):
            known.setdefault(normal(spelling), option.wire)
    for kind in item.response_set.offer_missing:
        missing = instrument.missing_codes[kind]
        for spelling in (missing.wire or "", str(missing.code), *missing.label.values()):
            known.setdefault(normal(spelling), missing.wire or str(missing.code))
    return known


def display_order(item: Item, instrument: Instrument) -> list[str]:
    """Wires of the answers in the order shown: the options, then the offered missing answers."""
    missing = [instrument.missing_codes[kind] for kind in item.response_set.offer_missing]
    return [option.wire for option in item.response_set.options] + [
        code.wire or str(code.code) for code in missing
    ]


def rejoin(column: pd.Series, item: Item, instrument: Instrument, separator: str) -> pd.Series:
    """Turn answers joined by a platform's separator into wires joined by spaces.

    An answer whose label holds the separator itself is still found: the longest run of parts that
    is an answer counts. A cell with a part that is no answer is left as it is.
    """
    known = spellings(item, instrument)
    found = {cell: _wires(cell, known, separator) or cell for cell in column.unique()}
    return column.map(found)


def _wires(cell: str, known: Mapping[str, str], separator: str) -> str | None:
    parts = cell.split(separator)
    wires: list[str] = []
    start = 0
    longest = max((key.count(separator.strip() or separator) for key in known), default=0) + 1
    while start < len(parts):
        for end in range(min(len(parts), start + longest), start, -1):
            wire = known.get(normal(separator.join(parts[start:end])))
            if wire is not None:
                wires.append(wire)
                start = end
                break
        else:
            return None
    return " ".join(wires)


def join_ticks(cells: pd.DataFrame, answers: Mapping[str, Sequence[str]], source: str) -> pd.Series:
    """Join the columns of ticks of one multiple choice into wires separated by spaces.

    Parameters
    ----------
    cells
        Text cells of the export.
    answers
        The columns of each answer, by wire; several where the item was renamed.
    source
        Name of the file, for messages.

    Raises
    ------
    StudyError
        If a cell is neither a tick, nor none, nor blank.
    """
    text = pd.Series("", index=cells.index, dtype="str")
    for wire, headers in answers.items():
        for header in headers:
            text = text.mask(_ticked(cells[header], source), text + f" {wire}")
    return text.str.strip()


def _ticked(column: pd.Series, source: str) -> pd.Series:
    folded = column.str.strip().str.casefold().str.removesuffix(".0")
    ticked = folded.isin(YES)
    wrong = ~(ticked | folded.isin(NO | {"", "n/a"}))
    if wrong.any():
        row = wrong.idxmax()
        raise StudyError(
            f"{source}, row {row}, column `{column.name}`: found `{column[row][:60]}`, expected a "
            "tick as 1 or 0. Correct the export."
        )
    return ticked
