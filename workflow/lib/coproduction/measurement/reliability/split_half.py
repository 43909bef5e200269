"""Guttman's lambdas and split-half reliability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
import pandas as pd

LARGEST_EXHAUSTIVE = 16


@dataclass(frozen=True)
class SplitHalf:
    """Lower bounds of reliability and split-half coefficients of one scale.

    Attributes
    ----------
    lambda_1, lambda_2, lambda_3, lambda_4, lambda_5, lambda_6
        Guttman's six lower bounds; the third is Cronbach's alpha, the fourth the best split.
    odd_even
        Spearman-Brown coefficient of the odd against the even items, in the order asked.
    mean, minimum
        Mean and smallest of Guttman's split coefficient over the splits examined; the smallest is
        Revelle's beta where halves have equal size.
    n_splits
        Number of splits examined.
    """

    lambda_1: float = float("nan")
    lambda_2: float = float("nan")
    lambda_3: float = float("nan")
    lambda_4: float = float("nan")
    lambda_5: float = float("nan")
    lambda_6: float = float("nan")
    odd_even: float = float("nan")
    mean: float = float("nan")
    minimum: float = float("nan")
    n_splits: int = 0


def split_half(items: pd.DataFrame, rng: np.random.Generator, sampled: int = 10_000) -> SplitHalf:
    """Compute Guttman's lambdas and split-half reliability.

    Parameters
    ----------
    items
        Respondents × items of one construct, reverse-keyed; incomplete rows are left out.
    rng
        Random generator, used only for scales of more than 16 items: shorter ones are split in
        every possible way.
    sampled
        Number of splits drawn for longer scales.

    Returns
    -------
    SplitHalf
        NaN throughout with fewer than two items or three complete rows, or a constant item.

    Notes
    -----
    All coefficients are of the raw covariances (N − 1). Halves are of equal size, or differ by one
    item. Guttman (1945), *Psychometrika* 10, 255–282: lambda 4 of a split is 4 cov(A, B) / var(X);
    lambda 6 uses squared multiple correlations and is NaN where the covariance matrix is singular.
    Spearman-Brown: 2 r / (1 + r).
    """
    complete = items.dropna().to_numpy("float64")
    n, k = complete.shape
    if k < 2 or n < 3 or (np.ptp(complete, axis=0) == 0).any():
        return SplitHalf()
    covariance = np.cov(complete, rowvar=False)
    total = covariance.sum()
    coefficients = _split_coefficients(covariance, _splits(k, rng, sampled))
    lambda_1, lambda_2, lambda_5, lambda_6 = _bounds(covariance)
    return SplitHalf(
        lambda_1,
        lambda_2,
        float(k / (k - 1) * (1 - np.trace(covariance) / total)),
        float(coefficients.max()),
        lambda_5,
        lambda_6,
        spearman_brown(_odd_even_correlation(covariance)),
        float(coefficients.mean()),
        float(coefficients.min()),
        len(coefficients),
    )


def spearman_brown(correlation: float, length: float = 2.0) -> float:
    """Project the reliability of a test `length` times as long from that of the test."""
    return length * correlation / (1 + (length - 1) * correlation)


def _bounds(covariance: np.ndarray) -> tuple[float, float, float, float]:
    k, total = len(covariance), covariance.sum()
    squares = (covariance - np.diag(np.diag(covariance))) ** 2
    lambda_1 = 1 - np.trace(covariance) / total
    lambda_2 = lambda_1 + np.sqrt(k / (k - 1) * squares.sum()) / total
    lambda_5 = lambda_1 + 2 * np.sqrt(squares.sum(axis=0).max()) / total
    lambda_6 = float("nan")
    if np.linalg.cond(covariance) < 1e12:
        lambda_6 = 1 - (1 / np.diag(np.linalg.inv(covariance))).sum() / total
    return float(lambda_1), float(lambda_2), float(lambda_5), float(lambda_6)


def _splits(k: int, rng: np.random.Generator, sampled: int) -> np.ndarray:
    """Signs (splits × items): +1 for one half, −1 for the other; each split once."""
    half = k // 2
    if k > LARGEST_EXHAUSTIVE:
        signs = np.ones((sampled, k))
        signs[:, :half] = -1
        return rng.permuted(signs, axis=1)
    chosen = list(_halves(k, half))
    signs = np.ones((len(chosen), k))
    signs[np.arange(len(chosen))[:, None], np.array(chosen)] = -1
    return signs


def _halves(k: int, half: int) -> Iterator[tuple[int, ...]]:
    every = combinations(range(k), half)
    # With an even number of items each split would appear twice, once for either half; the halves
    # that hold the first item come first.
    return islice(every, _choose(k, half) // 2) if k % 2 == 0 else every


def _choose(k: int, half: int) -> int:
    from math import comb

    return comb(k, half)


def _split_coefficients(covariance: np.ndarray, signs: np.ndarray) -> np.ndarray:
    # The total variance is var A + var B + 2 cov, that of the difference var A + var B − 2 cov.
    difference = np.einsum("si,ij,sj->s", signs, covariance, signs, optimize=True)
    return 1 - difference / covariance.sum()


def _odd_even_correlation(covariance: np.ndarray) -> float:
    odd, even = np.arange(0, len(covariance), 2), np.arange(1, len(covariance), 2)
    between = covariance[np.ix_(odd, even)].sum()
    within = covariance[np.ix_(odd, odd)].sum() * covariance[np.ix_(even, even)].sum()
    return float(between / np.sqrt(within))
