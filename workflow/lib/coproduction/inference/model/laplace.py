"""Marginal likelihood of a logit with a random intercept and slope, by Laplace's approximation.

A row with slope variable x adds mᵀv to its linear predictor, v ~ N(0, I) and m = Lᵀ(1, x), L being
the lower triangular root of the covariance of intercept and slope. The logarithm of a cluster's
integral over v is approximated by h(v̂) − ½ ln |H|, h being the logarithm of the integrand, v̂ its
mode and H = I + Σ p(1 − p) m mᵀ (Breslow and Clayton 1993, *JASA* 88, 9–25). The gradient is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.inference.model.quadrature import (
    LONGEST_STEP,
    MODE_STEPS,
    MODE_TOLERANCE,
    Marginal,
    logistic,
)


@dataclass
class Slopes:
    """Rows of 0/1 outcomes, sorted by cluster, and the modes last found.

    Attributes
    ----------
    outcome
        n: 0 or 1.
    slope
        n: variable whose slope varies between clusters.
    sizes
        J: rows of each cluster; clusters follow one another.
    """

    outcome: np.ndarray
    slope: np.ndarray
    sizes: np.ndarray

    def __post_init__(self) -> None:
        """Note where each cluster starts."""
        self._modes = np.zeros((len(self.sizes), 2))
        self._starts = np.cumsum(self.sizes) - self.sizes

    def __call__(self, eta: np.ndarray, scale: np.ndarray) -> Marginal:
        """Evaluate at linear predictors (n,) and L as its entries L₁₁, L₂₁, L₂₂."""
        loading = np.column_stack([scale[0] + scale[1] * self.slope, scale[2] * self.slope])
        products = loading[:, :, None] * loading[:, None, :]
        mode = self._mode(eta, loading, products)
        self._modes = mode if np.isfinite(mode).all() else np.zeros_like(mode)
        spread = self._each(mode)
        linear = eta + (loading * spread).sum(axis=1)
        mean = logistic(linear)
        weight, residual = mean * (1 - mean), self.outcome - mean
        inverse = self._inverse(products, weight)
        value = (self.outcome * linear - np.logaddexp(0, linear)).sum() - (mode**2).sum() / 2
        value += np.linalg.slogdet(inverse)[1].sum() / 2

        turned = np.einsum("nij,nj->ni", self._each(inverse), loading)
        bent = -(loading * turned).sum(axis=1) * weight * (1 - 2 * mean) / 2
        moved = np.einsum("jab,jb->ja", inverse, self._total(bent[:, None] * loading))
        moved = self._each(moved)
        rows = residual + bent - weight * (loading * moved).sum(axis=1)
        by_loading = rows[:, None] * spread + residual[:, None] * moved - weight[:, None] * turned
        by_scale = [by_loading[:, 0], by_loading[:, 0] * self.slope, by_loading[:, 1] * self.slope]
        return Marginal(value, rows, self._total(np.column_stack(by_scale)))

    def _total(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self._starts, axis=0)

    def _each(self, values: np.ndarray) -> np.ndarray:
        return np.repeat(values, self.sizes, axis=0)

    def _inverse(self, products: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return np.linalg.inv(np.eye(2) + self._total(products * weight[:, None, None]))

    def _mode(self, eta: np.ndarray, loading: np.ndarray, products: np.ndarray) -> np.ndarray:
        """Newton's steps to the mode of every cluster at once."""
        mode = self._modes
        for _ in range(MODE_STEPS):
            mean = logistic(eta + (loading * self._each(mode)).sum(axis=1))
            gradient = self._total(loading * (self.outcome - mean)[:, None]) - mode
            inverse = self._inverse(products, mean * (1 - mean))
            step = np.einsum("jab,jb->ja", inverse, gradient)
            step = np.clip(step, -LONGEST_STEP, LONGEST_STEP)
            mode = mode + step
            if not np.abs(step).max() > MODE_TOLERANCE:
                break
        return mode
