"""Thresholds and correlations of the latent responses that a model implies, with derivatives."""

from __future__ import annotations

import numpy as np

from coproduction.measurement.factor.implied import Structure, jacobian
from coproduction.measurement.factor.model import FactorModel


def implied(model: FactorModel, part: Structure) -> np.ndarray:
    """Thresholds and correlations of the latent responses that a model implies.

    With σ the standard deviations of the latent responses, (τ − μ) / σ and Σᵢⱼ / (σᵢ σⱼ); σ is the
    inverse scale in the delta metric and follows from Σ in the theta metric.
    """
    p = len(model.items)
    sd = _deviations(model, part)
    item = np.repeat(np.arange(p), model.thresholds)
    thresholds = (part.thresholds - part.centre[:p][item]) / sd[item]
    first, second = np.triu_indices(p, 1)
    return np.concatenate([thresholds, part.spread[first, second] / (sd[first] * sd[second])])


def derivative(model: FactorModel, group: int, part: Structure) -> np.ndarray:
    """Jacobian of the implied statistics, m × q."""
    p, q = len(model.items), model.n_free
    means, covariances = jacobian(model, group, part)
    sd = _deviations(model, part)
    slope = _deviation_slopes(model, group, part, covariances, sd)
    item = np.repeat(np.arange(p), model.thresholds)
    cells = model.cells[group]["thresholds"]
    own = np.zeros((len(item), q))
    chosen = cells.free >= 0
    own[cells.rows[chosen], cells.free[chosen]] = 1
    standard = (part.thresholds - part.centre[:p][item]) / sd[item]
    thresholds = (own - means[:, item].T - standard[:, None] * slope[item]) / sd[item][:, None]
    first, second = np.triu_indices(p, 1)
    size = sd[first] * sd[second]
    correlation = part.spread[first, second] / size
    relative = slope[first] / sd[first][:, None] + slope[second] / sd[second][:, None]
    correlations = covariances[:, first, second].T / size[:, None] - correlation[:, None] * relative
    return np.vstack([thresholds, correlations])


def _deviations(model: FactorModel, part: Structure) -> np.ndarray:
    p = len(model.items)
    return 1 / part.scales[:p] if model.metric == "delta" else np.sqrt(part.spread.diagonal()[:p])


def _deviation_slopes(
    model: FactorModel, group: int, part: Structure, covariances: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """Differentiate the latent responses' standard deviations, p × q."""
    p = len(sd)
    if model.metric == "theta":
        return covariances[:, np.arange(p), np.arange(p)].T / (2 * sd[:, None])
    slope = np.zeros((p, model.n_free), sd.dtype)
    cells = model.cells[group]["scales"]
    chosen = cells.free >= 0
    slope[cells.rows[chosen], cells.free[chosen]] = -(sd[cells.rows[chosen]] ** 2)
    return slope


def matrix_of(correlations: np.ndarray, p: int) -> np.ndarray:
    """Put the correlations of p items, pair by pair, into their matrix."""
    matrix = np.eye(p)
    matrix[np.triu_indices(p, 1)] = correlations
    matrix.T[np.triu_indices(p, 1)] = correlations
    return matrix
