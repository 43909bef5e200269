"""From the bytes of an export to a table of text cells, with row numbers a person can find."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pandas as pd

from coproduction.errors import StudyError

DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 10_000_000


def read_cells(data: bytes, source: str) -> pd.DataFrame:
    """Parse delimited text of unknown encoding and delimiter.

    The encoding is UTF-8 (with or without byte-order mark), UTF-16 with byte-order mark, or
    GB18030; the delimiter is a comma, semicolon or tab, whichever splits the header most.

    Parameters
    ----------
    data
        Content of the file.
    source
        Name of the file, for messages.

    Returns
    -------
    pandas.DataFrame
        One text column per header; empty cells are empty text. The index is the number of the data
        row, from 1, header rows not counted.

    Raises
    ------
    StudyError
        If the file is empty, is no text, has no rows, repeats a header, or a row does not fit.
    """
    text = decode(data, source)
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = list(csv.reader(lines, delimiter=_delimiter(text, source), strict=True))
    except csv.Error as error:
        raise StudyError(
            f"{source}: a quotation mark is opened and not closed, or stands in the wrong place "
            f"({error}); export the file again as CSV."
        ) from error
    rows = [row for row in rows if row]
    header = [name.strip() for name in rows[0]]
    _check_header(header, source)
    if len(rows) == 1:
        raise StudyError(f"{source} has a header but no rows: export it again with its answers.")
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(header):
            raise StudyError(
                f"{source}, row {number}: {len(row)} cells where the header has {len(header)}; "
                "the file was cut or edited, export it again."
            )
    index = pd.RangeIndex(1, len(rows), name="source_row")
    return pd.DataFrame(rows[1:], columns=header, index=index, dtype="str")


def decode(data: bytes, source: str) -> str:
    """Decode the bytes of a text file; refuse what is no text."""
    if not data.strip():
        raise StudyError(f"{source} is empty: export it again.")
    if data[:4] == b"PK\x03\x04":
        raise StudyError(f"{source} is an Excel or zip file: save it as CSV (UTF-8) first.")
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise StudyError(
        f"{source} is not readable as text (neither UTF-8 nor GB18030): export it again as CSV."
    )


def _delimiter(text: str, source: str) -> str:
    counts = {mark: len(_first_record(text, mark)) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    if counts[best] < 2:
        raise StudyError(
            f"{source}: the header has one column only; the columns must be separated by commas, "
            "semicolons or tabs."
        )
    return best


def _first_record(text: str, mark: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except (csv.Error, StopIteration):
        return []


def _check_header(header: list[str], source: str) -> None:
    for position, name in enumerate(header, 1):
        if not name:
            raise StudyError(f"{source}: column {position} has no header; name or remove it.")
    repeated = [name for name, n in Counter(header).items() if n > 1]
    if repeated:
        raise StudyError(
            f"{source}: the header `{repeated[0]}` stands more than once; keep one of the columns."
        )
