"""From the text of a cell to the instrument's code."""

from __future__ import annotations

import pandas as pd

from coproduction.errors import StudyError
from coproduction.instrument.definition import Instrument, Item
from coproduction.intake.columns import Matched, find_option, normal

BLANKS = frozenset(["", "na", "n/a", "nan", "null"])


def decode_answers(cells: pd.DataFrame, matched: Matched, instrument: Instrument, source: str):
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
        If a cell holds no answer that the item allows; names row, column and the allowed answers.
    """
    columns = {}
    for item in instrument.questions:
        if item.id in matched.options:
            joined = matched.items.get(item.id)
            columns[item.id] = _split_choice(cells, matched.options[item.id], joined, item, source)
        elif item.id in matched.items:
            header = matched.items[item.id]
            columns[item.id] = _decode(cells[header], item, instrument, source)
    return pd.DataFrame(columns, index=cells.index)


def _decode(column: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    text = column.str.strip()
    text = text.mask(text.str.casefold().isin(BLANKS))
    if item.type in ("select_one", "random"):
        return _choice(text, item, instrument, source)
    if item.type == "select_multiple":
        return _joined_choice(text, item, instrument, source)
    if item.type in ("integer", "decimal"):
        return _number(text, item, instrument, source)
    return text.astype("string")


def _missing_spellings(item: Item, instrument: Instrument) -> dict[str, int]:
    """Spellings of the missing answers an item may hold, with their codes."""
    spellings = {}
    for kind, missing in instrument.missing_codes.items():
        offered = item.response_set is not None and kind in item.response_set.offer_missing
        spellings[str(missing.code)] = missing.code
        if offered:
            for spelling in (missing.wire or "", *missing.label.values()):
                spellings[normal(spelling)] = missing.code
    return spellings


def _choice(text: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    missing = _missing_spellings(item, instrument)
    codes: dict[str, int] = {}
    for found in text.dropna().unique():
        option = find_option(_plain_number(found), item)
        code = option.value if option else missing.get(normal(found))
        if code is None:
            raise _refused(text, text == found, item, _allowed(item, instrument), source)
        codes[found] = code
    return text.map(codes).astype("Int64")


def _joined_choice(text: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    missing = _missing_spellings(item, instrument)
    codes: dict[str, str] = {}
    for found in text.dropna().unique():
        if normal(found) in missing:
            codes[found] = str(missing[normal(found)])
            continue
        whole = find_option(found, item)
        ticked = [whole] if whole else [find_option(part, item) for part in found.split()]
        if None in ticked:
            raise _refused(
                text,
                text == found,
                item,
                "option codes separated by spaces (labels joined by spaces cannot be told apart: "
                "export values, or one column per option)",
                source,
            )
        codes[found] = _in_order({option.value for option in ticked}, item)
    return text.map(codes).astype("string")


def _split_choice(
    cells: pd.DataFrame, headers, joined: str | None, item: Item, source: str
) -> pd.Series:
    """Multiple choice from its 0/1 columns; a row with no 0/1 at all was not answered."""
    ticks = {}
    for value, header in headers.items():
        text = cells[header].str.strip()
        known = {"1": True, "0": False, "": None, "true": True, "false": False}
        folded = text.str.casefold()
        wrong = ~folded.isin(list(known))
        if wrong.any():
            raise _refused(text, wrong, item, "1, 0 or nothing", source, header)
        ticks[value] = folded.map(known)
    table = pd.DataFrame(ticks, index=cells.index)
    answered = table.notna().any(axis=1)
    chosen = table.fillna(False).astype(bool)
    order = [value for value in item.response_set.values if value in chosen]
    text = pd.Series("", index=cells.index, dtype="string")
    for value in order:
        text = text.mask(chosen[value], text + f" {value}")
    text = text.str.strip().mask(~answered)
    return text.mask(text == "")


def _number(text: pd.Series, item: Item, instrument: Instrument, source: str) -> pd.Series:
    missing = _missing_spellings(item, instrument)
    numbers = pd.to_numeric(text.map(_plain_number, na_action="ignore"), errors="coerce")
    coded = text.map(lambda cell: missing.get(normal(cell)), na_action="ignore")
    numbers = numbers.where(coded.isna(), pd.to_numeric(coded))
    whole = item.type == "integer"
    wrong = text.notna() & (numbers.isna() | (numbers.abs() > 1e15))
    if whole:
        wrong |= numbers.notna() & (numbers % 1 != 0)
    if wrong.any():
        kind = "a whole number" if whole else "a number"
        raise _refused(text, wrong, item, kind, source)
    return numbers.astype("Float64").astype("Int64" if whole else "Float64")


def _plain_number(text: str) -> str:
    """Whole numbers as spreadsheets write them (`3.0`) without their decimals."""
    head, dot, tail = text.partition(".")
    return head if dot and head.lstrip("-").isdigit() and set(tail) == {"0"} else text


def _in_order(values: set[int], item: Item) -> str:
    return " ".join(str(value) for value in item.response_set.values if value in values)


def _allowed(item: Item, instrument: Instrument) -> str:
    language = instrument.languages[0]
    shown = [f"{option.wire} {option.label[language]}" for option in item.response_set.options]
    for kind in item.response_set.offer_missing:
        missing = instrument.missing_codes[kind]
        shown.append(f"{missing.wire} {missing.label[language]}")
    return "one of " + "; ".join(shown)


def _refused(
    text: pd.Series, wrong: pd.Series, item: Item, allowed: str, source: str, header: str = ""
) -> StudyError:
    row = wrong.fillna(False).idxmax()
    found = str(text.loc[row])
    found = found if len(found) <= 60 else found[:57] + "…"
    return StudyError(
        f"{source}, row {row}, column `{header or text.name}` (item `{item.id}`): found "
        f"`{found}`, expected {allowed}. Correct the export or the questionnaire."
    )
