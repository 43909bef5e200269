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

    def variances(theta: np.ndarray) -> np.ndarray:
        effects = np.linalg.inv(np.eye(m) - paths(theta))
        inner = covarying(cells["covariances"], m, theta)
        return np.einsum("...ij,...jk,...ik->...i", effects, inner, effects)

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
