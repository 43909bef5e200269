"""Populations whose parameters are known, and samples of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CUTS = (
    (-1.5, -0.5, 0.5, 1.5),
    (-1.1, -0.1, 0.9, 1.9),
    (-1.9, -0.9, 0.1, 1.1),
)  # near 0, agreement rare, agreement common
SHARED = 0.3  # of a single factor's variance, between communities


@dataclass(frozen=True)
class Population:
    """Items of simple structure behind correlated normal factors.

    Attributes
    ----------
    loadings
        Factors × items of a factor: standardised loadings.
    correlation
        Of every pair of factors.
    """

    loadings: np.ndarray
    correlation: float

    @property
    def items(self) -> list[list[str]]:
        """Names of each factor's items."""
        factors, each = self.loadings.shape
        return [[f"f{i + 1}_{j + 1}" for j in range(each)] for i in range(factors)]

    @property
    def names(self) -> list[str]:
        """Names of all items."""
        return [name for names in self.items for name in names]

    @property
    def model(self) -> dict[str, dict[str, list[str]]]:
        """The true measurement model."""
        return {"factors": {f"f{i + 1}": names for i, names in enumerate(self.items)}}

    @property
    def thresholds(self) -> list[tuple[float, ...]]:
        """Thresholds of each item, in turn symmetric and skewed to either side."""
        return [CUTS[number % len(CUTS)] for number in range(self.loadings.size)]

    def continuous(
        self, n: int, rng: np.random.Generator, communities: np.ndarray | None = None
    ) -> pd.DataFrame:
        """Draw normal items of variance one; communities share a part of the factors."""
        factors, each = self.loadings.shape
        spread = np.full((factors, factors), self.correlation)
        np.fill_diagonal(spread, 1.0)
        scores = rng.standard_normal((n, factors)) @ np.linalg.cholesky(spread).T
        if communities is not None:
            common = rng.standard_normal((communities.max() + 1, factors))[communities]
            scores = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * scores
        latent = np.repeat(scores, each, axis=1) * self.loadings.ravel()
        latent += rng.standard_normal(latent.shape) * np.sqrt(1 - self.loadings.ravel() ** 2)
        return pd.DataFrame(latent, columns=self.names)

    def ordinal(
        self, n: int, rng: np.random.Generator, communities: np.ndarray | None = None
    ) -> pd.DataFrame:
        """Draw items of five categories, 1 to 5."""
        latent = self.continuous(n, rng, communities)
        for name, cuts in zip(latent, self.thresholds, strict=True):
            latent[name] = 1.0 + np.searchsorted(cuts, latent[name])
        return latent


def spread_loadings(factors: int, each: int) -> np.ndarray:
    """Loadings from 0.5 to 0.8, the same in every factor."""
    return np.tile(np.linspace(0.5, 0.8, each), (factors, 1))


SMALL = Population(spread_loadings(3, 4), 0.4)
LARGE = Population(spread_loadings(5, 8), 0.3)
