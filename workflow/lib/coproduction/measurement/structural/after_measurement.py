"""Structure after measurement: first the factors' covariances, then the paths among them.

A measurement model whose factors covary freely gives their covariance matrix; paths are then
estimated from it by maximum likelihood (Rosseel and Loh 2024, *Psychological Methods* 29, 561–588;
with one measurement block the local and the global way are the same). Misfit of one part does not
spoil the other. The standard errors hold whatever the distribution of the answers and under
dependence within clusters: those of the first step are robust, and pass to the paths by the delta
method through the estimating equations of the second. lavaan's `sam` takes the information of the
joint likelihood for that of the second step, which weighs the covariances otherwise: errors are the
same where the paths leave nothing out, and else differ by a few thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import stats

from coproduction.errors import Refusal
from coproduction.measurement.factor.admissibility import check_converged, check_identified
from coproduction.measurement.factor.descent import minimise
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.incomplete_normal import expected_information, sample
from coproduction.measurement.factor.layout import factor_model
from coproduction.measurement.factor.maximum_likelihood import Likelihood, inverse, likelihood
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.search import best_optimum
from coproduction.measurement.factor.specification import Specification
from coproduction.measurement.factor.standardised import values
from coproduction.measurement.fit.robust import outer_products, score_covariance
from coproduction.measurement.structural.derived import derived_from
from coproduction.measurement.structural.effects import Derived
from coproduction.measurement.structural.modifications import structure_modifications
from coproduction.measurement.structural.products import (
    Leave,
    ProductMoments,
    beside,
    centred,
    product_moments,
)
from coproduction.rows import Rows, heeding

AGREEMENT = "AGREEMENT"
"""Name of the factor of agreement; no construct of a study has a name in capitals."""
OWN = "*"
"""What stands after the name of an observed variable where it stands for its own factor."""


@dataclass(frozen=True)
class Measured:
    """The measurement step.

    Attributes
    ----------
    names
        K: factors, then observed variables.
    covariances
        K × K: their covariance matrix without measurement error.
    sampling
        Covariance matrix of its estimates, lower triangle row by row.
    n, n_clusters
        Rows, and clusters, None where rows are independent.
    agreement
        Variance of the factor of agreement; None where there is none.
    at_zero
        Items whose error variance would have been negative, and is held at zero.
    theta
        Every estimate of the step, from which it can be taken again for answers nearby.
    """

    names: tuple[str, ...]
    covariances: np.ndarray
    sampling: np.ndarray
    n: int
    n_clusters: int | None
    agreement: float | None
    at_zero: tuple[str, ...]
    theta: np.ndarray


@dataclass(frozen=True)
class Structure:
    """Paths among measured variables.

    Attributes
    ----------
    model
        The model, its variables taken as observed.
    theta, covariance
        Parameters and their robust covariance matrix.
    chisq, df, scaling
        Test of the paths against any: n times the discrepancy, degrees of freedom, and the factor
        by which its expectation exceeds them.
    left_out
        Score tests of what the paths leave out, see `modifications`.
    aic, bic
        The scaled statistic less what its degrees of freedom are worth.
    """

    model: FactorModel
    theta: np.ndarray
    covariance: np.ndarray
    chisq: float
    df: int
    scaling: float
    aic: float
    bic: float
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def p_value(self) -> float:
        """The p value of the scaled test; NaN where the model leaves nothing to be tested."""
        return float(stats.chi2.sf(self.chisq / self.scaling, self.df)) if self.df else np.nan

    @property
    def derived(self) -> Derived:
        """What effects are computed from."""
        return derived_from(self.model, 0, self.theta, self.covariance)

    @property
    def explained(self) -> dict[str, float]:
        """Share of the variance of each explained variable that its regression explains."""
        part = structures(self.model, self.theta)[0]
        shares = 1 - part.covariances.diagonal() / part.spread.diagonal()
        return {
            name: float(share)
            for name, share in zip(self.model.variables, shares, strict=True)
            if name in self.model.specification.regressions
        }


def measure(
    answers: np.ndarray,
    columns: Sequence[str],
    factors: Mapping[str, Sequence[str]],
    *,
    agreement: bool = False,
    rows: Rows | None = None,
    df: int | None = None,
    start: np.ndarray | None = None,
    robust: bool = True,
    products: Sequence[str] = (),
    leave: Leave = centred,
) -> Measured:
    """Take the measurement step.

    Parameters
    ----------
    answers
        n × p: complete answers, or what covariates leave of them.
    columns
        Names of the columns: items, and observed variables that measure themselves.
    factors
        Factor -> its items. Every column that is no item is an observed variable.
    agreement
        Whether a factor of agreement loads 1 on every item; observed variables covary with it.
    rows
        What the rows stand for; each for itself where it is not told.
    df
        Degrees of freedom of the covariance matrix, if not n.
    start
        Where the search starts: `theta` of answers nearby.
    robust
        Whether standard errors hold without normality and under dependence within clusters; those
        of products always do.
    products
        Products of two factors or observed variables, such as `mi:ec`; they stand last.
    leave
        What covariates and clusters leave of columns, as they have left the answers.

    Raises
    ------
    Refusal
        If the answers do not determine the model.
    """
    width = float(np.sqrt(len(answers) / (df or len(answers))))
    scaled = answers * width
    found, at_zero = _estimated(scaled, columns, factors, agreement, rows, start)
    objective, theta = found
    bread = inverse(objective.expected_information(theta))
    spread = bread @ score_covariance(objective, theta) @ bread if robust else bread
    model = objective.model
    names = [name for name in model.specification.factors]
    first, second = np.tril_indices(len(names))
    place = {
        frozenset((parameter.lhs, parameter.rhs)): number
        for number, parameter in enumerate(model.parameters)
        if parameter.kind in ("variance", "covariance")
    }
    cells = [place[frozenset((names[i], names[j]))] for i, j in zip(first, second, strict=True)]
    matrix = np.zeros((len(names), len(names)))
    matrix[first, second] = matrix[second, first] = values(model, theta)[cells]
    if np.linalg.eigvalsh(matrix).min() <= 0:
        raise Refusal("paths_not_apart", names=[name.removesuffix(OWN) for name in names])
    free = model.free[cells]
    known = tuple(name.removesuffix(OWN) for name in names)
    sampling = spread[np.ix_(free, free)]
    if products:
        crossed = product_moments(objective, theta, known, products, leave, width)
        matrix = _bordered(matrix, crossed, products)
        moved = objective.scores(theta)[0] @ bread
        added = np.hstack([moved[:, free], crossed.cases + moved @ crossed.slopes.T])
        sampling = outer_products(added, objective.samples[0].rows.cluster)
    return Measured(
        (*known, *products),
        matrix,
        sampling,
        len(answers),
        None if rows is None else rows.n_clusters,
        float(structures(model, theta)[0].covariances[-1, -1]) if agreement else None,
        at_zero,
        theta,
    )


def _bordered(inner: np.ndarray, found: ProductMoments, products: Sequence[str]) -> np.ndarray:
    """Put the covariances of products below and beside those of their parts.

    Raises
    ------
    Refusal
        If nothing is left of products once what errors add to them is taken off.
    """
    size, whole = len(inner), found.covariances
    matrix = np.block([[inner, whole[:, :size].T], [whole]])
    if np.linalg.eigvalsh(matrix).min() <= 0:
        raise Refusal("products_of_errors", names=list(products))
    return matrix


def _estimated(
    answers: np.ndarray,
    columns: Sequence[str],
    factors: Mapping[str, Sequence[str]],
    agreement: bool,
    rows: Rows | None,
    start: np.ndarray | None,
) -> tuple[tuple[Likelihood, np.ndarray], tuple[str, ...]]:
    """Estimate with error variances that come out negative held at zero."""
    items = [item for own in factors.values() for item in own]
    alone = [name for name in columns if name not in items]
    places = [list(columns).index(name) for name in (*items, *alone)]
    own = None if rows is None else heeding(rows, "cluster")
    given = sample(answers[:, places], own)
    at_zero: tuple[str, ...] = ()
    while True:
        specification = Specification(
            {name: tuple(own) for name, own in factors.items()}
            | {f"{name}{OWN}": (name,) for name in alone},
            method={AGREEMENT: tuple(items)} if agreement else {},
            covariances=tuple((AGREEMENT, f"{name}{OWN}") for name in alone) if agreement else (),
            fixed={f"{item} ~~ {item}": 0.0 for item in at_zero},
        )
        objective = likelihood(factor_model(specification), (given,))
        theta = _searched(objective, start)
        part = structures(objective.model, theta)[0]
        errors = part.covariances.diagonal()[: len(items)]
        negative = tuple(item for item, error in zip(items, errors, strict=True) if error < 0)
        if not negative:
            return (objective, theta), at_zero
        at_zero += negative


def _searched(objective: Likelihood, start: np.ndarray | None) -> np.ndarray:
    if start is not None and len(start) == objective.model.n_free:
        near = minimise(start, objective.value, objective.slope)
        if near.converged and np.isfinite(near.theta).all():
            return near.theta
    check_identified(objective.model, objective.generic_information(), objective.n_moments)
    optimum = best_optimum(objective)
    check_converged(objective.model, optimum)
    return optimum.theta


def structure_after(
    measured: Measured,
    regressions: Mapping[str, Sequence[str]],
    covariances: Sequence[tuple[str, str]] = (),
) -> Structure:
    """Estimate paths among measured variables.

    Parameters
    ----------
    measured
        The measurement step.
    regressions
        What is explained -> what explains it.
    covariances
        Pairs that covary besides; as in `structural`, outcomes that explain nothing covary. A
        product does with what is left of its parts, which is nothing that paths are about.

    Raises
    ------
    Refusal
        If the paths are not identified or found no optimum.
    """
    specification = Specification(
        {},
        regressions={name: tuple(each) for name, each in regressions.items()},
        covariances=(*covariances, *beside(regressions)),
    )
    model = factor_model(specification)
    places = [measured.names.index(name) for name in model.items]
    given = measured.covariances[np.ix_(places, places)]
    units = np.sqrt(given.diagonal())
    objective = likelihood(model, (sample(_rows_of(given / np.outer(units, units))),))
    check_identified(model, objective.generic_information(), objective.n_moments)
    optimum = best_optimum(objective)
    check_converged(model, optimum)
    first, second = np.tril_indices(len(units))
    scale = units[first] * units[second]
    sampling = _chosen(measured.sampling, len(measured.names), places) / np.outer(scale, scale)
    found = _structure(objective, optimum.theta, sampling, measured.n)
    back = _units_of(model, units)
    covariance = found.covariance * np.outer(back, back)
    alike = given / np.outer(units, units)
    left_out = structure_modifications(objective, optimum.theta, alike, sampling, measured.n)
    theta = found.theta * back
    return replace(found, theta=theta, covariance=covariance, left_out=left_out)


def _units_of(model: FactorModel, units: np.ndarray) -> np.ndarray:
    """Give the units of parameters that were found among variables of variance one."""
    back = np.ones(model.n_free)
    for parameter, place in zip(model.parameters, model.free, strict=True):
        outcome, cause = units[parameter.row], units[parameter.column]
        back[place] = outcome / cause if parameter.matrix == "paths" else outcome * cause
    return back


def _structure(objective: Likelihood, theta: np.ndarray, sampling: np.ndarray, n: int) -> Structure:
    """Carry the sampling covariance of the moments over to the paths and their test."""
    model, p = objective.model, len(objective.model.items)
    (_, implied), (_, jacobian) = objective.moments(theta)[0], objective.jacobians(theta)[0]
    first, second = np.tril_indices(p)
    twice = np.where(first == second, 0.5, 1.0)
    precision = np.linalg.inv(implied)
    cross = (precision @ jacobian @ precision)[:, first, second] * twice
    moved = inverse(objective.observed_information(theta) / objective.n) @ cross
    shape = np.zeros((len(first), p, p))
    shape[range(len(first)), first, second] = shape[range(len(first)), second, first] = 1
    weights = expected_information(1, implied, np.zeros((len(first), p)), shape)
    own = jacobian[:, first, second]
    steep = own @ weights
    left = weights - steep.T @ inverse(steep @ own.T) @ steep
    df = len(first) - model.n_free
    # Where nothing is left to be tested the discrepancy is rounding alone.
    chisq = 2 * n * max(objective.value(theta) - objective.saturated_value(), 0.0) if df else 0.0
    scaling = n * float(np.trace(left @ sampling)) / df if df else 1.0
    return Structure(
        model,
        theta,
        moved @ sampling @ moved.T,
        chisq,
        df,
        scaling,
        chisq / scaling - 2 * df,
        chisq / scaling - np.log(n) * df,
    )


def _chosen(sampling: np.ndarray, size: int, places: list[int]) -> np.ndarray:
    """Take the part of a sampling covariance that is of some variables, in their order."""
    number = np.zeros((size, size), int)
    rows, columns = np.tril_indices(size)
    number[rows, columns] = number[columns, rows] = np.arange(len(rows))
    first, second = np.tril_indices(len(places))
    chosen = number[np.array(places)[first], np.array(places)[second]]
    return sampling[np.ix_(chosen, chosen)]


def _rows_of(covariance: np.ndarray) -> np.ndarray:
    """Make 2 p rows with mean zero that have this covariance matrix: the engine takes rows."""
    sizes, vectors = np.linalg.eigh(covariance)
    half = np.sqrt(np.maximum(sizes, 0) * len(sizes))[:, None] * vectors.T
    return np.vstack([half, -half])
