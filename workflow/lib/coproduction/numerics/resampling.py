"""Bootstrap by rows or by whole clusters, the same on every machine and for any number of cores."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

CELLS = 1 << 22  # counts of units held as floating-point numbers at a time


def generator(seed: int, *names: str) -> np.random.Generator:
    """Make the random generator of one named part of the analysis.

    Parts with different names get independent streams, so results depend neither on the order in
    which parts are computed nor on which of them share a process.
    """
    return np.random.default_rng([seed, *(zlib.crc32(name.encode("utf-8")) for name in names)])


def bootstrap_counts(units: np.ndarray, replicates: int, rng: np.random.Generator) -> np.ndarray:
    """Draw bootstrap samples of as many units as there are, with replacement.

    Returns
    -------
    numpy.ndarray
        Replicates × units, unsigned 16-bit: how often each unit is in each sample.
    """
    n_units = int(units.max()) + 1
    probabilities = np.full(n_units, 1 / n_units)
    counts = np.empty((replicates, n_units), dtype=np.uint16)
    for block in _blocks(replicates, n_units):
        counts[block] = rng.multinomial(n_units, probabilities, size=block.stop - block.start)
    return counts


def bootstrap_sums(values: np.ndarray, units: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Sum row values over bootstrap samples.

    Any statistic that is a function of sums (means, covariances, correlations) is resampled by
    resampling its sums, without ever building a sample.

    Parameters
    ----------
    values
        Rows × values.
    units
        Unit of each row, see `Rows.sampling_units`.
    counts
        Replicates × units, see `bootstrap_counts`.

    Returns
    -------
    numpy.ndarray
        Replicates × values.
    """
    replicates, n_units = counts.shape
    sums = np.zeros((n_units, values.shape[1]))
    np.add.at(sums, units, values)
    resampled = np.empty((replicates, values.shape[1]))
    for block in _blocks(replicates, n_units):
        resampled[block] = counts[block].astype("float64") @ sums
    return resampled


def bootstrap_moments(
    values: np.ndarray, units: np.ndarray, replicates: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Resample the size, means and covariances (N - 1) of rows × columns.

    Returns
    -------
    size, means, covariances
        Of each replicate: its number of rows, its means, its covariance matrix.
    """
    n, k = values.shape
    origin = values.mean(axis=0)
    centred = values - origin
    first, second = np.triu_indices(k)
    stacked = np.hstack([np.ones((n, 1)), centred, centred[:, first] * centred[:, second]])
    sums = bootstrap_sums(stacked, units, bootstrap_counts(units, replicates, rng))
    size, means = sums[:, 0], sums[:, 1 : k + 1] / sums[:, :1]
    squares = np.empty((replicates, k, k))
    squares[:, first, second] = squares[:, second, first] = sums[:, k + 1 :]
    moments = squares / size[:, None, None] - means[:, :, None] * means[:, None, :]
    return size, origin + means, moments * (size / (size - 1))[:, None, None]


def _blocks(replicates: int, n_units: int) -> Iterator[slice]:
    """So many replicates at a time that their counts stay small in memory."""
    size = max(1, CELLS // n_units)
    return (slice(start, min(start + size, replicates)) for start in range(0, replicates, size))


def percentile_interval(values: np.ndarray, confidence: float) -> tuple[float, float]:
    """Take the percentile interval of bootstrap replicates, leaving out those that failed.

    NaN where more than one replicate in twenty failed or fewer than forty remain.
    """
    valid = values[np.isfinite(values)]
    if len(valid) < 40 or len(valid) < 0.95 * len(values):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low, high = np.quantile(valid, [tail, 1 - tail])
    return float(low), float(high)
