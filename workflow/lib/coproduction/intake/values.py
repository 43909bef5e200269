"""From the text of a cell to the instrument's code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.canonical import dtype
from coproduction.intake.choices import codes, further
from coproduction.intake.columns import Matched, normal
from coproduction.intake.moments import iso_date

BLANKS = frozenset(["", "na", "n/a", "nan", "null"])
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
SHORT_NUMBER = re.compile(r"[-+.,:/0-9]{1,8}")
# Whole numbers up to here are exact in every program that may have written the file.
LARGEST = 1e15
# So many columns with cells that are no answers are told at once.
MOST_TOLD = 20
# More than all answers to a multiple choice hold together.
MOST_WORDS = 1_000

Answer = int | float | str


class Unfit(ValueError):
    """A cell that is no answer; the text says what would be, then come the rows with such cells."""


def decode_answers(
    cells: pd.DataFrame, matched: Matched, instrument: Instrument, source: str
) -> pd.DataFrame:
    """Decode every matched column.

    Parameters
    ----------
    cells
        Text cells, indexed by row number.
    matched
        Which column holds which item.
    instrument
        The questionnaire.
    source
        Name of the file, for messages.

    Returns
    -------
    pandas.DataFrame
        One column per item found, in codes; blank cells are null.

    Raises
    ------
    StudyError
        If a cell holds no answer that the item allows; names rows, column and the allowed answers
        of every such column.
    """
    columns, refused = {}, []
    for item in instrument.questions:
        if item.id in matched.items:
            column = cells[matched.items[item.id]]
            try:
                columns[item.id] = _decode(column, item, instrument, source)
            except Unfit as unfit:
                told = _may_tell(cells, columns, matched, instrument)
                refused.append(_refused(column, item, unfit, told, source))
    if refused:
        more = [f"{source}: {len(refused) - MOST_TOLD} more columns; mend these first."]
        raise StudyError("\n".join(refused[:MOST_TOLD] + more * (len(refused) > MOST_TOLD)))
    return pd.DataFrame(columns, index=cells.index, copy=False)


def _decode(column: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    text = column.str.strip()
    if item.type == "text":
        # Respondents may well write NA or null.
        return text.astype("string").mask(text == "")
    read = _reader(item, instrument)
    # Each different cell is read once: a long table holds few of them.
    places, cells = pd.factorize(text)
    answers: list[Answer | None] = []
    unfit: dict[int, Unfit] = {}
    for place, cell in enumerate(cells):
        try:
            answers.append(None if cell.casefold() in BLANKS else read(cell))
        except Unfit as error:
            unfit[place] = error
    if unfit:
        # What would fit is said of the first row.
        raise Unfit(str(next(iter(unfit.values()))), text.index[np.isin(places, list(unfit))])
    values = pd.array(answers, dtype=dtype(item)).take(places)
    return pd.Series(values, index=column.index, name=column.name)


def _reader(item: Item, instrument: Instrument) -> Callable[[str], Answer]:
    """Make the function that turns one cell into an answer to this item."""
    known = codes(item, instrument)

    def choice(cell: str) -> int:
        code = known.get(normal(_plain_number(cell)), known.get(normal(cell)))
        if code is None:
            raise Unfit(_allowed(item, instrument))
        return code

    def choices(cell: str) -> str:
        words = normal(cell).split(" ")
        ways = _ways(words, known) if len(words) <= MOST_WORDS else set()
        if len(ways) != 1:
            raise Unfit(
                "option codes separated by spaces (these labels joined by spaces cannot be told "
                "apart: export values, or one column per option)"
            )
        parts = next(iter(ways))
        answers = parts - set(instrument.missing_values)
        if answers != parts and len(parts) > 1:
            raise Unfit("either answers or one missing answer, not both")
        return _in_order(answers, item) if answers else str(next(iter(parts)))

    def number(cell: str) -> int | float:
        code = known.get(normal(cell))
        if code is not None:
            return code
        plain = unicodedata.normalize("NFKC", cell)
        value = float(plain) if NUMBER.fullmatch(plain) else LARGEST * 10
        if abs(value) > LARGEST:
            raise Unfit("a whole number" if item.type == "integer" else "a number")
        if item.type == "integer" and value % 1:
            raise Unfit("a whole number")
        return int(value) if item.type == "integer" else value

    def date(cell: str) -> str:
        if cell in known:
            return str(known[cell])
        day = iso_date(cell)
        if day is None:
            raise Unfit("a date as 2026-11-20")
        return day

    kinds: dict[str, Callable[[str], Answer]] = {
        "select_one": choice,
        "random": choice,
        "select_multiple": choices,
        "integer": number,
        "decimal": number,
        "date": date,
    }
    return kinds[item.type]


def _ways(words: list[str], known: Mapping[str, int]) -> set[frozenset[int]]:
    """Find the sets of answers that a row of words can be cut into."""
    longest = max(text.count(" ") for text in known) + 1
    ways: list[set[frozenset[int]]] = [{frozenset()}]
    for end in range(1, len(words) + 1):
        found: set[frozenset[int]] = set()
        for start in range(max(0, end - longest), end):
            code = known.get(_plain_number(" ".join(words[start:end])))
            if code is not None:
                found |= {way | {code} for way in ways[start]}
        ways.append(found)
    return ways[-1]


def _plain_number(text: str) -> str:
    """Whole numbers as spreadsheets write them (`3.0`) without their decimals."""
    head, dot, tail = text.partition(".")
    return head if dot and head.lstrip("-").isdigit() and set(tail) == {"0"} else text


def _in_order(values: Collection[int], item: Item) -> str:
    return " ".join(str(value) for value in item.values if value in values)


def _allowed(item: Item, instrument: Instrument) -> str:
    language = instrument.languages[0]
    shown = [f"{option.wire} {option.label[language]}" for option in item.options]
    for kind in item.offer_missing:
        missing = instrument.missing_codes[kind]
        shown.append(f"{missing.wire} {missing.label[language]}")
    return "one of " + "; ".join(shown)


def _may_tell(
    cells: pd.DataFrame, columns: Mapping[str, pd.Series], matched: Matched, instrument: Instrument
) -> pd.Series:
    """Tell the answers of which rows a message may repeat: of those who agreed, as far as read."""
    told = pd.Series(True, index=cells.index)
    for item in instrument.with_role("consent"):
        if item.id in columns:
            told &= (columns[item.id] == item.values[0]).fillna(False)
        elif item.id in matched.items:
            told &= False
    return told.astype(bool)


def _refused(column: pd.Series, item: Item, unfit: Unfit, may_tell: pd.Series, source: str) -> str:
    allowed, rows = unfit.args
    row = rows[0]
    cell = column[row].strip()
    secret = item.confidential or item.sensitive or not (may_tell[row] or item.role == "consent")
    # What stands where a number should may be words, a telephone number or an identity number.
    secret |= item.response_set is None and not SHORT_NUMBER.fullmatch(cell)
    found = "an answer that is not repeated here" if secret else f"`{shortened(cell)}`"
    return (
        f"{source}, row {row}, column `{column.name}` (item `{item.id}`): found {found}, expected "
        f"{allowed}.{further(rows)} Correct the export or the questionnaire."
    )


def shortened(cell: str) -> str:
    """Give the beginning of a long cell."""
    return cell if len(cell) <= 60 else cell[:57] + "…"
