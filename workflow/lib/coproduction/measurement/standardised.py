"""The solution in which every variable has variance one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduction.measurement.factor_model import FactorModel, Parameter
from coproduction.measurement.implied import Structure, complex_step, structures


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
    return np.array([_cell(parameter, parts[parameter.group]) for parameter in model.parameters])


def standardised(model: FactorModel, theta: np.ndarray) -> np.ndarray:
    """Standardise every parameter by the implied standard deviations of items and factors.

    Loadings and regressions become λ σ_from / σ_to; covariances correlations (of residuals or
    disturbances where the variables have causes in the model); variances the unexplained share;
    intercepts, means and thresholds are divided by the standard deviation.
    """
    parts = [completed(model, part) for part in structures(model, theta)]
    sd = [np.sqrt(part.spread.diagonal()) for part in parts]
    own = [np.sqrt(part.covariances.diagonal() + 0j) for part in parts]
    item = np.repeat(np.arange(len(model.thresholds)), model.thresholds)
    result = []
    for parameter in model.parameters:
        value = _cell(parameter, parts[parameter.group])
        total, unique = sd[parameter.group], own[parameter.group]
        row, column = parameter.row, parameter.column
        if parameter.matrix == "paths":
            value = value * total[column] / total[row]
        elif parameter.matrix == "covariances" and row == column:
            value = value / total[row] ** 2
        elif parameter.matrix == "covariances":
            value = value / (unique[row] * unique[column]) if value else value
        elif parameter.matrix == "means":
            value = value / total[row]
        elif parameter.matrix == "thresholds":
            value = value / total[item[row]]
        else:
            value = value * total[row]
        result.append(value)
    result = np.array(result)
    return result if np.iscomplexobj(theta) else result.real


def standard_errors(model: FactorModel, theta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Delta-method standard errors of the standardised parameters; 0 where nothing varies."""
    change = complex_step(lambda moved: standardised(model, moved), theta)
    return np.sqrt(np.maximum(np.einsum("ia,ab,ib->i", change, covariance, change), 0))


def _cell(parameter: Parameter, part: Structure) -> complex:
    if parameter.matrix == "paths":
        return part.paths[parameter.row, parameter.column]
    if parameter.matrix == "covariances":
        return part.covariances[parameter.row, parameter.column]
    if parameter.matrix == "means":
        return part.means[parameter.row]
    if parameter.matrix == "thresholds":
        return part.thresholds[parameter.row]
    return part.scales[parameter.row]
