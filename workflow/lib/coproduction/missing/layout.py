"""Where each variable stands in the matrix of predictors, and which columns predict which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coproduction.missing.problem import Problem, Target

ROWS_PER_COEFFICIENT = 5
"""Fewest observed rows for each coefficient, of categories outside the commonest one; where there
are fewer, the most correlated predictors are taken."""


@dataclass(frozen=True)
class Layout:
    """Columns of n × k predictors: constant, fixed, computed, targets, and who was asked.

    Attributes
    ----------
    constant
        n × k: fixed columns filled in, all others zero.
    passive
        Column of each computed predictor.
    places
        Columns of each target: one number, or an indicator for each category but the first.
    levels
        Codes of the categories of each target that has indicators.
    moments
        Mean and standard deviation by which a number is standardised.
    predicting
        Columns that predict each target.
    """

    constant: np.ndarray
    passive: Mapping[str, int]
    places: Mapping[str, np.ndarray]
    levels: Mapping[str, np.ndarray]
    moments: Mapping[str, tuple[float, float]]
    predicting: Mapping[str, np.ndarray]

    def columns(self, target: Target, values: np.ndarray) -> np.ndarray:
        """Write values of a target as its columns (w × q); what was not asked is zero."""
        if target.name in self.levels:
            return (values[:, None] == self.levels[target.name][1:]).astype(float)
        mean, spread = self.moments[target.name]
        return np.nan_to_num((values - mean) / spread)[:, None]


def layout(problem: Problem) -> Layout:
    """Lay out the matrix of a problem.

    Targets of which nothing is observed, or always the same, have no columns.
    """
    n = len(problem.targets[0].values)
    fixed = [values for values in problem.fixed.values() if np.ptp(values) > 0]
    fixed += _unasked(problem)
    start = 1 + len(fixed)
    passive = {each.name: start + place for place, each in enumerate(problem.passive)}
    k, places, levels, moments = start + len(passive), {}, {}, {}
    for target in filter(varies, problem.targets):
        found = np.unique(target.values[target.observed])
        if target.method in ("logit", "nominal"):
            levels[target.name] = found
        known = target.values[target.observed]
        moments[target.name] = float(known.mean()), float(known.std())
        width = len(found) - 1 if target.name in levels else 1
        places[target.name] = np.arange(k, k + width)
        k += width
    constant = np.zeros((n, k))
    constant[:, 0] = 1.0
    for place, values in enumerate(fixed, 1):
        constant[:, place] = (values - values.mean()) / values.std()
    made = Layout(constant, passive, places, levels, moments, {})
    return Layout(constant, passive, places, levels, moments, _predicting(problem, made))


def varies(target: Target) -> bool:
    """Tell whether a target has two different values at least."""
    known = target.values[target.observed]
    return len(known) > 0 and bool(np.ptp(known) > 0)


def _unasked(problem: Problem) -> list[np.ndarray]:
    """Mark who was not asked a target, each set of respondents once."""
    found: dict[bytes, np.ndarray] = {}
    for target in problem.targets:
        unasked = ~target.observed & ~target.missing
        if unasked.any() and not unasked.all():
            found.setdefault(unasked.tobytes(), unasked.astype(float))
    return list(found.values())


def _predicting(problem: Problem, made: Layout) -> dict[str, np.ndarray]:
    """Choose the predictors of each target."""
    filled = made.constant.copy()
    for target in problem.targets:
        if target.name in made.places:
            filled[:, made.places[target.name]] = made.columns(target, target.values)
    found = {}
    for target in problem.targets:
        if target.name not in made.places:
            continue
        blind = [made.places[target.name]]
        blind += [
            np.array([made.passive[each.name]])
            for each in problem.passive
            if target.name in each.sources and not each.of_others
        ]
        columns = np.setdiff1d(np.arange(filled.shape[1]), np.concatenate(blind))
        found[target.name] = _strongest(columns, filled, target)
    return found


def _strongest(columns: np.ndarray, filled: np.ndarray, target: Target) -> np.ndarray:
    """Take no more columns than the observed rows can bear: the constant, then by correlation."""
    known = target.values[target.observed]
    n = len(known)
    if target.method in ("logit", "nominal"):
        counts = np.unique(known, return_counts=True)[1]
        n = (n - int(counts.max())) // (len(counts) - 1)
    most = max(1 + n // ROWS_PER_COEFFICIENT, 2)
    if len(columns) <= most:
        return columns
    x = filled[np.ix_(target.observed, columns[1:])]
    centred = x - x.mean(axis=0)
    size = np.abs((known - known.mean()) @ centred) / np.sqrt((centred**2).sum(axis=0) + 1e-12)
    order = np.argsort(-size, kind="stable")[: most - 1]
    return np.append(columns[0], np.sort(columns[1:][order]))
