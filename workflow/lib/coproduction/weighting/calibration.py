"""Weights fitted to margins of the population.

Raking multiplies each weight by a factor for its category of each margin, linear calibration adds
what its categories add; both change the weights as little as their distance allows (Deville and
Särndal 1992, *JASA* 87, 376–382; Deville, Särndal and Sautory 1993, *JASA* 88, 1013–1020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from coproduction.errors import Refusal

Method = Literal["raking", "linear"]
ITERATIONS, HALVINGS = 200, 40
NEAR = 1e-11
"""Margins are met when no total is further off, in shares of the population."""
COLLINEAR = 1e-10
AT_LIMIT = 1e-4
EXTREME = 50.0
"""Logarithm of a factor on weights that no margins that can be met ask for."""


@dataclass(frozen=True)
class Margin:
    """One margin of the population.

    Attributes
    ----------
    name
        What it is about.
    categories
        Names of its categories.
    population
        How many of the population are in each category.
    codes
        n: category of each row by its position, −1 where it is unknown.
    """

    name: str
    categories: tuple[str, ...]
    population: np.ndarray
    codes: np.ndarray


@dataclass(frozen=True)
class Limits:
    """Between what weights lie, in multiples of their mean.

    Attributes
    ----------
    least, most
        The limits.
    """

    least: float = 0.0
    most: float = np.inf


@dataclass(frozen=True)
class Fitted:
    """Weights fitted to margins.

    Attributes
    ----------
    weight
        n: the weights.
    limited
        n: whether a weight lies at a limit, where it would lie beyond.
    iterations
        Steps that it took.
    """

    weight: np.ndarray
    limited: np.ndarray
    iterations: int


def fit_to_margins(
    weight: np.ndarray,
    margins: Sequence[Margin],
    total: float,
    method: Method = "raking",
    limits: Limits | None = None,
) -> Fitted:
    """Fit weights to margins, and to limits at the same time.

    Rows whose category of a margin is unknown stand for the share of the population that they stood
    for before, and the known ones for the rest of it, in the shares of the margin.

    Parameters
    ----------
    weight
        n: weights before, 0 or more.
    margins
        What they are fitted to; without any weights are only brought within the limits.
    total
        What the fitted weights sum to.
    method
        `raking` or `linear`.
    limits
        Between what they lie; weights of 0 stay.

    Raises
    ------
    Refusal
        If a category of the population has no weighted row, the margins cannot be met, not within
        the limits, or linear calibration makes a weight negative.
    """
    targets, codes = [np.ones(1)], [np.zeros(len(weight), np.int64)]
    for margin in margins:
        wanted, places = _with_unknown(weight, margin)
        targets.append(wanted)
        codes.append(places)
    cells, where = _cells(codes, [len(each) for each in targets])
    parts = [cells[:, [number]] == np.arange(len(each)) for number, each in enumerate(targets)]
    matrix, wanted = np.hstack(parts).astype(float), np.concatenate(targets)
    before = weight / weight.sum()
    if limits is None:
        mass = np.bincount(where, weights=before, minlength=len(cells))
        problem = _Problem(mass, np.arange(len(cells)), matrix, wanted, method, 0, np.inf)
        slopes, iterations = _searched(problem)
        after = before * problem.factors(matrix @ slopes)[where]
        limited = np.zeros(len(weight), bool)
    else:
        mean = 1 / np.count_nonzero(weight)
        low, high = limits.least * mean, limits.most * mean
        problem = _Problem(before, where, matrix, wanted, method, low, high)
        slopes, iterations = _searched(problem)
        after, inside = problem.weights((matrix @ slopes)[where])
        limited = ~inside & (weight > 0)
    if (after < 0).any():
        raise Refusal("linear_calibration_negative", n=int((after < 0).sum()))
    off = matrix.T @ np.bincount(where, weights=after, minlength=len(cells)) - wanted
    if not np.abs(off).max() < 100 * NEAR:
        _refuse(off, margins, targets, limits)
    return Fitted(after * total, limited, iterations)


def _with_unknown(weight: np.ndarray, margin: Margin) -> tuple[np.ndarray, np.ndarray]:
    """Give the shares that categories are to have, the unknown at the end, and codes among them."""
    mass = np.bincount(margin.codes + 1, weights=weight, minlength=len(margin.categories) + 1)
    empty = (mass[1:] == 0) & (margin.population > 0)
    if empty.any():
        category = margin.categories[int(np.argmax(empty))]
        raise Refusal("margin_without_respondents", name=margin.name, answer=category)
    unknown = mass[0] / mass.sum()
    shares = margin.population / margin.population.sum() * (1 - unknown)
    if unknown == 0:
        return shares, margin.codes
    places = np.where(margin.codes < 0, len(shares), margin.codes)
    return np.append(shares, unknown), places


def _cells(codes: Sequence[np.ndarray], sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Give the combinations of categories that there are (K × margins), and each row's (n,)."""
    number = np.zeros(len(codes[0]), np.int64)
    present = np.zeros((1, 0), np.int64)
    for places, size in zip(codes, sizes, strict=True):
        number = number * size + places
        counts = np.bincount(number, minlength=len(present) * size)
        found = np.flatnonzero(counts)
        present = np.column_stack([present[found // size], found % size])
        renumbered = np.cumsum(counts > 0) - 1
        number = renumbered[number]
    return present, number


@dataclass(frozen=True)
class _Problem:
    """What is solved: rows with masses d in K cells, whose totals are to be those wanted.

    The weight of a row is d F(x'λ), cut to the limits, where F is the exponential function or 1
    plus its argument. Weights that meet the margins are where a convex function of λ is smallest.
    """

    mass: np.ndarray
    where: np.ndarray
    matrix: np.ndarray
    wanted: np.ndarray
    method: Method
    low: float
    high: float

    def factors(self, u: np.ndarray) -> np.ndarray:
        """Give F."""
        return np.exp(u) if self.method == "raking" else 1 + u

    def weights(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give weights, and which of them lie between the limits."""
        free = self.mass * self.factors(u)
        if not np.isfinite(self.high):
            return free, np.ones(len(free), bool)
        positive = self.mass > 0
        inside = (free > self.low) & (free < self.high)
        return np.where(positive, np.clip(free, self.low, self.high), 0.0), inside & positive

    def value(self, slopes: np.ndarray) -> float:
        """Give the convex function."""
        cells = self.matrix @ slopes
        if self.method == "raking" and not cells.max() < EXTREME:
            return np.inf
        u = cells[self.where]
        if not np.isfinite(self.high):
            area = np.exp(u) if self.method == "raking" else u + u**2 / 2
            return float(self.mass @ area - self.wanted @ slopes)
        at = np.clip(u, *self.ends)
        factors = self.factors(at)
        area = factors if self.method == "raking" else at + at**2 / 2
        return float(self.mass @ (area + factors * (u - at)) - self.wanted @ slopes)

    @cached_property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Arguments of F at which rows reach the limits (n,)."""
        positive = np.where(self.mass > 0, self.mass, self.high)
        low, high = self.low / positive, self.high / positive
        if self.method == "linear":
            return low - 1, high - 1
        with np.errstate(divide="ignore"):
            return np.log(low), np.log(high)


def _searched(problem: _Problem) -> tuple[np.ndarray, int]:
    """Search by Newton's method; a step that does not lower the function is halved."""
    matrix, where, count = problem.matrix, problem.where, len(problem.matrix)
    slopes = np.zeros(matrix.shape[1])
    value = problem.value(slopes)
    for iteration in range(ITERATIONS):
        u = (matrix @ slopes)[where]
        weights, inside = problem.weights(u)
        off = problem.wanted - matrix.T @ np.bincount(where, weights=weights, minlength=count)
        if np.abs(off).max() < NEAR:
            return slopes, iteration
        curve = weights if problem.method == "raking" else problem.mass
        # What lies at a limit counts a little, so that no direction is without an end.
        steep = curve * np.where(inside, 1, AT_LIMIT)
        by_cell = np.bincount(where, weights=steep, minlength=count)
        information = matrix.T @ (by_cell[:, None] * matrix)
        inverse = np.linalg.pinv(information, rcond=COLLINEAR, hermitian=True)
        step: np.ndarray = inverse @ off
        for _ in range(HALVINGS):
            moved = problem.value(slopes + step)
            # At the end differences are rounding, and the whole step is right.
            if moved <= value + 1e-14 * abs(value):
                break
            step = step / 2
        else:
            break
        slopes, value = slopes + step, moved
    return slopes, ITERATIONS


def _refuse(
    off: np.ndarray,
    margins: Sequence[Margin],
    targets: Sequence[np.ndarray],
    limits: Limits | None,
) -> None:
    """Name the category that is furthest from its share."""
    if limits is not None:
        raise Refusal("weights_not_within_limits", low=limits.least, high=limits.most)
    worst = int(np.argmax(np.abs(off))) - 1
    for margin, target in zip(margins, targets[1:], strict=True):
        if worst < len(target):
            names = [*margin.categories, "–"]
            told = {"value": float(target[worst] + off[worst + 1]), "least": float(target[worst])}
            raise Refusal("margins_not_met", name=margin.name, answer=names[worst], **told)
        worst -= len(target)
        off = off[len(target) :]
