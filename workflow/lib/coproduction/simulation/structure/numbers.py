"""Links of numbers: normal, lognormal, counts, uniform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import nbinom, poisson

from coproduction.errors import StudyError
from coproduction.simulation.structure.links import Drive

TINY = 1e-9


@dataclass(frozen=True)
class Normal:
    """A number with a normal error; without `sd` its variance in the population is one."""

    mean: float = 0.0
    intercept: float | None = None
    sd: float | None = None
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the mean of the causes and the standard deviation of the error.

        Raises
        ------
        StudyError
            If the causes explain more than all of a variance of one.
        """
        center = 0.0 if self.intercept is not None else drive.linear.mean()
        if self.sd is not None:
            return np.array([center, self.sd])
        noise, linear = drive.noise[:, 0], drive.linear
        if np.ptp(linear) < TINY:
            return np.array([center, 1.0])
        a, b, c = noise.var(), np.cov(noise, linear, ddof=0)[0, 1], linear.var() - 1
        inside = b * b - a * c
        scale = (np.sqrt(inside) - b) / a if inside > 0 else 0.0
        if scale <= TINY:
            raise StudyError(
                f"its causes explain a variance of {linear.var():.2f}, and it has one of 1; make "
                "them smaller or give the error an `sd`."
            )
        return np.array([center, scale])

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the numbers."""
        center, scale = constants
        base = self.mean if self.intercept is None else self.intercept
        return base + drive.linear - center + scale * drive.noise[:, 0]


@dataclass(frozen=True)
class Lognormal:
    """An amount whose logarithm is normal."""

    median: float
    spread: float
    most: float | None = None
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the mean of the causes."""
        return np.array([drive.linear.mean()])

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the amounts."""
        logarithm = np.log(self.median) + drive.linear - constants[0]
        amounts = np.exp(logarithm + self.spread * drive.noise[:, 0])
        return amounts if self.most is None else np.minimum(amounts, self.most)


@dataclass(frozen=True)
class Count:
    """A count, Poisson or negative binomial with variance mean + dispersion × mean²."""

    mean: float
    dispersion: float = 0.0
    most: float | None = None
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the logarithm of the mean where the causes are zero."""
        return np.array([np.log(self.mean) - np.log(np.exp(drive.linear).mean())])

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the counts."""
        mean, chance = np.exp(drive.linear + constants[0]), ndtr(drive.noise[:, 0])
        if self.dispersion:
            size = 1 / self.dispersion
            counts = nbinom.ppf(chance, size, size / (size + mean))
        else:
            counts = poisson.ppf(chance, mean)
        return counts if self.most is None else np.minimum(counts, self.most)


@dataclass(frozen=True)
class Uniform:
    """A number between two limits; of whole numbers each is equally likely."""

    low: float
    high: float
    whole: bool = False
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find nothing."""
        return np.zeros(0)

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the numbers."""
        chance = ndtr(drive.noise[:, 0])
        if self.whole:
            return np.minimum(np.floor(self.low + chance * (self.high - self.low + 1)), self.high)
        return self.low + chance * (self.high - self.low)
