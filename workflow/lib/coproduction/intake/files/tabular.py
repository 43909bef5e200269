"""Any rectangular export (CSV, Excel, Parquet) as one table of text cells."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import pandas as pd

from coproduction.errors import StudyError
from coproduction.intake.columns import normal
from coproduction.intake.files import text
from coproduction.intake.files.workbook import cell_text, is_workbook, sheet_rows

PARQUET = b"PAR1"


def read_cells(
    data: bytes, source: str, sheet: str | None = None, limit: int | None = None
) -> pd.DataFrame:
    """Read delimited text, an Excel sheet or a Parquet table as text.

    Parameters
    ----------
    data, source
        Content and name of the file.
    sheet
        Sheet of a workbook; the first one that holds anything by default.
    limit
        Read no more than this many rows of delimited text.

    Returns
    -------
    pandas.DataFrame
        One text column per header; empty cells are empty text. The index is the number of the data
        row, from 1, header rows not counted.

    Raises
    ------
    StudyError
        If the file is damaged, empty, repeats a header or has a row that does not fit.
    """
    if is_workbook(data):
        return from_rows(sheet_rows(data, source, sheet), source)
    if data.startswith(PARQUET):
        return _parquet(data, source)
    return text.read_cells(data, source, limit)


def from_rows(rows: list[list[str]], source: str) -> pd.DataFrame:
    """Make the table of cells from rows of equal length, the first one the header.

    Empty columns without a header and empty rows are left out; the rows keep their numbers.
    """
    header = [name.strip() for name in rows[0]]
    table = pd.DataFrame(rows[1:], columns=range(len(header)), dtype="str")
    table.index = pd.RangeIndex(1, len(table) + 1, name="source_row")
    text.check_header(header, source)
    named = [bool(name) for name in header]
    filled = table.apply(lambda column: column.str.strip()) != ""
    for position, name in enumerate(header):
        if not name and filled[position].any():
            raise StudyError(f"{source}: column {position + 1} has no header; name or remove it.")
    table = table.loc[:, named].set_axis([name for name in header if name], axis=1)
    table = table[filled.any(axis=1)]
    if table.empty:
        raise StudyError(f"{source} has a header but no rows: export it again with its answers.")
    return table


def without(cells: pd.DataFrame, ignore_columns: Iterable[str]) -> pd.DataFrame:
    """Leave out the columns that the study calls no items; `*` in a name stands for any text."""
    patterns = [re.escape(normal(name)).replace(r"\*", ".*") for name in ignore_columns]
    ignored = re.compile("|".join(patterns), re.DOTALL) if patterns else None
    return cells.drop(
        columns=[each for each in cells if ignored and ignored.fullmatch(normal(each))]
    )


def _parquet(data: bytes, source: str) -> pd.DataFrame:
    try:
        table = pd.read_parquet(io.BytesIO(data), dtype_backend="numpy_nullable")
        return from_frame(table, source)
    except StudyError:
        raise
    except Exception as error:
        # Damage may show only when a text is taken out of its column.
        raise StudyError(
            f"{source} is a damaged Parquet file ({type(error).__name__}): write it again."
        ) from error


def from_frame(table: pd.DataFrame, source: str) -> pd.DataFrame:
    """Write a table of typed columns as text cells; nulls are empty text."""
    names = [str(name).strip() for name in table.columns]
    for place, name in enumerate(names):
        _check_scalars(table.iloc[:, place], name, source)
    columns = [as_text(table.iloc[:, place]) for place in range(len(names))]
    rows = [names, *map(list, zip(*columns, strict=True))]
    return from_rows(rows, source)


def _check_scalars(column: pd.Series, name: str, source: str) -> None:
    """Refuse lists, records and bytes, which have no one spelling as text."""
    if column.dtype != object:
        return
    for row, value in enumerate(column, 1):
        if pd.api.types.is_list_like(value) or isinstance(value, bytes):
            raise StudyError(
                f"{source}, row {row}, column `{name}`: found {type(value).__name__}, expected "
                "text or a number; several answers of one choice stand as text between spaces."
            )


def as_text(column: pd.Series) -> list[str]:
    """Cells of a typed column as text: whole numbers without decimals, moments in ISO 8601."""
    missing = column.isna().to_numpy()
    return ["" if gone else cell_text(value) for value, gone in zip(column, missing, strict=True)]
