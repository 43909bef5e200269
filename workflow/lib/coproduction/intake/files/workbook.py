"""From the bytes of an Excel file to rows of text cells."""

from __future__ import annotations

import contextlib
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from coproduction.errors import StudyError

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An honest export of a survey stays far below both: a small file that unpacks to more is a trap.
LARGEST_UNPACKED, LARGEST_RATIO = 2_000_000_000, 500
# More would not fit a sentence.
MOST_NAMED = 8
# As many as an Excel sheet of its greatest length has with 190 columns.
MOST_CELLS = 200_000_000
SERIAL_NUMBERS = 1e15
# A formula and a merged range, whatever prefix the file gives to the namespace of sheets.
FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s")
# Excel's *Strict Open XML* differs from the usual kind in the names of its namespaces.
STRICT, USUAL = (
    b"http://purl.oclc.org/ooxml/",
    {
        b"spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"officeDocument/relationships": (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        ),
    },
)
ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#ERROR"])


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin like an Excel file of either kind (.xlsx, .xls)."""
    return data.startswith((ZIP, OLE))


def sheet_rows(data: bytes, source: str, sheet: str | None = None) -> list[list[str]]:
    """Read one sheet of a workbook as text.

    Numbers are written without needless decimals, moments in ISO 8601, true and false as 1 and 0.
    Rows keep their place; cells that a row does not have are empty text.

    Parameters
    ----------
    data
        Content of the file.
    source
        Name of the file, for messages.
    sheet
        Name of the sheet; by default the first one that holds anything, hidden ones last.

    Raises
    ------
    StudyError
        If the file is damaged, has no such sheet, unpacks to an unreasonable size, or holds an
        error of Excel, a formula whose result was never computed or cells merged over lines.
    """
    for name, rows in _tables(data, source):
        if sheet is None and not any(any(row) for row in rows):
            continue
        if sheet in (None, name):
            _check_errors(rows, name, source)
            width = max(len(row) for row in rows) if rows else 0
            if width * len(rows) > MOST_CELLS:
                raise StudyError(
                    f"{source}, sheet `{name}`: {len(rows):,} lines and {width:,} columns, more "
                    "than a survey has; delete what stands far below or beside the table."
                )
            return [[*row, *[""] * (width - len(row))] for row in rows]
    wanted = "nothing on any sheet" if sheet is None else f"no sheet `{sheet}`"
    raise StudyError(f"{source} has {wanted}: export it again.")


def further_sheets(data: bytes, source: str, sheet: str | None = None) -> dict[str, int]:
    """Count the filled lines under the heading of each sheet that `sheet_rows` leaves unread."""
    if len(sheet_names(data, source)) == 1:
        return {}
    lines = {name: sum(any(row) for row in rows) for name, rows in _tables(data, source)}
    filled = {name: count for name, count in lines.items() if count}
    read = sheet if sheet is not None else next(iter(filled), None)
    return {name: count - 1 for name, count in filled.items() if name != read}


def sheet_names(data: bytes, source: str) -> list[str]:
    """Names of the sheets of a workbook."""
    from openpyxl import load_workbook

    if not data.startswith(ZIP):
        return [name for name, _ in _old(data, source)]
    _check_size(data, source)
    with _explained(source):
        book = load_workbook(io.BytesIO(_usual(data)), read_only=True)
        return [sheet.title for sheet in book.worksheets]


def _tables(data: bytes, source: str) -> Iterator[tuple[str, list[list[str]]]]:
    return _modern(data, source) if data.startswith(ZIP) else _old(data, source)


def _modern(data: bytes, source: str) -> Iterator[tuple[str, list[list[str]]]]:
    from openpyxl import load_workbook

    _check_size(data, source)
    with _explained(source):
        data = _usual(data)
        formulas = _mentions(data, FORMULA)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        written = load_workbook(io.BytesIO(data), read_only=True) if formulas else None
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        merged = _mentions(data, MERGED)
    for sheet in sheets:
        name = sheet.title
        with _explained(source):
            sheet.reset_dimensions()
            rows = [
                [cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)
            ]
            if written is not None:
                written[name].reset_dimensions()
                _check_formulas(rows, written[name].iter_rows(), name, source)
            if merged:
                _check_merged(data, name, source)
        yield name, rows


def _check_size(data: bytes, source: str) -> None:
    """Refuse what unpacks to too much."""
    with _explained(source), zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > min(LARGEST_UNPACKED, max(LARGEST_RATIO * len(data), 10_000_000)):
        raise StudyError(
            f"{source} unpacks to {unpacked:,} bytes, which no export of a survey does; "
            "export it again, or as CSV."
        )


def _usual(data: bytes) -> bytes:
    """Write a workbook of the strict kind as the usual kind, which alone the parser reads."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        if not any(
            STRICT in old.read(entry)
            for entry in old.infolist()
            if entry.filename.endswith("workbook.xml")
        ):
            return data
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                content = old.read(entry)
                for strict, usual in USUAL.items():
                    content = content.replace(STRICT + strict, usual)
                new.writestr(entry.filename, content)
    return buffer.getvalue()


def _mentions(data: bytes, mark: re.Pattern[bytes]) -> bool:
    """Whether any part of a workbook holds a mark."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(_holds(archive, entry, mark) for entry in archive.infolist())


def _holds(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, mark: re.Pattern[bytes]) -> bool:
    tail = b""
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 20):
            if mark.search(tail + piece):
                return True
            tail = piece[-200:]
    return False


def _check_merged(data: bytes, name: str, source: str) -> None:
    """Refuse cells merged over several lines: all but the first would read as empty.

    A title, merged from the first line on, may be.
    """
    from openpyxl import load_workbook

    ranges = load_workbook(io.BytesIO(data))[name].merged_cells.ranges
    over = sorted((r.min_row, r.coord) for r in ranges if 1 < r.min_row < r.max_row)
    if over:
        listed = ", ".join(coord for _, coord in over[:MOST_NAMED])
        raise StudyError(
            f"{source}, sheet `{name}`: the cells {listed} are merged over several lines, so that "
            "only the first line would have the answer; unmerge them, fill every line, and save."
        )


def _check_formulas(
    rows: list[list[str]], written: Iterable[Iterable[Any]], name: str, source: str
) -> None:
    """Refuse formulas without a computed result: their cells would read as empty."""
    for number, (values, cells) in enumerate(zip(rows, written, strict=True), 1):
        for place, (value, cell) in enumerate(zip(values, cells, strict=False), 1):
            if value == "" and getattr(cell, "data_type", "") == "f":
                raise StudyError(
                    f"{source}, sheet `{name}`, line {number}, column {place}: a formula without "
                    "a result; open the file in Excel, copy and paste it as values, and save."
                )


def _check_errors(rows: list[list[str]], name: str, source: str) -> None:
    """Refuse cells that show an error of Excel instead of a value."""
    for number, row in enumerate(rows, 1):
        wrong = ERRORS.intersection(row)
        if wrong:
            place = next(place for place, text in enumerate(row, 1) if text in wrong)
            raise StudyError(
                f"{source}, sheet `{name}`, line {number}, column {place}: the error "
                f"`{row[place - 1]}` of Excel; put the right value into the cell, or empty it."
            )


def _old(data: bytes, source: str) -> Iterator[tuple[str, list[list[str]]]]:
    import xlrd

    with _explained(source):
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    for sheet in sorted(book.sheets(), key=lambda sheet: sheet.visibility != 0):
        with _explained(source):
            rows = [
                [_old_cell(cell, book.datemode) for cell in sheet.row(number)]
                for number in range(sheet.nrows)
            ]
        yield sheet.name, rows


def _old_cell(cell: Any, datemode: int) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return cell_text(xlrd.xldate_as_datetime(cell.value, datemode))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR")
    return cell_text(bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value)


def cell_text(value: object) -> str:
    """Write one value as text: whole numbers without decimals, moments in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < SERIAL_NUMBERS
        return str(int(value)) if whole else repr(float(value))
    if isinstance(value, datetime.datetime):
        date_only = value.time() == datetime.time()
        return value.date().isoformat() if date_only else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


@contextlib.contextmanager
def _explained(source: str) -> Iterator[None]:
    """Turn whatever a damaged workbook makes its parser raise into one sentence."""
    try:
        yield
    except StudyError:
        raise
    except Exception as error:
        raise StudyError(
            f"{source} is damaged or no Excel file ({type(error).__name__}): open it in Excel and "
            "save it again, or export it as CSV."
        ) from error
