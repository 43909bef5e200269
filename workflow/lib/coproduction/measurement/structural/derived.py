"""From the parameters of a model to what its effects are computed from."""

from __future__ import annotations

import numpy as np

from coproduction.measurement.factor.implied import covarying, filled
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.structural.effects import Derived
from coproduction.measurement.structural.products import spreads_of


def derived_from(
    model: FactorModel, group: int, theta: np.ndarray, covariance: np.ndarray
) -> Derived:
    """Make paths, standard deviations and disturbances of one group from any parameters.

    Parameters
    ----------
    model, group
        The model, and the place of the group in it.
    theta, covariance
        q estimates and their covariance matrix.
    """
    cells, m, p = model.cells[group], len(model.variables), len(model.items)

    def paths(theta: np.ndarray) -> np.ndarray:
        return filled(cells["paths"], (m, m), theta)

    causes = np.unique(cells["paths"].columns)

    def variances(theta: np.ndarray) -> np.ndarray:
        effects = _total_effects(paths(theta), causes)
        inner = covarying(cells["covariances"], m, theta)
        return ((effects @ inner) * effects).sum(axis=-1)

    def totals(theta: np.ndarray) -> np.ndarray:
        return filled(cells["scales"], (p, p), theta)[..., range(p), range(p)] ** -2.0

    def spreads(theta: np.ndarray) -> np.ndarray:
        found = variances(theta)
        if model.metric == "delta":  # the residual variances make the total what the scale says
            found[..., :p] = totals(theta)
        return spreads_of(model.variables, np.sqrt(found))

    def disturbances(theta: np.ndarray) -> np.ndarray:
        found = covarying(cells["covariances"], m, theta)
        if model.metric == "delta":
            found[..., range(p), range(p)] = totals(theta) - variances(theta)[..., :p]
        return found

    return Derived(
        model.variables, theta, covariance, paths, spreads, disturbances, model.disturbance_pairs
    )


def _total_effects(paths: np.ndarray, causes: np.ndarray) -> np.ndarray:
    """Sum the powers of paths, … × m × m, of which only some variables cause anything.

    With A the paths, E = (I − A)⁻¹ = I + A E, and the columns of E that are not those of causes are
    those of I: only as many variables as there are causes have to be inverted.
    """
    out = paths[..., :, causes]
    among = np.linalg.inv(np.eye(len(causes)) - out[..., causes, :])
    effects = np.zeros_like(paths)
    effects[..., range(paths.shape[-1]), range(paths.shape[-1])] = 1
    effects[..., :, causes] += out @ among
    return effects
