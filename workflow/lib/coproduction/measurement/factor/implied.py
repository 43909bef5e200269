"""The moments a measurement model implies and how they move with its parameters.

Every function accepts complex parameters, so that derivatives of smooth functions of them can be
taken by a complex step without cancellation (Squire and Trapp 1998, *SIAM Review* 40, 110–112).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from coproduction.measurement.factor.model import Cells, FactorModel, Matrix

STEP = 1e-20


@dataclass(frozen=True)
class Structure:
    """One group's matrices at given parameters, for m variables of which p are observed.

    Attributes
    ----------
    paths, covariances
        A and S, m × m.
    means
        m-vector of intercepts and factor means.
    thresholds
        All thresholds, item by item.
    scales
        p-vector of the scales of latent responses (delta metric).
    effects
        E = (I − A)⁻¹, total effects, m × m.
    spread
        Covariances of all variables, E S Eᵀ, m × m.
    centre
        Means of all variables, E m.
    """

    paths: np.ndarray
    covariances: np.ndarray
    means: np.ndarray
    thresholds: np.ndarray
    scales: np.ndarray
    effects: np.ndarray
    spread: np.ndarray
    centre: np.ndarray


def structures(model: FactorModel, theta: np.ndarray) -> tuple[Structure, ...]:
    """Fill every group's matrices with the parameters."""
    return tuple(_structure(model, group, theta) for group in range(len(model.groups)))


def _structure(model: FactorModel, group: int, theta: np.ndarray) -> Structure:
    cells, m, p = model.cells[group], len(model.variables), len(model.observed)
    paths = filled(cells["paths"], (m, m), theta)
    covariances = covarying(cells["covariances"], m, theta)
    means = filled(cells["means"], (m, 1), theta)[:, 0]
    thresholds = filled(cells["thresholds"], (sum(model.thresholds), 1), theta)[:, 0]
    scales = filled(cells["scales"], (p, p), theta).diagonal()
    effects = np.linalg.inv(np.eye(m) - paths)
    spread = effects @ covariances @ effects.T
    return Structure(
        paths, covariances, means, thresholds, scales, effects, spread, effects @ means
    )


def filled(cells: Cells, shape: tuple[int, int], theta: np.ndarray) -> np.ndarray:
    """Put parameters (… × q) and fixed values in their cells of a matrix, … × shape."""
    matrix = np.zeros((*theta.shape[:-1], *shape), theta.dtype)
    matrix[..., cells.rows, cells.columns] = np.where(
        cells.free >= 0, theta[..., cells.free] if theta.shape[-1] else 0, cells.values
    )
    return matrix


def covarying(cells: Cells, size: int, theta: np.ndarray) -> np.ndarray:
    """Put parameters (… × q) in a symmetric matrix of which one half is among the cells."""
    half = filled(cells, (size, size), theta)
    return half + np.tril(half, -1).swapaxes(-1, -2) + np.triu(half, 1).swapaxes(-1, -2)


def gradient(
    model: FactorModel,
    parts: tuple[Structure, ...],
    by_mean: list[np.ndarray],
    by_covariance: list[np.ndarray],
) -> np.ndarray:
    """Carry the gradient of a function of the moments over to the parameters.

    Parameters
    ----------
    parts
        The groups' structures.
    by_mean
        For each group, the derivative by the mean, p.
    by_covariance
        For each group, the symmetric p × p matrix G with df = Σᵢⱼ Gᵢⱼ dΣᵢⱼ over all i and j.
    """
    p, result = len(model.observed), np.zeros(model.n_free, parts[0].paths.dtype)
    for cells, part, mean, covariance in zip(
        model.cells, parts, by_mean, by_covariance, strict=True
    ):
        effects, spread = part.effects[:p], part.spread[:p]
        outer = effects.T @ covariance
        pull = effects.T @ mean
        full: dict[Matrix, np.ndarray] = {
            "paths": 2 * outer @ spread + np.outer(pull, part.centre),
            "covariances": outer @ effects,
            "means": pull[:, None],
        }
        for matrix, values in full.items():
            at = cells[matrix]
            chosen = at.free >= 0
            rows, columns = at.rows[chosen], at.columns[chosen]
            weight = 2.0 - (rows == columns) if matrix == "covariances" else 1.0
            np.add.at(result, at.free[chosen], weight * values[rows, columns])
    return result


def jacobian(model: FactorModel, group: int, part: Structure) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate one group's moments by the parameters.

    Returns
    -------
    tuple
        Derivatives of the mean, q × p, and of the covariance matrix, q × p × p.
    """
    p, q = len(model.observed), model.n_free
    cells, effects, spread = model.cells[group], part.effects[:p], part.spread[:p]
    kind = part.paths.dtype
    means, covariances = np.zeros((q, p), kind), np.zeros((q, p, p), kind)
    at = _estimated(cells["paths"])
    half = effects.T[at.rows][:, :, None] * spread.T[at.columns][:, None, :]
    _add(covariances, at.free, half + half.transpose(0, 2, 1))
    _add(means, at.free, effects.T[at.rows] * part.centre[at.columns][:, None])
    at = _estimated(cells["covariances"])
    half = effects.T[at.rows][:, :, None] * effects.T[at.columns][:, None, :]
    half = np.where((at.rows == at.columns)[:, None, None], half / 2, half)
    _add(covariances, at.free, half + half.transpose(0, 2, 1))
    at = _estimated(cells["means"])
    _add(means, at.free, effects.T[at.rows])
    return means, covariances


def _add(total: np.ndarray, places: np.ndarray, values: np.ndarray) -> None:
    """Add values at places, of which some may be the same."""
    if len(np.unique(places)) == len(places):
        total[places] += values
    else:
        np.add.at(total, places, values)


def _estimated(cells: Cells) -> Cells:
    chosen = cells.free >= 0
    return Cells(
        cells.rows[chosen], cells.columns[chosen], cells.free[chosen], cells.values[chosen]
    )


def complex_step(
    function: Callable[[np.ndarray], np.ndarray],
    theta: np.ndarray,
    places: Iterable[int] | None = None,
) -> np.ndarray:
    """Differentiate an analytic vector function: outputs × parameters, all or those at places."""
    columns = []
    for place in range(len(theta)) if places is None else places:
        moved = theta.astype(complex)
        moved[place] += 1j * STEP
        columns.append(function(moved).imag / STEP)
    return np.array(columns).T
