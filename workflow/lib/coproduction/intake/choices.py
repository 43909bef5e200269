"""Answers to choices, however a platform spells, splits or joins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.columns import normal
from coproduction.languages import listed

YES = listed("exports.yaml", "ticked") | {"1"}
NO = listed("exports.yaml", "unticked") | {"0", ""}

# So many rows are named beside the first.
MOST_ROWS = 4
# More than a multiple choice has answers.
MOST_PARTS = 1_000


def spellings(item: Item, instrument: Instrument) -> dict[str, str]:
    """Every spelling of an answer to a choice, normalised, with its code on the wire.

    Codes count before labels; a label that two answers share tells neither and is left out.
    """
    if item.response_set is None:
        return {}
    missing = [instrument.missing_codes[kind] for kind in item.offer_missing]
    answers = [(o.wire, o.value, o.label) for o in item.options]
    answers += [(code.wire or str(code.code), code.code, code.label) for code in missing]
    codes: dict[str, str] = {}
    for wire, _, _ in answers:
        codes.setdefault(normal(wire), wire)
    for wire, value, _ in answers:
        codes.setdefault(normal(str(value)), wire)
    return labels(item, instrument) | codes


def labels(item: Item, instrument: Instrument) -> dict[str, str]:
    """Labels of the answers to a choice, normalised, with the answer's code on the wire."""
    if item.response_set is None:
        return {}
    missing = [instrument.missing_codes[kind] for kind in item.offer_missing]
    answers = [(option.wire, option.label) for option in item.options]
    answers += [(code.wire or str(code.code), code.label) for code in missing]
    wires: dict[str, set[str]] = {}
    for wire, label in answers:
        for wording in label.values():
            wires.setdefault(normal(wording), set()).add(wire)
    return {wording: found.pop() for wording, found in wires.items() if len(found) == 1}


def codes(item: Item, instrument: Instrument) -> dict[str, int]:
    """Every spelling of an answer to an item, normalised, with its code in the tables.

    The codes of all kinds of missing answer count, whether the form offers them or not.
    """
    known = {str(code): code for code in instrument.missing_values}
    if item.response_set is None:
        return known
    values = {option.wire: option.value for option in item.options}
    for kind in item.offer_missing:
        missing = instrument.missing_codes[kind]
        values[missing.wire or str(missing.code)] = missing.code
    return known | {text: values[wire] for text, wire in spellings(item, instrument).items()}


def display_order(item: Item, instrument: Instrument) -> list[str]:
    """Wires of the answers in the order shown: the options, then the offered missing answers."""
    missing = [instrument.missing_codes[kind] for kind in item.offer_missing]
    return [option.wire for option in item.options] + [
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
    if len(parts) > MOST_PARTS:
        return None
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
        If a cell is neither a tick, nor none, nor blank. It does not repeat the cell: whether the
        person agreed to take part is not read yet.
    """
    text = pd.Series("", index=cells.index, dtype="str")
    for wire, headers in answers.items():
        for header in headers:
            text = text.mask(_ticked(cells[header], source), text + f" {wire}")
    return text.str.strip()


def further(rows: Iterable[int]) -> str:
    """Name the rows after the first one of which a message is true as well, as many as fit."""
    others = list(rows)[1:]
    if not others:
        return ""
    shown = ", ".join(map(str, others[:MOST_ROWS]))
    more = f" and {len(others) - MOST_ROWS:,} more" if len(others) > MOST_ROWS else ""
    return f" Likewise in row{'s' if len(others) > 1 else ''} {shown}{more}."


def _ticked(column: pd.Series, source: str) -> pd.Series:
    places, cells = pd.factorize(column)
    folded = [cell.strip().casefold().removesuffix(".0") for cell in cells]
    unknown = np.array([tick not in YES and tick not in NO for tick in folded], dtype=bool)
    if unknown.any():
        rows = column.index[unknown[places]]
        raise StudyError(
            f"{source}, row {rows[0]}, column `{column.name}`: found neither a tick nor "
            f"none, expected 1 or 0.{further(rows)} Correct the export."
        )
    ticked = np.array([tick in YES for tick in folded], dtype=bool)
    return pd.Series(ticked[places], index=column.index)


def check_ticks(
    joined: pd.Series, ticks: pd.Series, item: Item, instrument: Instrument, source: str
) -> None:
    """Refuse a multiple choice whose joined answers and whose columns of ticks differ.

    Parameters
    ----------
    joined
        Answers joined by spaces; cells that are no list of codes or one-word labels tell nothing.
    ticks
        Wires of the ticked columns, separated by spaces.
    item, instrument, source
        The question, the questionnaire, and the name of the file for messages.

    Raises
    ------
    StudyError
        If a row differs; as in `join_ticks` the answers are not repeated.
    """
    known = spellings(item, instrument)

    def differ(answer: str, ticked: str) -> bool:
        wires = [known.get(normal(part)) for part in answer.split()]
        if None in wires or (len(wires) > 1 and normal(answer) in known):
            return False
        return set(wires) != set(ticked.split())

    places, pairs = pd.factorize(pd.Index(zip(joined, ticks, strict=True), tupleize_cols=False))
    wrong = np.array([differ(*pair) for pair in pairs], dtype=bool)
    if not wrong.any():
        return
    rows = joined.index[wrong[places]]
    raise StudyError(
        f"{source}, row {rows[0]}, column `{joined.name}` (item `{item.id}`): the columns "
        "of its answers say otherwise than the answers joined."
        f"{further(rows)} Correct the export, or name the wrong columns under `ignore_columns` in "
        "study.yaml."
    )
