"""Marginal likelihood of a logit with a random intercept, by adaptive Gauss–Hermite quadrature.

With a cluster's linear predictors η and random intercept σv, v ~ N(0, 1), its likelihood is the
integral over v of ∏ Λ(±(η + σv)) φ(v). The nodes are centred at the integrand's mode and scaled by
its curvature there (Liu and Pierce 1994, *Biometrika* 81, 624–629; Pinheiro and Bates 1995,
*Journal of Computational and Graphical Statistics* 4, 12–35); one node is Laplace's approximation.
The gradient is that of the approximation itself, moving nodes included, so that the maximum and its
curvature are exact for any number of nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

BLOCK = 8192
MODE_STEPS = 100
MODE_TOLERANCE = 1e-8
LONGEST_STEP = 3.0


@dataclass(frozen=True)
class Marginal:
    """Log-likelihood of n rows in J clusters and its derivatives.

    Attributes
    ----------
    value
        Log-likelihood.
    rows
        n: derivative by each row's linear predictor.
    scale
        J × s: derivative of each cluster's part by the s parameters of the random effects.
    """

    value: float
    rows: np.ndarray
    scale: np.ndarray


@dataclass
class Intercepts:
    """Rows of 0/1 outcomes, sorted by cluster, and the modes last found.

    Attributes
    ----------
    outcome
        n: 0 or 1.
    sizes
        J: rows of each cluster; clusters follow one another.
    points
        Number of nodes.
    """

    outcome: np.ndarray
    sizes: np.ndarray
    points: int

    def __post_init__(self) -> None:
        """Prepare the nodes, and blocks of clusters small enough for the processor's cache."""
        self._nodes, weights = hermegauss(self.points)
        self._weights = np.log(weights / weights.sum()) + self._nodes**2 / 2
        self._modes = np.zeros(len(self.sizes))
        ends = np.cumsum(self.sizes)
        blocks = np.unique(np.searchsorted(ends, np.arange(BLOCK, ends[-1] + BLOCK, BLOCK)) + 1)
        self._blocks = np.unique(np.concatenate([[0], np.minimum(blocks, len(ends))]))
        self._starts = ends - self.sizes

    def __call__(self, eta: np.ndarray, scale: np.ndarray) -> Marginal:
        """Evaluate at linear predictors (n,) and the standard deviation (1,) of the intercepts."""
        rows, by_scale, value = np.empty(len(eta)), np.empty((len(self.sizes), 1)), 0.0
        for first, last in zip(self._blocks[:-1], self._blocks[1:], strict=True):
            clusters = slice(first, last)
            start = self._starts[first]
            inside = slice(start, start + self.sizes[clusters].sum())
            part = self._block(eta[inside], float(scale[0]), clusters, inside)
            value, rows[inside], by_scale[clusters, 0] = value + part[0], part[1], part[2]
        return Marginal(value, rows, by_scale)

    def _block(
        self, eta: np.ndarray, sigma: float, clusters: slice, inside: slice
    ) -> tuple[float, np.ndarray, np.ndarray]:
        outcome, sizes = self.outcome[inside], self.sizes[clusters]
        starts = np.cumsum(sizes) - sizes

        def total(values: np.ndarray) -> np.ndarray:
            return np.add.reduceat(values, starts, axis=-1)

        mode = self._mode(eta, sigma, outcome, sizes, total, self._modes[clusters])
        self._modes[clusters] = mode
        mean = logistic(eta + sigma * np.repeat(mode, sizes))
        second = -mean * (1 - mean)
        third = second * (1 - 2 * mean)
        seconds, thirds = total(second), total(third)
        curvature = 1 - sigma**2 * seconds
        width = 1 / np.sqrt(curvature)

        places = mode + width * self._nodes[:, None]
        linear = eta + sigma * np.repeat(places, sizes, axis=1)
        grown = np.exp(linear)
        chance = grown / (1 + grown)
        scored = total(outcome)
        joint = total(outcome * eta) + sigma * places * scored - total(np.log1p(grown))
        joint += self._weights[:, None] - places**2 / 2
        top = joint.max(axis=0)
        share = np.exp(joint - top)
        sums = share.sum(axis=0)
        value = (top + np.log(sums) + np.log(width)).sum()
        share /= sums

        residual = scored - total(chance)
        slope = share * (sigma * residual - places)
        by_width = (slope * self._nodes[:, None]).sum(axis=0) + 1 / width
        by_curvature = -by_width * width**3 / 2
        by_mode = slope.sum(axis=0) - by_curvature * sigma**3 * thirds
        moved = by_mode / curvature
        fitted = (np.repeat(share, sizes, axis=1) * chance).sum(axis=0)
        rows = outcome - fitted + np.repeat(moved * sigma, sizes) * second
        rows -= np.repeat(by_curvature * sigma**2, sizes) * third
        by_scale = (share * places * residual).sum(axis=0)
        by_scale += moved * (total(outcome - mean) + sigma * mode * seconds)
        by_scale -= by_curvature * sigma * (2 * seconds + sigma * mode * thirds)
        return value, rows, by_scale

    @staticmethod
    def _mode(
        eta: np.ndarray,
        sigma: float,
        outcome: np.ndarray,
        sizes: np.ndarray,
        total: Callable[[np.ndarray], np.ndarray],
        mode: np.ndarray,
    ) -> np.ndarray:
        """Newton's steps to the mode of every cluster at once; each integrand is log-concave."""
        for _ in range(MODE_STEPS):
            mean = logistic(eta + sigma * np.repeat(mode, sizes))
            gradient = sigma * total(outcome - mean) - mode
            curvature = 1 + sigma**2 * total(mean * (1 - mean))
            step = np.clip(gradient / curvature, -LONGEST_STEP, LONGEST_STEP)
            mode = mode + step
            if np.abs(step).max() < MODE_TOLERANCE:
                break
        return mode


def logistic(value: np.ndarray) -> np.ndarray:
    """Give Λ(x) = 1 / (1 + exp(−x))."""
    return 1 / (1 + np.exp(-value))
