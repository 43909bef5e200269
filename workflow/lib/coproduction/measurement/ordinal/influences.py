"""What each respondent adds to thresholds and polychoric correlations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from coproduction.measurement.ordinal.contingency import CodedItems
from coproduction.measurement.ordinal.normal import (
    normal_pdf,
)
from coproduction.measurement.ordinal.pair_likelihood import at_limit, cells
from coproduction.measurement.ordinal.thresholds import (
    threshold_influences,
)
from coproduction.rows import Membership

ROWS = 4096  # respondents whose influences are held in memory at a time


def influences(
    observed: np.ndarray, counts: np.ndarray, thresholds: np.ndarray, rho: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Tell what an answer adds to its thresholds, and a pair of answers to a correlation.

    Parameters
    ----------
    observed, counts
        Tables of the pairs of items, and answers to each item.
    thresholds, rho
        Thresholds of each item, and correlation of each pair.
    """
    single = threshold_influences(counts, thresholds)
    return single, _correlation_influences(observed, thresholds, rho, single)


def _correlation_influences(
    observed: np.ndarray, thresholds: np.ndarray, rho: np.ndarray, single: np.ndarray
) -> np.ndarray:
    """Pairs × base × base: what a pair of answers adds to the correlation."""
    first, second = np.triu_indices(len(thresholds), 1)
    h, k = thresholds[first], thresholds[second]
    probability, derivative = cells(h, k, rho)
    score = derivative / probability
    weight = observed * score / probability
    by_first = _threshold_derivatives(weight, h, k, rho)
    by_second = _threshold_derivatives(weight.transpose(0, 2, 1), k, h, rho)
    information = (observed * score**2).sum(axis=(1, 2))
    influence = np.pad(score, ((0, 0), (0, 1), (0, 1)))
    influence -= np.einsum("mc,mkc->mk", by_first, single[first])[:, :, None]
    influence -= np.einsum("mc,mkc->mk", by_second, single[second])[:, None, :]
    information[at_limit(rho)] = np.nan
    return influence / information[:, None, None]


def _threshold_derivatives(
    weight: np.ndarray, h: np.ndarray, k: np.ndarray, rho: np.ndarray
) -> np.ndarray:
    """Pairs × thresholds of the first item: its scores summed over the table with weights."""
    inner = h[:, 1:-1]
    rho = rho[:, None, None]
    conditional = ndtr((k[:, None, :] - rho * inner[:, :, None]) / np.sqrt(1 - rho**2))
    mass = normal_pdf(inner)[:, :, None] * np.diff(conditional, axis=2)
    return ((weight[:, :-1, :] - weight[:, 1:, :]) * mass).sum(axis=2)


def crossproduct(coded: CodedItems, single: np.ndarray, double: np.ndarray) -> np.ndarray:
    """Sum over respondents of the outer products of their influences."""
    codes, weights = _patterns(coded)
    size = sum(coded.sizes) - len(coded.sizes) + len(double)
    total = np.zeros((size, size))
    for start, rows in _casewise(coded, codes, single, double):
        if weights is not None:
            rows *= np.sqrt(weights[start : start + ROWS])
        total += rows @ rows.T
    return total


def cluster_sums(
    coded: CodedItems, single: np.ndarray, double: np.ndarray, cluster: Membership
) -> np.ndarray:
    """Sum the influences of each cluster's respondents, clusters × estimates."""
    order = np.argsort(cluster.codes, kind="stable")
    inside = cluster.codes[order]
    size = sum(coded.sizes) - len(coded.sizes) + len(double)
    total = np.zeros((size, len(cluster.names)))
    for start, rows in _casewise(coded, coded.codes[:, order], single, double):
        found, first = np.unique(inside[start : start + ROWS], return_index=True)
        total[:, found] += np.add.reduceat(rows, first, axis=1)
    return total.T


def _casewise(
    coded: CodedItems, codes: np.ndarray, single: np.ndarray, double: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Influences of so many respondents at a time, estimates × respondents."""
    p, base, _ = single.shape
    first, second = np.triu_indices(p, 1)
    tables = [single[i, :, c] for i, size in enumerate(coded.sizes) for c in range(size - 1)]
    owners = [i for i, size in enumerate(coded.sizes) for _ in range(size - 1)]
    flat = double.reshape(len(double), base * base)
    for start in range(0, codes.shape[1], ROWS):
        part = codes[:, start : start + ROWS].astype(np.intp)
        rows, scaled = np.empty((len(tables) + len(flat), part.shape[1])), part * base
        for row, table, item in zip(rows, tables, owners, strict=False):
            table.take(part[item], out=row, mode="clip")
        for row, table, i, j in zip(rows[len(tables) :], flat, first, second, strict=True):
            table.take(scaled[i] + part[j], out=row, mode="clip")
        yield start, rows


def _patterns(coded: CodedItems) -> tuple[np.ndarray, np.ndarray | None]:
    """Distinct rows of codes with their frequencies, where rows are likely to repeat."""
    p, n = coded.codes.shape
    if coded.base**p > min(n**2, 2**62):
        return coded.codes, None
    powers = coded.base ** np.arange(p)
    numbers, frequencies = np.unique(powers @ coded.codes.astype(np.int64), return_counts=True)
    return (numbers // powers[:, None] % coded.base).astype(np.uint8), frequencies
