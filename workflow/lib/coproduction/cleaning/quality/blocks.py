"""Functions of rows, computed some thousand rows at a time so that long tables need little room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

ROWS = 20_000


def blocks(n_rows: int) -> Iterator[slice]:
    """Cut a number of rows into slices, the last one shorter; one empty slice of no rows."""
    for first in range(0, max(n_rows, 1), ROWS):
        yield slice(first, min(first + ROWS, n_rows))


def by_rows(function: Callable[..., np.ndarray], *matrices: np.ndarray) -> np.ndarray:
    """Apply a function that treats every row of its matrices alone, block by block."""
    parts = [function(*(matrix[rows] for matrix in matrices)) for rows in blocks(len(matrices[0]))]
    return np.concatenate(parts)
