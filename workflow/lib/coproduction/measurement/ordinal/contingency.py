"""Contingency tables of all pairs of items at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal

CHUNK = 1 << 16  # rows counted at a time, so that they stay in the processor's cache
MOST_CATEGORIES = 100  # an item with more answers is continuous
CELLS = 1 << 16  # largest joint table of two blocks of items


@dataclass(frozen=True)
class CodedItems:
    """Answers as category numbers.

    Attributes
    ----------
    items
        Names, in order.
    codes
        Items × respondents, unsigned 8-bit: place of the answer among the item's categories,
        `base` − 1 where missing.
    categories
        For each item its observed codes, ascending.
    base
        One more than the largest number of categories.
    """

    items: tuple[str, ...]
    codes: np.ndarray
    categories: tuple[np.ndarray, ...]
    base: int

    @property
    def sizes(self) -> np.ndarray:
        """Number of observed categories of each item."""
        return np.array([len(observed) for observed in self.categories])


def code_items(items: pd.DataFrame) -> CodedItems:
    """Turn answers into category numbers.

    Parameters
    ----------
    items
        Respondents × items, numeric, NaN where missing. A category nobody chose does not exist:
        it has no threshold.

    Raises
    ------
    Refusal
        An item is not numeric, has no answer or more than 100 different ones.
    """
    columns = [_observed(name, items[name]) for name in items]
    base = 1 + max((len(observed) for observed, _ in columns), default=1)
    codes = np.empty((len(columns), len(items)), dtype=np.uint8)
    for row, (_, places) in zip(codes, columns, strict=True):
        row[:] = places
        row[places == MISSING] = base - 1
    return CodedItems(tuple(map(str, items)), codes, tuple(c for c, _ in columns), base)


MISSING = 255


def _observed(name: str, column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Observed codes of one item and the place of each answer among them, 255 where missing."""
    try:
        values = np.ascontiguousarray(column.to_numpy(dtype="float64", na_value=np.nan))
    except (TypeError, ValueError):
        raise Refusal("not_numeric", name=str(name)) from None
    low = np.fmin.reduce(values, initial=np.nan)
    if np.isnan(low):
        raise Refusal("item_unanswered", name=str(name), where="")
    found = _whole_places(values, low) or _places(values)
    if len(found[0]) > MOST_CATEGORIES:
        raise Refusal("too_many_answers", name=str(name), n=len(found[0]))
    return found


def _places(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    observed, places = np.unique(values, return_inverse=True)
    answered = int(np.count_nonzero(~np.isnan(observed)))
    return observed[:answered], np.where(places < answered, places, MISSING).astype(np.uint8)


def _whole_places(values: np.ndarray, low: float) -> tuple[np.ndarray, np.ndarray] | None:
    """As `_places` but without sorting; None unless all are whole numbers close to each other."""
    places = np.empty(len(values), dtype=np.uint8)
    present = np.zeros(MISSING + 1, dtype=bool)
    for part in _chunks(len(values)):
        above = values[part] - low
        with np.errstate(invalid="ignore"):
            whole = above.astype(np.uint8)
        missing = np.isnan(above)
        whole[missing] = MISSING
        if not ((whole == above) & (whole < MISSING) | missing).all():
            return None
        present[np.flatnonzero(np.bincount(whole))] = True
        places[part] = whole
    present[MISSING] = False
    steps = np.flatnonzero(present)
    if len(steps) <= steps[-1]:
        number = np.full(MISSING + 1, MISSING, dtype=np.uint8)
        number[steps] = np.arange(len(steps))
        places = number[places]
    return steps + low, places


def pair_tables(coded: CodedItems) -> np.ndarray:
    """Count every pair of items.

    Returns
    -------
    numpy.ndarray
        Pairs × base × base counts, pairs (i < j) row by row as in `numpy.triu_indices`; the last
        row and column count the missing answers, so that margins over all cells are the item's.

    Notes
    -----
    Items are joined into blocks whose answers together are one small number; a joint table of two
    blocks holds the tables of all their pairs, so that the rows are passed over far fewer times
    than there are pairs.
    """
    p, n = coded.codes.shape
    base, size = coded.base, _block_size(coded.base, n)
    blocks = [range(start, min(start + size, p)) for start in range(0, p, size)]
    joint = [_joined(coded.codes[block.start : block.stop], base) for block in blocks]
    tables = np.zeros((p, p, base, base), dtype=np.int64)
    for a, first in enumerate(blocks):
        single = np.bincount(joint[a], minlength=base ** len(first))
        _margins(tables, first, first, single.reshape((base,) * len(first)))
        for b in range(a + 1, len(blocks)):
            second = blocks[b]
            counts = _joint_counts(joint[a], joint[b], base ** len(first), base ** len(second))
            shape = (base,) * (len(first) + len(second))
            _margins(tables, first, second, counts.reshape(shape))
    return tables[np.triu_indices(p, 1)]


def _block_size(base: int, n: int) -> int:
    """Items per block: as many as leave the joint table small beside the rows it counts."""
    size = 1
    while base ** (2 * size + 2) <= min(CELLS, n):
        size += 1
    return size


def _joined(codes: np.ndarray, base: int) -> np.ndarray:
    joined = np.zeros(codes.shape[1], dtype=np.uint16)
    for row in codes:
        joined *= base
        joined += row
    return joined


def _joint_counts(first: np.ndarray, second: np.ndarray, rows: int, columns: int) -> np.ndarray:
    counts = np.zeros(rows * columns, dtype=np.int64)
    for part in _chunks(len(first)):
        cell = np.multiply(first[part], columns, dtype=np.intp)
        cell += second[part]
        counts += np.bincount(cell, minlength=rows * columns)
    return counts


def _margins(tables: np.ndarray, first: range, second: range, joint: np.ndarray) -> None:
    """Enter the two-way margins of a joint table of two blocks, or of one block with itself."""
    for i in first:
        for j in second:
            if i < j:
                axis_j = j - first.start if first is second else len(first) + j - second.start
                keep = {i - first.start, axis_j}
                others = tuple(axis for axis in range(joint.ndim) if axis not in keep)
                tables[i, j] = joint.sum(axis=others)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK))
