"""Points that stand for the distribution of an outcome, to average over what it could be.

Σ w h(y) is the mean of h over the distribution: exactly so for outcomes of few values, but for a
tail of 1e-10 for counts, by Gauss–Hermite quadrature for normal and by generalised Gauss–Laguerre
quadrature for gamma outcomes. Weights are differentiated by the linear predictor and by further
parameters at fixed points, so that derivatives of the mean are sums likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from coproduction.errors import Refusal
from coproduction.numerics.families.family import Differentiate, Points

NORMAL_POINTS, GAMMA_POINTS = 15, 30
TAIL = 1e-10
MOST_COUNTS = 2000


def normal(linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
    """Give points of normal outcomes with variance exp(s)."""
    nodes, weights = _normal_rule()
    spread = np.exp(further[0] / 2)
    values = linear[..., None] + spread * nodes
    shape = values.shape
    by_variance = np.broadcast_to(weights * (nodes**2 - 1) / 2, shape)
    by_linear = np.broadcast_to(weights * nodes / spread, shape)
    return Points(values, np.broadcast_to(weights, shape), by_linear, [by_variance])


@cache
def _normal_rule() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NORMAL_POINTS)
    return nodes, weights / weights.sum()


def gamma(linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
    """Give points of gamma outcomes with mean exp(η) and variance exp(s) times its square."""
    from scipy.special import digamma, roots_genlaguerre

    size = np.exp(-further[0])
    nodes, weights = roots_genlaguerre(GAMMA_POINTS, size - 1)
    weights = weights / weights.sum()
    values = np.exp(linear)[..., None] * nodes / size
    shape = values.shape
    by_size = np.log(nodes) - digamma(size) + 1 - nodes / size
    by_shape = np.broadcast_to(-size * weights * by_size, shape)
    by_linear = np.broadcast_to(weights * (nodes - size), shape)
    return Points(values, np.broadcast_to(weights, shape), by_linear, [by_shape])


@dataclass(frozen=True)
class TwoValues:
    """Gives the two points of an outcome of 0 and 1 from its probability."""

    partials: Differentiate

    def __call__(self, linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
        """Give 0 and 1."""
        found = self.partials([linear], further)
        weights = np.stack([1 - found.value, found.value], axis=-1)
        slopes = np.stack([-found.first[0], found.first[0]], axis=-1)
        return Points(np.broadcast_to(np.array([0.0, 1.0]), weights.shape), weights, slopes, [])


@dataclass(frozen=True)
class Categories:
    """Gives a point for each category of an ordered outcome, its code."""

    partials: Differentiate

    def __call__(self, linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
        """Give the codes."""
        codes = np.unique(outcome)
        found = [self.partials([linear], further, place) for place in range(len(codes))]
        weights = np.stack([each.value for each in found], axis=-1)
        slopes = np.stack([each.first[0] for each in found], axis=-1)
        # Below its threshold a category gains what the one above it loses.
        falls = -np.cumsum(slopes, axis=-1)
        by_thresholds = []
        for place in range(len(further)):
            moved = np.zeros_like(weights)
            moved[..., place], moved[..., place + 1] = falls[..., place], -falls[..., place]
            by_thresholds.append(moved)
        values = np.broadcast_to(codes.astype(float), weights.shape)
        return Points(values, weights, slopes, by_thresholds)


def poisson(linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
    """Give counts with mean exp(η)."""
    from scipy.special import gammaln
    from scipy.stats import poisson as distribution

    mean = np.exp(linear)[..., None]
    counts = _counts(distribution.isf(TAIL, mean.max()))
    weights = np.exp(counts * linear[..., None] - mean - gammaln(counts + 1))
    values = np.broadcast_to(counts, weights.shape)
    return Points(values, weights, weights * (counts - mean), [])


def negative_binomial(linear: np.ndarray, further: np.ndarray, outcome: np.ndarray) -> Points:
    """Give counts with mean μ = exp(η) and variance μ + exp(s) μ²."""
    from scipy.special import digamma, gammaln
    from scipy.stats import nbinom

    size, mean = np.exp(-further[0]), np.exp(linear)[..., None]
    largest = mean.max()
    counts = _counts(nbinom.isf(TAIL, size, size / (size + largest)))
    total = size + mean
    levels = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    logs = levels + size * np.log(size / total) + counts * np.log(mean / total)
    weights = np.exp(logs)
    by_size = digamma(counts + size) - digamma(size) + np.log(size / total)
    by_size = by_size + 1 - (counts + size) / total
    by_linear = weights * (counts - mean) * size / total
    values = np.broadcast_to(counts, weights.shape)
    return Points(values, weights, by_linear, [-size * weights * by_size])


def _counts(largest: float) -> np.ndarray:
    if largest > MOST_COUNTS:
        raise Refusal("counts_reach_too_far", most=MOST_COUNTS)
    return np.arange(largest + 1)
