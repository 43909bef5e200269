"""How each column of a result table is shown: its heading, its format, its interval.

Which format a column has is said in `dictionary/tables.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from coproduction.codes import code_text
from coproduction.dictionary import dictionary
from coproduction.report.blocks import Table
from coproduction.report.labels import Labels
from coproduction.report.numbers import (
    NONE,
    RELIABILITIES,
    SIMILARITIES,
    beside,
    count,
    degrees,
    interval,
    number,
    p_value,
    percent,
)
from coproduction.report.words import wording

Record = Mapping[str, Any]
BLANK = ("", NONE)


def tabulate(
    frame: pd.DataFrame,
    columns: Sequence[str],
    labels: Labels,
    caption: str,
    notes: Sequence[str] = (),
    file: str = "",
    headings: Mapping[str, str] | None = None,
    group: Callable[[Record], str] | None = None,
    further: bool = False,
) -> Table:
    """Make a table as it is shown from a result table; columns without any content are left out.

    Parameters
    ----------
    frame
        Result table; one row per row shown.
    columns
        Names of its columns in order; `interval` stands for `conf_low` and `conf_high`, and
        `x_interval` for `x_conf_low` and `x_conf_high`.
    labels
        Names in the language of the report.
    caption
        What the table shows.
    notes
        Sentences under it.
    file
        Result file it was made from, which knows the formats of its columns.
    headings
        Columns whose heading is that of another key of the words' `columns`.
    group
        Gives the heading that a row stands under; rows of a heading are brought together.
    further
        Whether the table belongs in an appendix.
    """
    other = headings or {}
    groups: dict[str, list[list[str]]] = {}
    for record in frame.to_dict("records"):
        heading = group(record) if group else ""
        cells = [cell(record, name, labels, file) for name in columns]
        groups.setdefault(heading, []).append(cells)
    rows = [row for part in groups.values() for row in part]
    kept = [place for place in range(len(columns)) if any(row[place] not in BLANK for row in rows)]
    shown = [
        (labels.heading(other.get(name, name)), _numeric(frame, name, file))
        for name in (columns[place] for place in kept or range(len(columns)))
    ]
    starts, place = [], 0
    for heading, part in groups.items() if group else ():
        starts.append((place, heading))
        place += len(part)
    texts = [[row[place] for place in kept] for row in rows]
    remarks = [note for note in notes if note]
    return Table(caption, shown, texts, remarks, file, tuple(starts), further)


def cell(record: Record, name: str, labels: Labels, file: str = "") -> str:
    """Write one cell of a result table for the reader; as it is where no format is known."""
    if name.endswith("interval"):
        part = name.removesuffix("interval")
        return interval(record[f"{part}conf_low"], record[f"{part}conf_high"])
    value, known = record[name], dictionary().column(file, name)
    kind, _, vocabulary = known.format.partition(" ") if known else ("", "", "")
    if kind == "words":
        return labels.word(vocabulary, value)
    if kind in NAMES:
        return NAMES[kind](record, name, labels)
    return value if isinstance(value, str) else NUMBERS.get(kind, number)(value)


def written(value: float, name: str, file: str) -> str:
    """Write a number in a sentence as the tables write the column that it is taken from."""
    known = dictionary().tables[file][name]
    return NUMBERS[known.format](value)


def _item(record: Record, name: str, labels: Labels) -> str:
    item = labels.items.get(record[name])
    text = wording(item.text, labels.language) if item else labels.name(record[name])
    return f"{record[name]} {text}"


def _hypothesis(record: Record, name: str, labels: Labels) -> str:
    return f"{record[name]} {labels.hypotheses.get(record[name], '')}".rstrip()


def _verdict(record: Record, name: str, labels: Labels) -> str:
    verdict = labels.verdict(record[name], record.get("objections") or "")
    if record.get("status") != "exploratory":
        return verdict
    return labels.text["exploratory"].format(verdict=verdict)


def _objections(record: Record, name: str, labels: Labels) -> str:
    codes = record[name].split(";") if record[name] else []
    return labels.text["enumeration"].join(labels.word("objections", each) for each in codes)


def _category(record: Record, name: str, labels: Labels) -> str:
    """Write the category of an ordinal outcome; categories are whole numbers."""
    value = record[name]
    return "" if value != value else labels.level(record.get("outcome", ""), code_text(value))


def _answers(record: Record, name: str, labels: Labels) -> str:
    """Write the answers that are one category of an item."""
    codes = str(record[name]).split()
    return labels.text["enumeration"].join(labels.answer(record["item"], code) for code in codes)


def _level(record: Record, name: str, labels: Labels) -> str:
    """Write the group that a row is about, or the value that a numeric variable is held at."""
    return labels.held_at(_variable(record), str(record[name]), record.get("cell", ""))


def _variable(record: Record) -> str:
    """Find the variable whose level a row is about."""
    return record.get("by") or record.get("variable") or record.get("group") or ""


NUMBERS: dict[str, Callable[[Any], str]] = {
    "count": count,
    "number": number,
    "one_decimal": lambda value: number(value, 1),
    "two_decimals": lambda value: number(value, 2),
    "shortest": lambda value: NONE if value != value else f"{value:g}",
    "percent": percent,
    "p_value": p_value,
    "degrees": degrees,
    "reliability": lambda value: beside(value, *RELIABILITIES),
    "similarity": lambda value: beside(value, *SIMILARITIES),
}
"""Formats of numbers."""
NAMES: dict[str, Callable[[Record, str, Labels], str]] = {
    "yes_no": lambda record, name, labels: labels.text["yes" if record[name] else "no"],
    "name": lambda record, name, labels: labels.name(record[name]),
    "item": _item,
    "variable": lambda record, name, labels: labels.term(record[name]),
    "term": lambda record, name, labels: labels.contrast(
        record[name], record.get("reference") or ""
    ),
    "level": _level,
    "category": _category,
    "answers": _answers,
    "values": lambda record, name, labels: labels.values(record[name], record.get("model", "")),
    "model": lambda record, name, labels: labels.model(record[name]),
    "hypothesis": _hypothesis,
    "verdict": _verdict,
    "objections": _objections,
    "index": lambda record, name, labels: labels.index(record[name]),
    "message": lambda record, name, labels: labels.message(record[name]),
}
"""Formats of codes and texts; they may look at the rest of the row."""


def _numeric(frame: pd.DataFrame, name: str, file: str) -> bool:
    """Tell whether a column holds numbers, and not codes that are written as words."""
    if name.endswith("interval") or pd.api.types.is_float_dtype(frame[name]):
        return True
    known = dictionary().column(file, name)
    counted = known is not None and known.type == "integer"
    return counted and pd.api.types.is_integer_dtype(frame[name])
