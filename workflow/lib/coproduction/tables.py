"""Tables on disk: CSV a person can open, Parquet for wide intermediate tables; both byte-stable."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pandas as pd

#: Texts that a spreadsheet would compute, unless they are plain numbers; East Asian ones compute
#: what begins with a full-width mark too.
FORMULA = re.compile(r"'*(?:[=+\-@\t\r\n](?![0-9.]+\Z)|[＝＋－＠﹦﹢﹣﹫])", re.DOTALL)

SYNTHETIC = "synthetic"
"""Last column of every result table: whether its data are synthetic."""


def write_csv(table: pd.DataFrame) -> bytes:
    """Write a table as UTF-8 CSV with LF line ends, unrounded (shortest exact decimal).

    Texts that a spreadsheet would take for a formula get an apostrophe in front, which makes them
    plain text there; `read_csv` takes it away again.
    """
    inert = {name: _inert(table[name]) for name in table if _is_text(table[name])}
    return table.assign(**inert).to_csv(index=False, lineterminator="\n").encode("utf-8")


def write_table(table: pd.DataFrame, synthetic: bool) -> bytes:
    """Write a result table as CSV, each row of which says whether it is from synthetic data."""
    return write_csv(table.assign(**{SYNTHETIC: synthetic}))


def _is_text(column: pd.Series) -> bool:
    return column.dtype == object or pd.api.types.is_string_dtype(column.dtype)


def _inert(column: pd.Series) -> pd.Series:
    texts = (cell for cell in column.dropna().unique() if isinstance(cell, str))
    inert = {text: f"'{text}" for text in texts if FORMULA.match(text)}
    return column.map(lambda cell: inert.get(cell, cell), na_action="ignore") if inert else column


def read_csv(data: bytes, types: Mapping[str, str]) -> pd.DataFrame:
    """Read a table written by `write_csv`.

    Parameters
    ----------
    data
        Content of the file.
    types
        Type of each column: `text`, `number`, `integer` or `boolean`.

    Returns
    -------
    pandas.DataFrame
        Text with empty cells as empty text, everything else as numbers with NaN.
    """
    table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    for name in table.columns:
        if types[name] == "text":
            table[name] = table[name].map(_original)
        elif types[name] == "boolean":
            table[name] = table[name] == "True"
        else:
            table[name] = table[name].map(lambda cell: float(cell or "nan")).astype("float64")
    return table


def _original(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def write_parquet(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet, keeping every column's type."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow", compression="zstd")
    return buffer.getvalue()


def read_parquet(data: bytes) -> pd.DataFrame:
    """Read a table written by `write_parquet`."""
    return pd.read_parquet(io.BytesIO(data), engine="pyarrow", dtype_backend="numpy_nullable")
