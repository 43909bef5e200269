"""Scores of constructs out of the factor model: weights, errors, standard deviations."""

from __future__ import annotations

import numpy as np

from coproduction.inference.calibrated.contents import Contents
from coproduction.inference.calibrated.factors import Factors

SMALLEST_ERROR = 1e-6
"""Share of an item's variance that its error has at least, so that its weight is finite."""


def score_weights(factors: Factors, contents: Contents) -> np.ndarray:
    """Weights that turn residuals of items into expected constructs, agreement last.

    The expectation of normal variables given the items, B = Θ⁻¹F (F′Θ⁻¹F + P)⁻¹ with F = (Λ, 1):
    P is the inverse covariance matrix of the constructs that the model holds, 1/σ² for agreement
    and zero for all other constructs. Such a flat prior lets a construct tell nothing of another
    one, so that its items bear on agreement alone, by contrasts that are free of it. With the
    estimated covariances in its place a construct that follows from the exposures would lend them
    its own effect on the outcome.

    Returns
    -------
    numpy.ndarray
        p × (constructs held + 1), or p × constructs held without a factor of agreement.
    """
    p, k, held = len(factors.loadings), len(contents.names), contents.held
    with_agreement = factors.agreement > 0
    structure = np.zeros((p, k + with_agreement))
    structure[np.arange(p), contents.owner] = factors.loadings
    precision = np.zeros((structure.shape[1],) * 2)
    precision[:held, :held] = np.linalg.inv(factors.covariances[:held, :held])
    if with_agreement:
        structure[:, -1] = 1.0
        precision[-1, -1] = 1 / factors.agreement
    total = _variances(factors, contents)
    weighted = structure / np.maximum(factors.errors, SMALLEST_ERROR * total)[:, None]
    weights = weighted @ np.linalg.inv(structure.T @ weighted + precision)
    return np.delete(weights, np.arange(held, k), axis=1)


def loading_and_error(factors: Factors, weights: np.ndarray) -> tuple[float, float]:
    """Find the loading of a sum of items on their construct, and the variance of its error.

    Agreement counts as error.

    Parameters
    ----------
    factors
        The factor model.
    weights
        p: zero but for items of one construct.
    """
    error = weights**2 @ factors.errors + factors.agreement * weights.sum() ** 2
    return float(weights @ factors.loadings), float(error)


def _variances(factors: Factors, contents: Contents) -> np.ndarray:
    own = np.diag(factors.covariances)[contents.owner]
    return factors.loadings**2 * own + factors.agreement + factors.errors
