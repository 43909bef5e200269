"""Regressions and covariances that a structural model leaves out: score tests of each.

Candidates are what the order of the model allows: regressions of an explained variable that close
no circle, and covariances of the disturbances of two explained variables.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from coproduction.codes import factors_of
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.incomplete_normal import expected_information
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse
from coproduction.measurement.factor.model import FactorModel, Parameter
from coproduction.measurement.fit.modification import modification_indices
from coproduction.measurement.structural.fitting import StructuralFit
from coproduction.numerics.graph import cycle

COLUMNS = ("kind", "term", "modification_index", "standardised_change", "change_std_error")
KINDS = {"regression": "regression", "covariance": "disturbances"}
"""What the tables call a kind of parameter that a structural model leaves out."""
UNIDENTIFIED = 1e-6
"""Share of its information that a parameter must have to itself."""


def candidates(model: FactorModel) -> list[Parameter]:
    """List what a structural model leaves out, as parameters of the value 0."""
    explained = model.specification.regressions
    arrows = [(cause, outcome) for outcome, causes in explained.items() for cause in causes]
    among = dict.fromkeys(name for arrow in arrows for name in arrow)
    place = {name: position for position, name in enumerate(model.variables)}
    known = {frozenset(pair) for pair in model.disturbance_pairs}
    made = [(part, name) for name in among for part in factors_of(name) if part != name]
    found = [
        Parameter(0, "regression", outcome, cause, "paths", place[outcome], place[cause], 0.0)
        for outcome in explained
        for cause in among
        if cause != outcome and cause not in explained[outcome]
        if not cycle([*arrows, *made, (cause, outcome)])
    ]
    return found + [
        Parameter(0, "covariance", one, other, "covariances", place[one], place[other], 0.0)
        for one, other in combinations(explained, 2)
        if frozenset((one, other)) not in known
    ]


def named(kind: str, lhs: str, rhs: str) -> str:
    """Write a candidate as the table of effects writes paths."""
    return f"{rhs} > {lhs}" if kind == "regression" else f"{lhs} ~~ {rhs}"


def path_modifications(fit: StructuralFit, *, robust: bool) -> pd.DataFrame:
    """Test each regression and covariance that a structural model leaves out.

    Parameters
    ----------
    fit
        A structural model of one group, measurement and structure estimated at once.
    robust
        As of `modification_indices`, whose tests these are.

    Returns
    -------
    pandas.DataFrame
        `kind, term, modification_index, standardised_change, change_std_error`, a row per candidate
        that the answers identify.
    """
    inner = fit.model
    left = candidates(inner.model)
    if not left:
        return pd.DataFrame(columns=list(COLUMNS))
    found = modification_indices(inner.objective, inner.estimates, robust, left)
    rows = zip(found["kind"], found["lhs"], found["rhs"], strict=True)
    terms = [named(*row) for row in rows]
    return found.assign(term=terms, kind=found["kind"].map(KINDS))[list(COLUMNS)]


def structure_modifications(
    objective: Likelihood, theta: np.ndarray, given: np.ndarray, sampling: np.ndarray, n: int
) -> pd.DataFrame:
    """Test each regression and covariance that the structure after measurement leaves out.

    With s the slope of the second step's likelihood at the estimates, I its expected information
    and v = I_cc − I_cf I_ff⁻¹ I_fc of a candidate c beside the estimated parameters f, the index is
    s²/v and the expected change s/v (Sörbom 1989, *Psychometrika* 54, 371–384). It takes the
    covariance matrix of the first step as that of a sample; the standard error of the change does
    not, but comes from the sampling covariance of that step (Boos 1992, *The American Statistician*
    46, 327–333).

    Parameters
    ----------
    objective, theta
        The second step at its estimates.
    given, sampling
        p × p covariance matrix of the measured variables, and the covariance matrix of its
        estimates, lower triangle row by row.
    n
        Rows.

    Returns
    -------
    pandas.DataFrame
        As of `path_modifications`.
    """
    model, left = objective.model, candidates(objective.model)
    if not left:
        return pd.DataFrame(columns=list(COLUMNS))
    wide = replace(
        model, parameters=(*model.parameters, *(replace(each, value=None) for each in left))
    )
    wider, q = replace(objective, model=wide), model.n_free
    at = np.concatenate([theta, np.zeros(len(left))])
    (_, implied), (_, jacobian) = wider.moments(at)[0], wider.jacobians(at)[0]
    first, second = np.tril_indices(len(given))
    shape = np.zeros((len(first), *given.shape))
    shape[range(len(first)), first, second] = shape[range(len(first)), second, first] = 1
    weights = expected_information(1, implied, np.zeros((len(first), len(given))), shape)
    own = jacobian[:, first, second]
    pull = own[:q] @ weights @ own.T
    pull = inverse(pull[:, :q]) @ pull[:, q:]
    apart = (own[q:] - pull.T @ own[:q]) @ weights
    alone = np.einsum("ij,jk,ik->i", own[q:], weights, own[q:])
    held = np.einsum("ij,ij->i", apart, own[q:])
    slope = apart @ (given - implied)[first, second]
    error = np.sqrt(np.einsum("ij,jk,ik->i", apart, sampling, apart))
    spread = np.sqrt(implied.diagonal())
    disturbance = np.sqrt(structures(wide, at)[0].covariances.diagonal())
    rows = []
    for place, each in enumerate(left):
        if held[place] < UNIDENTIFIED * alone[place]:
            continue
        unit = 1 / (disturbance[each.row] * disturbance[each.column])
        if each.kind == "regression":
            unit = spread[each.column] / spread[each.row]
        change = slope[place] / held[place]
        term = named(each.kind, each.lhs, each.rhs)
        index = n * slope[place] * change
        rows.append(
            (KINDS[each.kind], term, index, change * unit, error[place] / held[place] * unit)
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
