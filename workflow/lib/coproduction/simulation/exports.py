"""Simulated answers written as survey platforms write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from coproduction.instrument.definition import Instrument, Item


def kobo_csv(answers: pd.DataFrame, metadata: pd.DataFrame, instrument: Instrument) -> bytes:
    """Write answers as a KoboToolbox CSV: values, group prefixes, choices joined and split.

    Parameters
    ----------
    answers
        One column per item in codes; None for a blank.
    metadata
        Kobo's own columns, before and after the answers as their names tell.
    instrument
        The questionnaire.
    """
    before = ["start", "end", "today", "deviceid"]
    columns: dict[str, Sequence[str]] = {name: metadata[name].tolist() for name in before}
    for item in instrument.questions:
        header = f"sec{item.section}/{item.id}"
        cells = [_wire(value, item, instrument) for value in answers[item.id]]
        columns[header] = cells
        if item.type == "select_multiple":
            for option in item.response_set.options:
                ticks = [
                    "" if not cell else str(int(option.wire in cell.split())) for cell in cells
                ]
                columns[f"{header}/{option.wire}"] = ticks
    columns.update({name: metadata[name].tolist() for name in metadata if name not in before})
    return _written(columns.keys(), zip(*columns.values(), strict=True), delimiter=";", quote=True)


def plain_csv(table: pd.DataFrame) -> bytes:
    """Write a table as plain CSV, blanks as nothing."""
    rows = ([_text(value) for value in row] for row in table.itertuples(index=False))
    return _written(table.columns, rows, delimiter=",", quote=False)


def _written(
    header: Iterable[str], rows: Iterable[Iterable[str]], *, delimiter: str, quote: bool
) -> bytes:
    buffer = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def _wire(value: object, item: Item, instrument: Instrument) -> str:
    text = _text(value)
    if not text or item.response_set is None:
        return text
    missing = {str(code.code): code.wire for code in instrument.missing_codes.values() if code.wire}
    wires = {str(option.value): option.wire for option in item.response_set.options} | missing
    return " ".join(wires[part] for part in text.split())


def _text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and value == int(value):
        return str(int(value))
    return str(value)
