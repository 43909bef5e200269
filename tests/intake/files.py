"""Sheets written as files: delimited text, Excel, Parquet, SPSS and Stata."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from answered import Submission, every_answer, shown, utc
from layouts import Sheet

from coproduction.instrument.definition import Instrument


def delimited(
    sheet: Sheet,
    delimiter: str = ",",
    *,
    quote: bool = False,
    encoding: str = "utf-8",
    line_end: str = "\n",
) -> bytes:
    """Delimited text, cells quoted all or where needed."""
    buffer = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerow(sheet.header)
    writer.writerows(sheet.rows)
    return buffer.getvalue().encode(encoding)


def excel(sheet: Sheet, name: str = "Sheet1") -> bytes:
    """An Excel file whose cells are text, as survey platforms write them."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(name)
    for row in [sheet.header, *sheet.rows]:
        cells = []
        for text in row:
            cell = WriteOnlyCell(page, value=text or None)
            if text:
                cell.data_type = "s"
            cells.append(cell)
        page.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parquet(sheet: Sheet) -> bytes:
    """A Parquet table of text columns."""
    buffer = io.BytesIO()
    pd.DataFrame(sheet.rows, columns=sheet.header).replace("", None).to_parquet(buffer)
    return buffer.getvalue()


def statistics(
    instrument: Instrument, submissions: Sequence[Submission], language: str
) -> tuple[pd.DataFrame, dict[str, dict[int, str]], dict[str, str]]:
    """Table in numbers, labels of values and of variables, as statistics programs keep them."""
    columns: dict[str, list] = {
        "submission": [s.id for s in submissions],
        "started_at": [utc(s.started) for s in submissions],
        "ended_at": [utc(s.ended) for s in submissions],
    }
    values, variables = {}, {}
    for item in instrument.questions:
        answers = [s.answers.get(item.id) for s in submissions]
        offered = every_answer(item, instrument) if item.response_set else []
        labels = {value: shown(item, value, instrument, language) for value in offered}
        if item.type == "select_multiple":
            for value in offered:
                name = f"{item.id}_{shown(item, value, instrument)}"
                columns[name] = [float(value in a) if a else float("nan") for a in answers]
                variables[name] = labels[value]
        elif item.type in ("text", "date"):
            columns[item.id] = [answer or "" for answer in answers]
            variables[item.id] = item.text[language]
        else:
            columns[item.id] = [float("nan") if a is None else float(a) for a in answers]
            variables[item.id] = item.text[language]
            if labels:
                values[item.id] = labels
    return pd.DataFrame(columns), values, variables


def spss(instrument: Instrument, submissions: Sequence[Submission]) -> bytes:
    """An SPSS file with value labels and user-missing values."""
    import pyreadstat

    table, values, variables = statistics(instrument, submissions, "zh-CN")
    codes = instrument.missing_values
    missing = {name: [{"lo": min(codes), "hi": max(codes)}] for name in values}
    return _saved(
        lambda path: pyreadstat.write_sav(
            table,
            path,
            column_labels=_cut(variables),
            variable_value_labels=values,
            missing_ranges=missing,
        ),
        ".sav",
    )


def stata(instrument: Instrument, submissions: Sequence[Submission]) -> bytes:
    """A Stata file with value labels."""
    table, values, variables = statistics(instrument, submissions, "en")
    buffer = io.BytesIO()
    long = [name for name in table if table[name].dtype != float]
    table.to_stata(
        buffer,
        write_index=False,
        version=118,
        value_labels=values,
        variable_labels={name: text[:80] for name, text in variables.items()},
        convert_strl=[name for name in long if table[name].str.len().max() > 500],
    )
    return buffer.getvalue()


def _cut(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: text.encode()[:250].decode(errors="ignore") for name, text in variables.items()}


def _saved(write, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file{suffix}")
        write(str(path))
        return path.read_bytes()
