"""Where the search for the estimates starts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from coproduction.measurement.factor.model import FactorModel, Kind, term


def starting_values(
    model: FactorModel,
    covariances: list[np.ndarray],
    means: list[np.ndarray],
    thresholds: Sequence[np.ndarray] = (),
    given: np.ndarray | None = None,
) -> np.ndarray:
    """Guess every estimated parameter from each group's sample moments.

    Loadings come from the first principal component of each factor's items, with its communality,
    so that reversed items start on the right side; factor covariances from the component scores.
    With `given`, a standardised loading for each item, those take the place of the guess and
    factors start uncorrelated.
    """
    theta, p = np.zeros(model.n_free), len(model.items)
    for group in reversed(range(len(model.groups))):
        guess = _group(model, group, covariances[group][:p, :p], given)
        for parameter, free in zip(model.parameters, model.free, strict=True):
            if parameter.group != group or free < 0:
                continue
            if parameter.kind == "intercept" and not thresholds:
                theta[free] = means[group][parameter.row]
            elif parameter.kind == "threshold":
                theta[free] = thresholds[group][parameter.row]
            elif parameter.kind == "scale":
                theta[free] = 1.0
            else:
                theta[free] = guess.get(parameter.term, 0.0)
    return theta


def generic_point(theta: np.ndarray) -> np.ndarray:
    """Move parameters a little, each differently, away from any special pattern."""
    order = np.arange(1, len(theta) + 1)
    return theta * (1 + 0.02 * np.sin(order)) + 0.005 * np.cos(3 * order)


def _group(
    model: FactorModel, group: int, covariance: np.ndarray, given: np.ndarray | None
) -> dict[str, float]:
    spec = model.specification
    guess: dict[str, float] = {}
    place = {name: i for i, name in enumerate(model.items)}
    fixed = {p.term: p.value for p in model.parameters if p.group == group and p.value is not None}
    weights, explained = {}, np.zeros(len(model.items))
    for factor, items in {**spec.factors, **spec.method}.items():
        at = np.array([place[item] for item in items])
        loadings, weight = _component(
            covariance[np.ix_(at, at)], None if given is None else given[at]
        )
        if factor in spec.method:
            loadings = 0.3 * loadings
        _place(guess, fixed, factor, items, loadings)
        explained[at] += loadings**2
        weights[factor] = np.zeros(len(model.items))
        weights[factor][at] = weight * np.sign(guess[f" {factor}"])
    names = list(weights)
    composites = np.array(list(weights.values())).reshape(-1, len(model.items))
    spread = composites @ covariance @ composites.T
    for factor, below in spec.second_order.items():
        at = np.array([names.index(name) for name in below])
        loadings, _ = _component(_correlations(spread[np.ix_(at, at)]))
        sizes = np.array([abs(guess[f" {name}"]) for name in below])
        _place(guess, fixed, factor, below, loadings * sizes)
        for name, loading in zip(below, loadings, strict=True):
            guess[term("variance", name, name)] *= max(1 - loading**2, 0.2)
    _covary(guess, model, names, _correlations(spread) if given is None else np.eye(len(names)))
    if spec.regressions:
        _regress(guess, model, {name: composites[i] for i, name in enumerate(names)}, covariance)
    for i, item in enumerate(model.items):
        share = max(1 - explained[i], 0.2)
        guess.setdefault(term("residual", item, item), share * covariance[i, i])
    for one, other in combinations(spec.exogenous, 2):
        guess[term("covariance", one, other)] = covariance[place[one], place[other]]
    return guess


def _component(
    covariance: np.ndarray, given: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Load one factor in the items' own units, with the weights of its standardised score."""
    sd = np.sqrt(np.diag(covariance))
    size = len(sd)
    if size == 1:
        return sd * 0.9, 1 / sd
    values, vectors = np.linalg.eigh(covariance / np.outer(sd, sd))
    vector = vectors[:, -1] * np.where(vectors[0, -1] < 0, -1, 1)
    length = max(values[-1] - 1, 0.1) * size / (size - 1)
    loadings = np.clip(vector * np.sqrt(length), -0.9, 0.9)
    if given is not None:
        loadings = given
    return loadings * sd, vector / sd


def _place(
    guess: dict[str, float],
    fixed: dict[str, float],
    factor: str,
    indicators: tuple[str, ...],
    loadings: np.ndarray,
) -> None:
    """Express loadings of a unit-variance factor in the unit that the model gives it."""
    scale = np.sqrt(abs(fixed.get(term("variance", factor, factor), 1.0)) or 1.0)
    for indicator, loading in zip(indicators, loadings, strict=True):
        value = fixed.get(term("loading", factor, indicator), 0.0)
        if value:
            scale = loading / value
            break
    scale = scale if abs(scale) > 0.05 else 0.05
    for indicator, loading in zip(indicators, loadings, strict=True):
        guess[term("loading", factor, indicator)] = loading / scale
    guess[term("variance", factor, factor)] = scale**2
    guess[f" {factor}"] = scale


def _covary(
    guess: dict[str, float], model: FactorModel, names: list[str], correlations: np.ndarray
) -> None:
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            size = abs(guess[f" {a}"] * guess[f" {b}"])
            guess.setdefault(term("covariance", a, b), 0.8 * correlations[i, j] * size)


def _regress(
    guess: dict[str, float],
    model: FactorModel,
    composites: dict[str, np.ndarray],
    covariance: np.ndarray,
) -> None:
    """Guess paths by least squares among composites and observed variables, drawn to zero."""
    spec, place = model.specification, {name: i for i, name in enumerate(model.items)}
    scores = {}
    for name, weights in composites.items():
        spread = weights @ covariance @ weights
        scores[name] = weights * abs(guess[f" {name}"]) / np.sqrt(spread)
    scores |= {name: np.eye(len(place))[place[name]] for name in spec.observed}
    for name, predictors in spec.regressions.items():
        known = [each for each in predictors if each in scores]
        if name not in scores or not known:
            continue
        x = np.array([scores[each] for each in known])
        inner, outer = x @ covariance @ x.T, x @ covariance @ scores[name]
        slopes = np.linalg.lstsq(inner + 0.1 * np.diag(np.diag(inner)), outer, rcond=None)[0]
        guess |= {
            term("regression", name, each): slope for each, slope in zip(known, slopes, strict=True)
        }
        total = scores[name] @ covariance @ scores[name]
        left = max(1 - slopes @ outer / total, 0.3)
        kind: Kind = "residual" if name in place else "variance"
        guess[term(kind, name, name)] = left * total


def _correlations(covariance: np.ndarray) -> np.ndarray:
    sd = np.sqrt(np.diag(covariance))
    return covariance / np.outer(sd, sd)
