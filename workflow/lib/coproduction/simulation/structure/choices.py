"""Links of choices: two values, ordered categories, categories, ticks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from coproduction.simulation.structure.links import Drive

LARGEST_LOGIT, ROUNDS, TINY = 40.0, 200, 1e-9


@dataclass(frozen=True)
class Binary:
    """One of two values, by a logit or probit model."""

    logit: bool = True
    rate: float | None = None
    intercept: float | None = None
    values: tuple[int, int] = (0, 1)
    exact: bool = False
    where: tuple[tuple[str, float], ...] = ()
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the intercept of each group that gives its rate."""
        rates = [self.rate, *(rate for _, rate in self.where)]
        found = [
            self._intercept(drive.linear[drive.group == place], rate)
            for place, rate in enumerate(rates)
        ]
        return np.array(found)

    def _intercept(self, linear: np.ndarray, rate: float | None) -> float:
        if rate is None:
            return self.intercept or 0.0
        if rate <= 0 or rate >= 1:
            return LARGEST_LOGIT * (1 if rate >= 1 else -1)
        linear = linear if len(linear) else np.zeros(1)
        return brentq(
            lambda a: self.probability(linear + a).mean() - rate, -LARGEST_LOGIT, LARGEST_LOGIT
        )

    def probability(self, linear: np.ndarray) -> np.ndarray:
        """Probability of the second value."""
        return expit(linear) if self.logit else ndtr(linear)

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the values; of communities, if wanted, the second to an exact share."""
        linear, noise = drive.linear + constants[drive.group], drive.noise[:, 0]
        if self.exact and self.rate is not None:
            error = -np.log(np.expm1(-np.log(ndtr(noise)))) if self.logit else noise
            order = np.argsort(-(linear + error), kind="stable")
            second = np.zeros(len(linear), bool)
            second[order[: round(self.rate * len(linear))]] = True
        else:
            second = ndtr(-noise) < self.probability(linear)
        return np.where(second, float(self.values[1]), float(self.values[0]))


@dataclass(frozen=True)
class Ordered:
    """Ordered categories: thresholds cut the causes and a normal error into the shares."""

    codes: tuple[int, ...]
    shares: tuple[float, ...]
    where: tuple[tuple[str, tuple[float, ...]], ...] = ()
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the thresholds of each group (groups, K − 1)."""
        response = drive.linear + drive.noise[:, 0]
        found = []
        for place, shares in enumerate([self.shares, *(shares for _, shares in self.where)]):
            below = np.cumsum(shares)[:-1] / sum(shares)
            inside = response[drive.group == place]
            cuts = np.quantile(inside, below) if len(inside) else ndtri(below)
            cuts = np.where(below <= 0, -np.inf, np.where(below >= 1, np.inf, cuts))
            # Without causes the thresholds are known, and need not be estimated.
            known = np.ptp(drive.linear) < TINY
            found.append(ndtri(below) if known else cuts)
        return np.array(found)

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the codes."""
        response = drive.linear + drive.noise[:, 0]
        place = (response[:, None] > constants[drive.group]).sum(axis=1)
        return np.array(self.codes, float)[place]


@dataclass(frozen=True)
class Categories:
    """Categories without order, by a multinomial logit."""

    codes: tuple[int, ...]
    shares: tuple[float, ...]
    causes: bool = False
    where: tuple[tuple[str, tuple[float, ...]], ...] = ()
    width: int = 1

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the intercepts of each group (groups, K), by scaling them to the shares."""
        found = []
        for place, shares in enumerate([self.shares, *(shares for _, shares in self.where)]):
            wanted = np.array(shares) / sum(shares)
            intercepts = np.log(np.maximum(wanted, TINY**4))
            inside = _wide(drive.linear, len(self.codes))[drive.group == place]
            if self.causes and len(inside):
                for _ in range(ROUNDS):
                    reached = _softmax(inside + intercepts).mean(axis=0)
                    step = np.log(np.maximum(wanted, TINY**4)) - np.log(reached)
                    intercepts = intercepts + np.where(wanted > 0, step, 0.0)
                    if np.abs(step[wanted > 0]).max() < TINY:
                        break
            found.append(intercepts)
        return np.array(found)

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the codes."""
        chance, codes = ndtr(drive.noise[:, 0]), np.array(self.codes, float)
        if not self.causes and len(constants) == 1:
            return codes[np.searchsorted(np.cumsum(_softmax(constants))[:-1], chance)]
        linear = constants[drive.group] + (drive.linear if self.causes else 0.0)
        limits = np.cumsum(_softmax(linear), axis=1)[:, :-1]
        return codes[(chance[:, None] > limits).sum(axis=1)]


@dataclass(frozen=True)
class Ticks:
    """A multiple choice; a value is the sum of 2^k over the positions k of the ticked options."""

    codes: tuple[int, ...]
    shares: tuple[float, ...]
    causes: bool = False
    none: int | None = None

    @property
    def width(self) -> int:
        """Number of errors: one an option."""
        return len(self.codes)

    def calibrate(self, drive: Drive) -> np.ndarray:
        """Find the intercept of each option."""
        wide = _wide(drive.linear, self.width)
        return np.array(
            [Binary(rate=rate)._intercept(wide[:, k], rate) for k, rate in enumerate(self.shares)]
        )

    def value(self, drive: Drive, constants: np.ndarray) -> np.ndarray:
        """Give the ticks."""
        chances = expit(_wide(drive.linear, self.width) + constants)
        return (ndtr(-drive.noise) < chances) @ (2.0 ** np.arange(self.width))

    def texts(self, values: np.ndarray) -> np.ndarray:
        """Write ticks as canonical text: codes with a space between (n,)."""
        known, place = np.unique(values.astype(np.int64), return_inverse=True)
        words = [
            " ".join(str(code) for k, code in enumerate(self.codes) if mask >> k & 1)
            for mask in map(int, known)
        ]
        otherwise = None if self.none is None else str(self.none)
        return np.array([word or otherwise for word in words], object)[place]

    def ticked(self, values: np.ndarray, code: int) -> np.ndarray:
        """Whether an option is ticked (n,), the exclusive one by those who tick nothing."""
        masks = values.astype(np.int64)
        if code == self.none:
            return masks == 0
        return masks >> self.codes.index(code) & 1 == 1

    def number(self, values: np.ndarray) -> np.ndarray:
        """Count the ticks (n,)."""
        masks = values.astype(np.int64)
        return (masks[:, None] >> np.arange(self.width) & 1).sum(axis=1).astype(float)


def _softmax(linear: np.ndarray) -> np.ndarray:
    weights = np.exp(linear - linear.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _wide(linear: np.ndarray, number: int) -> np.ndarray:
    return linear if linear.ndim == 2 else np.repeat(linear[:, None], number, axis=1)
