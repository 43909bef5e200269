"""Tables on disk: CSV a person can open, Parquet for wide intermediate tables; both byte-stable."""

from __future__ import annotations

import io

import pandas as pd


def write_csv(table: pd.DataFrame) -> bytes:
    """Write a table as UTF-8 CSV with LF line ends, unrounded (shortest exact decimal)."""
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


def read_csv(data: bytes) -> pd.DataFrame:
    """Read a table written by `write_csv`; empty cells of text columns stay empty text."""
    table = pd.read_csv(io.BytesIO(data))
    for name in table.columns:
        if pd.api.types.is_string_dtype(table[name].dtype):
            table[name] = table[name].astype(object).where(table[name].notna(), "")
    return table


def write_parquet(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet, keeping every column's type."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow", compression="zstd")
    return buffer.getvalue()


def read_parquet(data: bytes) -> pd.DataFrame:
    """Read a table written by `write_parquet`."""
    return pd.read_parquet(io.BytesIO(data), engine="pyarrow", dtype_backend="numpy_nullable")
