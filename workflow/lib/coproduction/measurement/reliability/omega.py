"""Omega: the share of a sum score's variance that common factors explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from coproduction.measurement.factor.one_factor import (
    loading_slopes,
    maximum_likelihood,
    weighted_least_squares,
)
from coproduction.measurement.ordinal.normal import (
    bivariate_normal_cdf,
    bivariate_normal_pdf,
    normal_pdf,
)


def omega_total(covariance: np.ndarray) -> np.ndarray:
    """Compute omega of one factor, also for a stack of covariance matrices.

    Parameters
    ----------
    covariance
        … × items × items.

    Returns
    -------
    numpy.ndarray
        Leading dimensions of the input; NaN where the model has no proper solution (fewer than
        three items, no convergence, a negative uniqueness).

    Notes
    -----
    (Σ λ)² / Σ S with maximum-likelihood loadings λ and the *observed* covariances S in the
    denominator (McDonald 1999, *Test Theory*; the default of semTools::compRelSEM). With the
    model-implied variance in the denominator the value differs where the model misfits.
    """
    fit = maximum_likelihood(covariance)
    omega = fit.loadings.sum(axis=-1) ** 2 / covariance.sum(axis=(-2, -1))
    proper = np.isfinite(fit.uniquenesses).all(axis=-1) & (fit.uniquenesses >= 0).all(axis=-1)
    return np.where(proper, omega, np.nan)


def omega_hierarchical(general: np.ndarray, correlations: np.ndarray) -> float:
    """Compute the share of a sum score's variance that is due to the general factor alone.

    Parameters
    ----------
    general
        Loadings of the standardised items on the general factor.
    correlations
        Items × items.

    Returns
    -------
    float
        (Σ λ)² / Σ R: Zinbarg, Revelle, Yovel and Li (2005), *Psychometrika* 70, 123–133, with the
        *observed* correlations in the denominator, as psych::omega.
    """
    return float(general.sum() ** 2 / correlations.sum())


def omega_categorical(
    thresholds: Sequence[np.ndarray], correlations: np.ndarray, weights: np.ndarray
) -> float:
    """Compute the reliability of the sum of ordinal items, on the scale of that sum.

    Parameters
    ----------
    thresholds
        For each item its thresholds, one less than it has categories; categories count as 0, 1, 2…
        and so must be equally spaced.
    correlations
        Items × items polychoric correlations.
    weights
        Weight of each pair (i < j, row by row) for the loadings.

    Returns
    -------
    float
        NaN where the one-factor model has no proper solution.

    Notes
    -----
    Green and Yang (2009), *Psychometrika* 74, 155–167, equation 21: item covariances implied by the
    factor over item covariances implied by the polychoric correlations. Loadings by diagonally
    weighted least squares, as semTools::compRelSEM takes them from a WLSMV fit.
    """
    loadings = weighted_least_squares(correlations, weights)
    if not np.isfinite(loadings).all() or (np.abs(loadings) > 1).any():
        return float("nan")
    explained = np.outer(loadings, loadings)
    return float(
        _sum_variance(thresholds, explained) / _sum_variance(thresholds, correlations, True)
    )


def omega_categorical_slopes(
    thresholds: Sequence[np.ndarray], correlations: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Differentiate `omega_categorical`, the weights held fixed.

    Returns
    -------
    numpy.ndarray
        By each threshold, item by item, then by each correlation (i < j, row by row); NaN where
        there is no omega.
    """
    loadings = weighted_least_squares(correlations, weights)
    if not np.isfinite(loadings).all():
        return np.full(sum(map(len, thresholds)) + len(weights), np.nan)
    explained = np.outer(loadings, loadings)
    part = _sum_variance(thresholds, explained)
    whole = _sum_variance(thresholds, correlations, True)
    part_by_cut, part_density = _sum_variance_slopes(thresholds, explained)
    whole_by_cut, whole_density = _sum_variance_slopes(thresholds, correlations, True)
    pairs = np.triu_indices(len(loadings), 1)
    by_loading = 2 * part_density @ loadings
    part_by_pair = by_loading @ loading_slopes(loadings, correlations, weights)
    slope_of_part = np.concatenate([part_by_cut, part_by_pair])
    slope_of_whole = np.concatenate([whole_by_cut, 2 * whole_density[pairs]])
    return (slope_of_part - part / whole * slope_of_whole) / whole


def _sum_variance(
    thresholds: Sequence[np.ndarray], correlations: np.ndarray, own: bool = False
) -> float:
    """Variance of the sum of ordinal items whose latent responses correlate as given.

    With `own`, an item's covariance with itself is its variance; else it is the covariance of two
    items alike that correlate as the diagonal says.
    """
    items = np.repeat(np.arange(len(thresholds)), [len(cuts) for cuts in thresholds])
    cuts = np.concatenate(list(thresholds))
    first, second = np.triu_indices(len(cuts))
    h, k = cuts[first], cuts[second]
    pairs = items[first], items[second]
    joint = np.where(
        (pairs[0] == pairs[1]) & own,
        ndtr(np.minimum(h, k)),
        bivariate_normal_cdf(h, k, np.where((pairs[0] == pairs[1]) & own, 0, correlations[pairs])),
    )
    covariance = joint - ndtr(h) * ndtr(k)
    return float((covariance * np.where(first == second, 1, 2)).sum())


def _sum_variance_slopes(
    thresholds: Sequence[np.ndarray], correlations: np.ndarray, own: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate `_sum_variance` by each threshold and by each entry of the correlations.

    The second is items × items, as if every entry, its transpose included, were free.
    """
    lengths = [len(cuts) for cuts in thresholds]
    items = np.repeat(np.arange(len(thresholds)), lengths)
    cuts = np.concatenate(list(thresholds))
    h, k = cuts[:, None], cuts[None, :]
    same = (items[:, None] == items) & own
    rho = np.where(same, 0, correlations[items[:, None], items])
    below = ndtr((k - rho * h) / np.sqrt(np.maximum(1 - rho**2, 1e-300)))
    below = np.where(same, np.heaviside(k - h, 0.5), below)
    by_cut = 2 * (normal_pdf(h) * (below - ndtr(k))).sum(axis=1)
    density = bivariate_normal_pdf(h, k, np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    starts = np.cumsum([0, *lengths[:-1]])
    return by_cut, np.add.reduceat(np.add.reduceat(density, starts, axis=0), starts, axis=1)
