"""What a measurement model leaves out and by how much it would fit better with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.measurement.factor.distance import Distance
from coproduction.measurement.factor.estimates import Estimates
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse
from coproduction.measurement.factor.model import FactorModel, Kind, Matrix, Parameter
from coproduction.measurement.factor.standardised import completed
from coproduction.measurement.fit.robust import score_covariance

SINGULAR = 1e-6  # share of its information that a parameter must have to itself


def modification_indices(
    objective: Distance | Likelihood,
    estimates: Estimates,
    robust: bool = True,
    candidates: Sequence[Parameter] | None = None,
) -> pd.DataFrame:
    """Test what a fitted model fixes or leaves out, one parameter at a time.

    Parameters
    ----------
    objective, estimates
        A fitted model.
    robust
        Whether the tests hold without normality and under dependence within clusters, as the
        standard errors of MLR and WLSMV do.
    candidates
        Parameters that the model leaves out, each with the value 0.

    Returns
    -------
    pandas.DataFrame
        One row per candidate that the answers identify; where none are named, per parameter of a
        measurement model that could be estimated besides its own: cross-loadings on first-order
        factors, covariances of residuals and of factors, and loadings that the model fixes.
        `group, term, kind, lhs, rhs`; `modification_index`, by how much the uncorrected statistic
        would fall; `modification_index_scaled`, the same divided by the scaling factor of MLR's
        test; `statistic` and `p_value` of the score test with one degree of freedom;
        `expected_change`, by how much the parameter would move, and `standardised_change`, with its
        standard error `change_std_error`.

    Notes
    -----
    With s the slope at the estimates, I the information and v = I_cc − I_cf I_ff⁻¹ I_fc of a
    candidate c beside the estimated parameters f, the index is s²/v and the expected change s/v
    (Sörbom 1989, *Psychometrika* 54, 371–384). The robust score test divides s² by the sandwich
    variance of s given the estimated parameters (Boos 1992, *The American Statistician* 46,
    327–333); otherwise it is the index. I is the expected information given who answered what and,
    for WLSMV, that of the weighted distance times n − 1. (lavaan multiplies the latter by n in v
    and by n − 1 in s.) Residual covariances are standardised by the residual standard deviations.
    """
    model, candidates = _widened(estimates.model, candidates)
    theta = np.concatenate([estimates.theta, [p.value for p in candidates]])
    near = _near(replace(objective, model=model), theta, len(estimates.theta), robust)
    apart = (near.left > SINGULAR * near.own) & (near.spread > SINGULAR * near.own)
    left, spread, slope = near.left[apart], near.spread[apart], near.slope[apart]
    chosen = [parameter for parameter, kept in zip(candidates, apart, strict=True) if kept]
    scaling = estimates.test.scaling if isinstance(objective, Likelihood) else np.nan
    unit = _units(estimates, chosen)
    return pd.DataFrame(
        {
            "group": [model.groups[p.group] for p in chosen],
            "term": [p.term for p in chosen],
            "kind": [p.kind for p in chosen],
            "lhs": [p.lhs for p in chosen],
            "rhs": [p.rhs for p in chosen],
            "modification_index": slope**2 / left,
            "modification_index_scaled": slope**2 / left / scaling,
            "statistic": slope**2 / spread,
            "p_value": stats.chi2.sf(slope**2 / spread, 1),
            "expected_change": slope / left,
            "standardised_change": slope / left * unit,
            "change_std_error": np.sqrt(spread) / left * unit,
        }
    )


@dataclass(frozen=True)
class _Near:
    """Each candidate's slope and information, all of it and given the q estimated parameters.

    `spread` is the sampling variance of the slope given those.
    """

    slope: np.ndarray
    own: np.ndarray
    left: np.ndarray
    spread: np.ndarray


def _near(objective: Distance | Likelihood, theta: np.ndarray, q: int, robust: bool) -> _Near:
    if isinstance(objective, Distance):
        jacobians, residuals = objective.derivatives(theta), objective.residuals(theta)
        weighted = np.vstack(objective.weighted(jacobians))
        stacked = np.vstack(jacobians)
        beside = weighted[:, :q].T @ stacked
        pull = inverse(beside[:, :q]) @ beside[:, q:]
        own = (weighted[:, q:] * stacked[:, q:]).sum(0)
        left = own - (beside[:, q:] * pull).sum(0)
        given = weighted[:, q:] - weighted[:, :q] @ pull
        slope = weighted[:, q:].T @ np.concatenate(residuals)
        return _Near(slope, own, left, objective.variances(given) if robust else left)
    information = objective.answered_information(theta)
    pull = inverse(information[:q, :q]) @ information[:q, q:]
    own = np.diag(information)[q:]
    left = own - (information[q:, :q] * pull.T).sum(1)
    spread = left
    if robust:
        meat = score_covariance(objective, theta)
        spread = np.diag(meat)[q:] + ((meat[:q, :q] @ pull - 2 * meat[:q, q:]) * pull).sum(0)
    return _Near(objective.score(theta)[q:], own, left, spread)


def _widened(
    model: FactorModel, named: Sequence[Parameter] | None
) -> tuple[FactorModel, tuple[Parameter, ...]]:
    """Free the candidates behind the parameters that the model estimates."""
    if named is None:
        kept = [p for p in model.parameters if not _released(p)]
        candidates = (*filter(_released, model.parameters), *_absent(model))
    else:
        kept, candidates = list(model.parameters), tuple(named)
    freed = [replace(candidate, value=None, label="") for candidate in candidates]
    return replace(model, parameters=(*kept, *freed)), candidates


def _released(parameter: Parameter) -> bool:
    apart = parameter.kind in ("loading", "residual", "covariance")
    return apart and parameter.row != parameter.column and parameter.value is not None


def _absent(model: FactorModel) -> Iterator[Parameter]:
    spec, place = model.specification, {name: i for i, name in enumerate(model.variables)}
    known = {
        (p.group, *sorted((p.row, p.column)))
        for p in model.parameters
        if p.matrix in ("paths", "covariances")
    }
    below = {name for names in spec.second_order.values() for name in names}
    factors = [name for name in (*spec.factors, *spec.method) if name not in below]
    pairs: dict[Kind, list[tuple[str, str]]] = {
        "loading": list(product(spec.factors, spec.items)),
        "residual": list(combinations(spec.items, 2)),
        "covariance": list(combinations(factors, 2)),
    }
    for group in range(len(model.groups)):
        for kind, names in pairs.items():
            for lhs, rhs in names:
                row, column = place[rhs], place[lhs]
                if kind != "loading":
                    row, column = column, row
                if (group, *sorted((row, column))) not in known:
                    matrix: Matrix = "paths" if kind == "loading" else "covariances"
                    yield Parameter(group, kind, lhs, rhs, matrix, row, column, 0.0)


def _units(estimates: Estimates, chosen: Sequence[Parameter]) -> np.ndarray:
    parts = [completed(estimates.model, p) for p in structures(estimates.model, estimates.theta)]
    with np.errstate(invalid="ignore"):
        total = [np.sqrt(part.spread.diagonal()) for part in parts]
        unique = [np.sqrt(part.covariances.diagonal()) for part in parts]
    return np.array(
        [
            total[p.group][p.column] / total[p.group][p.row]
            if p.matrix == "paths"
            else 1 / (unique[p.group][p.row] * unique[p.group][p.column])
            for p in chosen
        ]
    )
