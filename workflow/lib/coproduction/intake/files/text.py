"""From the bytes of a delimited file to a table of text cells, with rows a person can find."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from coproduction.errors import StudyError
from coproduction.intake.columns import MOST_NAMED
from coproduction.intake.files.encoding import decode, encoding_of
from coproduction.intake.files.regular import LONGEST_CELL, as_frame, regular_table

__all__ = ["check_header", "decode", "read_cells"]

DELIMITERS = (",", ";", "\t")
BATCH = 5_000
MOST_COLUMNS, LONGEST_HEADER = 20_000, 10_000
# Records from which the delimiter is told.
SAMPLE = 50


def read_cells(data: bytes, source: str, limit: int | None = None) -> pd.DataFrame:
    """Parse delimited text of unknown encoding and delimiter.

    The encoding is UTF-8 (with or without byte-order mark), UTF-16 with byte-order mark, or
    GB18030; the delimiter is a comma, semicolon or tab, whichever splits the rows like the header.

    Parameters
    ----------
    data
        Content of the file.
    source
        Name of the file, for messages.
    limit
        Read no more than this many rows.

    Returns
    -------
    pandas.DataFrame
        One text column per header; empty cells are empty text. The index is the number of the data
        row, from 1, header rows not counted; rows without any content are left out, and so are
        columns without header and content.

    Raises
    ------
    StudyError
        If the file is empty, is no text, has no rows, repeats a header, or a row does not fit.
    """
    encoding = encoding_of(data, source)
    delimiter = _delimiter(data, encoding, source)
    records = _records(data, encoding, delimiter, source)
    header = [name.strip().strip("\ufeff").strip() for name in next(records)[1]]
    check_header(header, source)
    table = None
    if limit is None and encoding == "utf-8-sig":
        table = regular_table(data, delimiter, len(header))
    if table is None:
        rows = _fitting(records, len(header), source)
        table = _table(itertools.islice(rows, limit), len(header))
    if table.empty:
        raise StudyError(f"{source} has a header but no rows: export it again with its answers.")
    for place in [place for place, name in enumerate(header) if not name]:
        if (table[place].str.strip() != "").any():
            raise StudyError(f"{source}: column {place + 1} has no header; name or remove it.")
    named = [place for place, name in enumerate(header) if name]
    table = table[named].set_axis([header[place] for place in named], axis=1)
    if limit is None and encoding != "utf-16" and data.count(b'"') % 2:
        raise _odd_marks(table, source)
    return table


def check_header(header: Sequence[str], source: str) -> None:
    """Refuse a header without names, with the same name twice, or beyond what a survey has."""
    if not any(header):
        raise StudyError(f"{source}: the header is empty; the first line must name the columns.")
    if len(header) > MOST_COLUMNS or max(map(len, header)) > LONGEST_HEADER:
        raise StudyError(
            f"{source}: {len(header):,} columns, the longest header of {max(map(len, header)):,} "
            "characters; no survey has as many, export the file again."
        )
    repeated = [name for name, n in Counter(filter(None, header)).items() if n > 1]
    if repeated:
        shown = ", ".join(f"`{name[:60]}`" for name in repeated[:MOST_NAMED])
        more = f" and {len(repeated) - MOST_NAMED} more" if len(repeated) > MOST_NAMED else ""
        what = "the header" if len(repeated) == 1 else "each of the headers"
        raise StudyError(
            f"{source}: {what} {shown}{more} stands more than once; keep one of the columns."
        )


def _records(
    data: bytes, encoding: str, delimiter: str, source: str
) -> Iterator[tuple[int, list[str]]]:
    """Read the records that have any cell, with their numbers; the header is 0."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = -1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            place = f"row {number + 1}" if number >= 0 else "header"
            if "field limit" in str(error):
                raise StudyError(
                    f"{source}, {place}: a cell of more than {LONGEST_CELL:,} characters, or a "
                    "quotation mark that is not closed; correct it or export the file again."
                ) from error
            raise StudyError(
                f"{source}, {place}: a quotation mark is opened and not closed, or stands in the "
                f"wrong place ({error}); export the file again as CSV."
            ) from error
        if row or number >= 0:
            number += 1
            if row:
                yield number, row


def _fitting(
    records: Iterator[tuple[int, list[str]]], width: int, source: str
) -> Iterator[tuple[int, list[str]]]:
    for number, row in records:
        if not any(map(str.strip, row)):
            continue
        if len(row) != width:
            raise StudyError(
                f"{source}, row {number}: {len(row)} cells where the header has {width}; the file "
                "was cut or edited, export it again."
            )
        yield number, row


def _table(rows: Iterator[tuple[int, list[str]]], width: int) -> pd.DataFrame:
    """Table of the rows, columns by place; batches keep Python's text out of the memory."""
    parts, numbers = [], []
    while batch := list(itertools.islice(rows, BATCH)):
        numbers.append(np.fromiter((number for number, _ in batch), dtype="int64"))
        cells = zip(*(row for _, row in batch), strict=True)
        parts.append([pa.array(column, pa.large_string()) for column in cells])
    if not parts:
        return pd.DataFrame(columns=range(width), dtype="str")
    columns = [pa.chunked_array(chunks) for chunks in zip(*parts, strict=True)]
    return as_frame(columns, np.concatenate(numbers))


def _odd_marks(table: pd.DataFrame, source: str) -> StudyError:
    """Explain that a quotation mark is missing or too many, and where that may be."""
    place = "in the header"
    for name in table:
        odd = table[name].str.count('"') % 2 == 1
        if odd.any():
            place = f"perhaps in row {odd.idxmax()}, column `{name[:60]}`"
            break
    return StudyError(
        f"{source}: a quotation mark is missing or too many, {place}; export the file again as CSV."
    )


def _delimiter(data: bytes, encoding: str, source: str) -> str:
    fits = {mark: _fit(data, encoding, mark) for mark in DELIMITERS}
    best = max(fits, key=lambda mark: fits[mark])
    if fits[best] == (0.0, 0):
        raise StudyError(
            f"{source}: the header has one column only; the columns must be separated by commas, "
            "semicolons or tabs."
        )
    return best


def _fit(data: bytes, encoding: str, mark: str) -> tuple[float, int]:
    """Share of the first rows that are as long as the header, and the length of the header."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    rows = []
    try:
        for row in itertools.islice(csv.reader(lines, delimiter=mark), SAMPLE):
            if any(row):
                rows.append(len(row))
    except csv.Error:
        pass
    if not rows or rows[0] < 2:
        return 0.0, 0
    return sum(length == rows[0] for length in rows) / len(rows), rows[0]
