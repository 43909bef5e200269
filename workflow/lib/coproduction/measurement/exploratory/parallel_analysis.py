"""Parallel analysis: eigenvalues against those of answers that have nothing in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coproduction.errors import Refusal
from coproduction.measurement.ordinal.contingency import MOST_CATEGORIES
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.ordinal.polyserial import polyserial
from coproduction.options import check_option
from coproduction.plan.options import Correlation

QUANTILE = 0.95


@dataclass(frozen=True)
class ParallelAnalysis:
    """Eigenvalues of p items, observed and at random, descending.

    Attributes
    ----------
    components, factors
        p each: eigenvalues of the correlations, and of the correlations with squared multiple
        correlations on the diagonal.
    random_components, random_factors
        p each: the 95 % quantile of each eigenvalue over the random data.
    n_components, n_factors
        How many eigenvalues from the first on exceed the random ones.
    """

    components: np.ndarray
    factors: np.ndarray
    random_components: np.ndarray
    random_factors: np.ndarray
    n_components: int
    n_factors: int


def parallel_analysis(
    items: pd.DataFrame,
    replicates: int,
    rng: np.random.Generator,
    correlation: Correlation = "pearson",
    continuous: Collection[str] = (),
) -> ParallelAnalysis:
    """Compare the eigenvalues of items with those of the same answers shuffled.

    Parameters
    ----------
    items
        Respondents × items, NaN where missing.
    replicates
        Number of random data sets.
    rng
        Draws them.
    correlation
        Kind of correlation, for the observed and the random data alike.
    continuous
        Items whose answers are no ordered categories.

    Raises
    ------
    Refusal
        Where a correlation cannot be computed.

    Notes
    -----
    Horn (1965, *Psychometrika* 30, 179–185); the 95 % quantile after Glorfeld (1995, *Educational
    and Psychological Measurement* 55, 377–393). Shuffling each item's answers among those who gave
    one keeps the margins and the missing answers as they are (Buja and Eyuboglu 1992, *Multivariate
    Behavioral Research* 27, 509–540). Factors: Humphreys and Ilgen (1969, *Educational and
    Psychological Measurement* 29, 571–578).
    """
    observed = correlation_matrix(items, correlation, continuous)
    random = np.array(
        [
            [eigenvalues(matrix), reduced_eigenvalues(matrix)]
            for matrix in (
                correlation_matrix(_shuffled(items, rng), correlation, continuous)
                for _ in range(replicates)
            )
        ]
    )
    components, factors = eigenvalues(observed), reduced_eigenvalues(observed)
    by_chance = np.quantile(random, QUANTILE, axis=0)
    return ParallelAnalysis(
        components,
        factors,
        by_chance[0],
        by_chance[1],
        _leading(components, by_chance[0]),
        _leading(factors, by_chance[1]),
    )


def correlation_matrix(
    items: pd.DataFrame, correlation: Correlation = "pearson", continuous: Collection[str] = ()
) -> np.ndarray:
    """Correlate every two items over those who answered both.

    Among `polychoric` correlations those with a continuous item, or one of more than 100 different
    answers, are polyserial, those between two such items Pearson's.

    Raises
    ------
    Refusal
        Where an item does not vary or nobody answered two items.
    """
    check_option("correlation", correlation, Correlation)
    if correlation == "polychoric":
        return _latent(items, continuous)
    matrix = _pairwise(items.to_numpy("float64"))
    if not np.isfinite(matrix).all():
        first, second = np.argwhere(~np.isfinite(matrix))[0]
        raise Refusal("no_common_variance", one=items.columns[first], other=items.columns[second])
    return matrix


def _latent(items: pd.DataFrame, continuous: Collection[str]) -> np.ndarray:
    many = (items.nunique() > MOST_CATEGORIES).to_numpy() | items.columns.isin(list(continuous))
    if not many.any():
        return polychoric(items, gamma=False).correlations
    ordinal, numbers = items.loc[:, ~many], items.loc[:, many]
    matrix = np.eye(len(many))
    matrix[np.ix_(many, many)] = correlation_matrix(numbers)
    if ordinal.shape[1]:
        between = polyserial(ordinal, numbers).correlations.to_numpy()
        matrix[np.ix_(~many, many)], matrix[np.ix_(many, ~many)] = between, between.T
    if ordinal.shape[1] > 1:
        matrix[np.ix_(~many, ~many)] = polychoric(ordinal, gamma=False).correlations
    return matrix


def eigenvalues(correlations: np.ndarray) -> np.ndarray:
    """Compute the eigenvalues of a symmetric matrix, descending."""
    return np.linalg.eigvalsh(correlations)[::-1]


def reduced_eigenvalues(correlations: np.ndarray) -> np.ndarray:
    """Compute the eigenvalues with squared multiple correlations on the diagonal, descending."""
    reduced = correlations.copy()
    unexplained = 1 / np.maximum(np.diag(np.linalg.pinv(correlations, hermitian=True)), 1)
    reduced[np.diag_indices(len(reduced))] = 1 - unexplained
    return eigenvalues(reduced)


def _pairwise(values: np.ndarray) -> np.ndarray:
    """Pearson correlations over pairwise complete rows, from cross-products."""
    present = np.isfinite(values).astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.nansum(values, axis=0) / present.sum(axis=0)
        filled = np.nan_to_num(values - centre)
        n, sums, squares = present.T @ present, filled.T @ present, (filled**2).T @ present
        spread = squares - sums**2 / n
        matrix = (filled.T @ filled - sums * sums.T / n) / np.sqrt(spread * spread.T)
    matrix[(n < 3) | (spread / n <= 1e-12) | (spread.T / n <= 1e-12)] = np.nan
    np.fill_diagonal(matrix, np.where(np.isfinite(np.diag(matrix)), 1.0, np.nan))
    return matrix


def _shuffled(items: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    columns = {}
    for name in items:
        values = items[name].to_numpy("float64", copy=True)
        answered = np.isfinite(values)
        values[answered] = rng.permutation(values[answered])
        columns[name] = values
    return pd.DataFrame(columns)


def _leading(observed: np.ndarray, random: np.ndarray) -> int:
    below = observed <= random
    return int(np.argmax(below)) if below.any() else len(observed)
