"""One chain of the equations: one imputation, from its own random numbers alone.

Van Buuren and Groothuis-Oudshoorn (2011, *J. Statistical Software* 45(3)). The cross-products of
all predictors over all rows are kept as one matrix; a regression takes off those of the rows in
which its outcome is not observed, so that a step costs as much as there are missing answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.missing import categories
from coproduction.missing.layout import Layout
from coproduction.missing.matching import draw_line, match
from coproduction.missing.problem import Problem, Target


@dataclass(frozen=True)
class Imputation:
    """One imputation of q targets.

    Attributes
    ----------
    values
        For each target its imputed values, in the order of its missing cells.
    means, deviations
        iterations × q: mean and standard deviation of the imputed values; of categories without
        order, of the indicator of the commonest one.
    exact
        Targets of which predictors left nothing unexplained at some step.
    """

    values: dict[str, np.ndarray]
    means: np.ndarray
    deviations: np.ndarray
    exact: frozenset[str]


def run_chain(
    problem: Problem, made: Layout, iterations: int, seed: int, number: int
) -> Imputation:
    """Run the chain of one imputation.

    Parameters
    ----------
    problem, made
        The problem and its layout.
    iterations
        How often every target is imputed anew.
    seed, number
        Seed of the study and number of the imputation, on which alone its random numbers depend.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    state = _State(problem, made, rng)
    waiting = [each for each in problem.targets if each.missing.any() and each.name in made.places]
    waiting.sort(key=lambda each: int(each.missing.sum()))
    means, deviations = [], []
    for _ in range(iterations):
        state.refresh()
        for target in waiting:
            state.impute(target)
        shown = [_shown(each, state.completed[each.name]) for each in problem.targets]
        means.append([_mean(each) for each in shown])
        deviations.append([_deviation(each) for each in shown])
    values = {each.name: state.completed[each.name][each.missing] for each in problem.targets}
    return Imputation(values, np.array(means), np.array(deviations), frozenset(state.exact))


class _State:
    """Completed values, the matrix of predictors made of them, and its cross-products."""

    def __init__(self, problem: Problem, made: Layout, rng: np.random.Generator) -> None:
        self.problem, self.made, self.rng = problem, made, rng
        self.completed = {each.name: self._first(each) for each in problem.targets}
        self.matrix = made.constant.copy()
        self.products = np.empty((self.matrix.shape[1],) * 2)
        self.starts: dict[str, np.ndarray] = {}
        self.exact: set[str] = set()
        for target in problem.targets:
            if target.name in made.places:
                columns = made.columns(target, self.completed[target.name])
                self.matrix[:, made.places[target.name]] = columns

    def refresh(self) -> None:
        """Compute the passive predictors, and the cross-products free of rounding."""
        for each in self.problem.passive:
            values = each.make(self.completed)
            known = values[~np.isnan(values)]
            varying = len(known) > 0 and np.ptp(known) > 0
            scaled = (values - known.mean()) / known.std() if varying else np.zeros(len(values))
            self.matrix[:, self.made.passive[each.name]] = np.nan_to_num(scaled)
        self.products = self.matrix.T @ self.matrix

    def impute(self, target: Target) -> None:
        """Impute one target, and bring matrix and cross-products up to it."""
        rows = np.flatnonzero(target.missing)
        if target.method == "pmm":
            values = self._matched(target, rows)
        else:
            values = self._classified(target, rows)
        self.completed[target.name][rows] = values
        columns = self.made.places[target.name]
        written = self.made.columns(target, values)
        change = np.zeros((len(rows), self.matrix.shape[1]))
        change[:, columns] = written - self.matrix[np.ix_(rows, columns)]
        before = self.matrix[rows]
        self.matrix[np.ix_(rows, columns)] = written
        moved = before.T @ change[:, columns]
        self.products[:, columns] += moved
        self.products[columns, :] += moved.T
        self.products[np.ix_(columns, columns)] += change[:, columns].T @ change[:, columns]

    def _first(self, target: Target) -> np.ndarray:
        """Start from answers of others, drawn at random; nobody's answers stay missing."""
        known = target.values[target.observed]
        values = target.values.copy()
        if len(known):
            values[target.missing] = self.rng.choice(known, int(target.missing.sum()))
        return values

    def _matched(self, target: Target, rows: np.ndarray) -> np.ndarray:
        keep = self.made.predicting[target.name]
        place = self.made.places[target.name][0]
        observed = np.flatnonzero(target.observed)
        products = self._products(observed, ~target.observed)
        line = draw_line(
            products[np.ix_(keep, keep)],
            products[keep, place],
            products[place, place],
            len(observed),
            self.rng,
        )
        if line.exact:
            self.exact.add(target.name)
        both = np.zeros((self.matrix.shape[1], 2))
        both[keep, 0], both[keep, 1] = line.estimated, line.drawn
        predicted = (self.matrix @ both[:, :1])[observed, 0]
        wanted = self.matrix[rows] @ both[:, 1]
        chosen = match(predicted, wanted, self.problem.donors, self.rng)
        return target.values[observed[chosen]]

    def _products(self, observed: np.ndarray, absent: np.ndarray) -> np.ndarray:
        """Cross-products over the observed rows, by whichever rows are fewer."""
        if 2 * len(observed) < len(self.matrix):
            rows = self.matrix[observed]
            return rows.T @ rows
        rows = self.matrix[absent]
        return self.products - rows.T @ rows

    def _classified(self, target: Target, rows: np.ndarray) -> np.ndarray:
        keep = self.made.predicting[target.name]
        known = target.values[target.observed]
        levels, codes = np.unique(known, return_inverse=True)
        ordinal = target.method == "ordinal"
        draw = (categories.draw_ordinal if ordinal else categories.draw_multinomial)(
            self.matrix[np.ix_(target.observed, keep)],
            codes,
            self.matrix[np.ix_(rows, keep)],
            self.starts.get(target.name),
            self.rng,
        )
        self.starts[target.name] = draw.start
        if draw.exact:
            self.exact.add(target.name)
        return levels[categories.pick(draw.probabilities, self.rng)]


def _shown(target: Target, completed: np.ndarray) -> np.ndarray:
    """Imputed values of which means make sense."""
    values = completed[target.missing]
    if target.method not in ("logit", "nominal"):
        return values
    found, counts = np.unique(target.values[target.observed], return_counts=True)
    return (values == found[counts.argmax()]).astype(float) if len(found) else values


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _deviation(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else np.nan
