"""Parts of a result table put together."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from coproduction.dictionary import dictionary, read_table


def joined(table: str, contents: Iterable[bytes]) -> pd.DataFrame:
    """Put parts of a result table together; whole numbers stay whole.

    Parameters
    ----------
    table
        The table, such as `scenarios/replicates.csv`.
    contents
        Content of a file of each part.
    """
    parts = [read_table(table, content) for content in contents]
    types = dictionary().types(table)
    whole = {name: "Int64" for name, kind in types.items() if kind == "integer"}
    return pd.concat(parts, ignore_index=True).astype(whole)
