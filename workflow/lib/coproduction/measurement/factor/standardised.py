"""The solution in which every variable has variance one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.measurement.factor.implied import STEP, Structure, complex_step, structures
from coproduction.measurement.factor.model import FactorModel, Matrix, Parameter


def completed(model: FactorModel, part: Structure) -> Structure:
    """Fill in the residual variances that the delta metric leaves implicit."""
    if model.metric != "delta":
        return part
    p = len(model.items)
    total = 1 / part.scales[:p] ** 2
    residual = np.zeros(len(part.means), part.paths.dtype)
    residual[:p] = total - part.spread.diagonal()[:p]
    return replace(
        part,
        covariances=part.covariances + np.diag(residual),
        spread=part.spread + np.diag(residual),
    )


def values(model: FactorModel, theta: np.ndarray) -> np.ndarray:
    """Value of every parameter, fixed ones included, in the order of `model.parameters`."""
    parts = [completed(model, part) for part in structures(model, theta)]
    return np.array([cell(parameter, parts[parameter.group]) for parameter in model.parameters])


def standardised(model: FactorModel, theta: np.ndarray) -> np.ndarray:
    """Standardise every parameter by the implied standard deviations of items and factors.

    Loadings and regressions become λ σ_from / σ_to; covariances correlations (of residuals or
    disturbances where the variables have causes in the model); variances the unexplained share;
    intercepts, means and thresholds are divided by the standard deviation.
    """
    return _standardised(model, _places(model), theta)


def _places(model: FactorModel) -> list[dict[Matrix, np.ndarray]]:
    """For each group and matrix, where its cells stand among the parameters."""
    places: list[dict[Matrix, list[int]]] = [{} for _ in model.groups]
    for number, parameter in enumerate(model.parameters):
        places[parameter.group].setdefault(parameter.matrix, []).append(number)
    return [{matrix: np.array(rows) for matrix, rows in group.items()} for group in places]


# A variance that is negative or zero has no standardised parameters: they are NaN.
@np.errstate(divide="ignore", invalid="ignore")
def _standardised(
    model: FactorModel, places: list[dict[Matrix, np.ndarray]], theta: np.ndarray
) -> np.ndarray:
    item = np.repeat(np.arange(len(model.thresholds)), model.thresholds)
    result = np.zeros(len(model.parameters), complex)
    for cells, place, part in zip(model.cells, places, structures(model, theta), strict=True):
        part = completed(model, part)
        total = np.sqrt(part.spread.diagonal())
        unique = np.sqrt(part.covariances.diagonal() + 0j)
        for matrix, numbers in place.items():
            rows, columns = cells[matrix].rows, cells[matrix].columns
            if matrix == "paths":
                result[numbers] = part.paths[rows, columns] * total[columns] / total[rows]
            elif matrix == "covariances":
                value = part.covariances[rows, columns]
                size = unique[rows] * unique[columns]
                size = np.where(rows == columns, total[rows] ** 2, np.where(value == 0, 1, size))
                result[numbers] = value / size
            elif matrix == "means":
                result[numbers] = part.means[rows] / total[rows]
            elif matrix == "thresholds":
                result[numbers] = part.thresholds[rows] / total[item[rows]]
            else:
                result[numbers] = part.scales[rows] * total[rows]
    return result if np.iscomplexobj(theta) else result.real


def standard_errors(model: FactorModel, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Delta-method standard errors of the standardised parameters; 0 where nothing varies."""
    places, is_cut = _places(model), np.array([p.kind == "threshold" for p in model.parameters])
    cuts = np.setdiff1d(model.free[is_cut], [-1, *model.free[~is_cut]])
    others = np.setdiff1d(np.arange(len(theta)), cuts)
    change = np.zeros((len(model.parameters), len(theta)))
    change[:, others] = complex_step(
        lambda moved: _standardised(model, places, moved), theta, others
    )
    # By a threshold nothing moves but itself, so that all can be moved at once.
    moved = theta.astype(complex)
    moved[cuts] += 1j * STEP
    own = np.flatnonzero(np.isin(model.free, cuts))
    change[own, model.free[own]] = _standardised(model, places, moved).imag[own] / STEP
    return np.sqrt(np.maximum(np.einsum("ia,ab,ib->i", change, covariance, change), 0))


def cell(parameter: Parameter, part: Structure) -> complex:
    """Read a parameter's value from its group's matrices."""
    if parameter.matrix == "paths":
        return part.paths[parameter.row, parameter.column]
    if parameter.matrix == "covariances":
        return part.covariances[parameter.row, parameter.column]
    if parameter.matrix == "means":
        return part.means[parameter.row]
    if parameter.matrix == "thresholds":
        return part.thresholds[parameter.row]
    return part.scales[parameter.row]
