"""The likelihood of two ordinal items, and the correlation where it is largest."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, xlogy

from coproduction.measurement.ordinal.normal import (
    bivariate_normal_cdf,
    bivariate_normal_pdf,
)

LIMIT = 0.9999  # largest correlation that is estimated rather than reported as a limit
FLOOR = 1e-15  # smallest probability of a cell that double precision can tell from zero
BATCH = 4000  # pairs estimated at a time


def cells(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs × rows × columns: probability of each cell and its derivative with respect to rho."""
    limits = h[:, 1:-1, None], k[:, None, 1:-1], rho[:, None, None]
    pdf = np.pad(bivariate_normal_pdf(*limits), ((0, 0), (1, 1), (1, 1)))
    derivative = np.diff(np.diff(pdf, axis=1), axis=2)
    return np.maximum(_probabilities(h, k, rho), FLOOR), derivative


def _probabilities(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    cdf = np.zeros((len(rho), h.shape[1], k.shape[1]))
    cdf[:, -1, :], cdf[:, :, -1] = ndtr(k), ndtr(h)
    limits = h[:, 1:-1, None], k[:, None, 1:-1], rho[:, None, None]
    cdf[:, 1:-1, 1:-1] = bivariate_normal_cdf(*limits)
    return np.diff(np.diff(cdf, axis=1), axis=2)


def correlations(tables: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Maximum-likelihood correlation of each pair, given the thresholds."""
    first, second = np.triu_indices(len(thresholds), 1)
    rho = np.empty(len(tables))
    for start in range(0, len(tables), BATCH):
        part = slice(start, start + BATCH)
        margins = thresholds[first[part]], thresholds[second[part]]
        rho[part] = _limited(tables[part], *margins, _maximise(tables[part], *margins))
    return rho


def _limited(tables: np.ndarray, h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Replace by ±LIMIT the estimates of pairs that are as likely under perfect correlation.

    Their likelihood has no maximum inside, but becomes flat to the last digit before the limit, so
    that scoring stops anywhere on the way.
    """
    likelihood = xlogy(tables, cells(h, k, rho)[0]).sum(axis=(1, 2))
    for limit in (-1.0, 1.0):
        perfect = np.maximum(_probabilities(h, k, np.full_like(rho, limit)), 0)
        perfectly = xlogy(tables, perfect).sum(axis=(1, 2))
        rho = np.where(perfectly >= likelihood - 1e-9, limit * LIMIT, rho)
    return rho


def _maximise(tables: np.ndarray, h: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Fisher scoring of all pairs at once, kept in a bracket that the sign of the score halves."""
    rho = np.zeros(len(tables))
    low, high = np.full(len(tables), -LIMIT), np.full(len(tables), LIMIT)
    n = tables.sum(axis=(1, 2))
    active = np.arange(len(tables))
    for _ in range(200):
        now = rho[active]
        probability, derivative = cells(h[active], k[active], now)
        relative = derivative / probability
        score = (tables[active] * relative).sum(axis=(1, 2))
        information = n[active] * (derivative * relative).sum(axis=(1, 2))
        low[active] = np.where(score >= 0, now, low[active])
        high[active] = np.where(score <= 0, now, high[active])
        step = score / np.maximum(information, np.finfo(float).tiny)
        trial = now + step
        inside = (trial > low[active]) & (trial < high[active])
        rho[active] = np.where(inside, trial, (low[active] + high[active]) / 2)
        active = active[np.abs(rho[active] - now) > 1e-11]
        if not len(active):
            break
    return rho


def at_limit(rho: np.ndarray) -> np.ndarray:
    """Whether a correlation is as large as any that is estimated."""
    return np.abs(rho) > LIMIT - 1e-9
