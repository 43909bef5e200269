"""Products of constructs and observed variables, freed of measurement error by their moments.

Bartlett scores f̂ = f + e are unbiased for the factors f, with errors e that do not depend on them.
So the covariance of a product f̂ₐf̂ᵦ with any score is that of fₐfᵦ with the factor, and the
covariances of products exceed those of the factors by a known amount where errors are normal,
whatever the distribution of the factors (the method of moments of Wall and Amemiya 2000, *Journal
of the American Statistical Association* 95, 929–940; as structure after measurement Rosseel,
Burghgraeve, Loh and Schermelleh-Engel 2025, *Behavior Research Methods* 57). Where clusters or
covariates are taken out, the products are of what they leave and are freed of them once more
(Giesselmann and Schmidt-Catran 2022, *Sociological Methods & Research* 51, 1100–1127): no slope
that differs between clusters passes for an interaction. A product counts in the standard
deviations of its parts (Wen, Marsh and Hau 2010, *Structural Equation Modeling* 17, 1–22).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coproduction.codes import factors_of
from coproduction.measurement.factor.implied import complex_step, structures
from coproduction.measurement.factor.maximum_likelihood import Likelihood
from coproduction.measurement.factor.model import FactorModel

Leave = Callable[[np.ndarray], np.ndarray]
"""What covariates and clusters leave of columns."""


def spreads_of(names: Sequence[str], spreads: np.ndarray) -> np.ndarray:
    """Put the product of its parts' standard deviations (… × m) in the place of a product's own."""
    found = spreads.copy()
    for place, pair in enumerate(map(factors_of, names)):
        if len(pair) > 1:
            first, second = (names.index(part) for part in pair)
            found[..., place] = spreads[..., first] * spreads[..., second]
    return found


def beside(regressions: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pair each product with whatever explained variables it comes from, which it may covary with.

    That a product does not covary with what is left of its parts holds of some distributions only,
    and nothing that paths are about.
    """
    found = []
    for product in dict.fromkeys(name for names in regressions.values() for name in names):
        pair = factors_of(product)
        above = list(dict.fromkeys(pair)) if len(pair) > 1 else []
        for name in above:
            above += [each for each in regressions.get(name, ()) if each not in above]
        found += [(name, product) for name in above if name in regressions]
    return found


def centred(columns: np.ndarray) -> np.ndarray:
    """Take nothing but the mean out of columns."""
    return columns - columns.mean(axis=0)


@dataclass(frozen=True)
class ProductMoments:
    """Covariances of s products with K factors and with each other.

    Attributes
    ----------
    covariances
        s × (K + s).
    cases
        n × c: what every row adds to the c of them that are left of the diagonal, or on it, row by
        row, the measurement step taken as known.
    slopes
        c × q: how these move with the parameters of the measurement step.
    """

    covariances: np.ndarray
    cases: np.ndarray
    slopes: np.ndarray


def product_moments(
    step: Likelihood,
    theta: np.ndarray,
    names: Sequence[str],
    products: Sequence[str],
    leave: Leave,
    width: float,
) -> ProductMoments:
    """Estimate the covariances of products with everything and with each other.

    Parameters
    ----------
    step, theta
        Measurement step and its estimates; its answers are multiplied by `width`.
    names
        K factors, those of observed variables too, in the order of the model.
    products
        Products of two of them.
    leave
        What covariates and clusters leave of columns.
    width
        Root of rows over degrees of freedom.
    """
    data, n, size = step.samples[0].data, step.n, len(names)
    first, second = ([names.index(factors_of(name)[k]) for name in products] for k in (0, 1))

    def scored(weights: np.ndarray, taken: np.ndarray | float) -> np.ndarray:
        scores = data @ weights.T
        return np.hstack([scores, (scores[:, first] * scores[:, second] - taken) / width])

    def moments(theta: np.ndarray) -> np.ndarray:
        weights, errors, true = _scoring(step.model, theta, size)
        columns = scored(weights, taken)
        found = columns[:, size:].T @ columns / n
        added = _of_products(true + errors, first, second) - _of_products(true, first, second)
        found[:, size:] -= added / width**2
        return found

    weights, *_ = _scoring(step.model, theta, size)
    whole = scored(weights, 0.0)[:, size:] * width
    taken = whole - leave(whole)
    columns, found = scored(weights, taken), moments(theta)
    rows, places = np.tril_indices(len(products), size, size + len(products))
    crossed = columns[:, size + rows] * columns[:, places]
    return ProductMoments(
        found,
        (crossed - crossed.mean(axis=0)) / n,
        complex_step(lambda moved: moments(moved)[rows, places], theta),
    )


def _scoring(
    model: FactorModel, theta: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the weights of Bartlett scores, the covariances of their errors, and the factors'."""
    (part,) = structures(model, theta)
    p = len(model.items)
    loadings, spread = part.paths[:p, p:], part.spread[:p, :p]
    half = np.linalg.solve(spread, loadings)
    weights = np.linalg.solve(loadings.T @ half, half.T)[:size]
    errors = weights @ part.covariances[:p, :p] @ weights.T
    return weights, errors, part.spread[p : p + size, p : p + size]


def _of_products(
    covariances: np.ndarray, first: Sequence[int], second: Sequence[int]
) -> np.ndarray:
    """Covariance matrix of products of normal variables (Isserlis 1918, *Biometrika* 12)."""

    def of(rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        return covariances[np.ix_(rows, columns)]

    return of(first, first) * of(second, second) + of(first, second) * of(second, first)
