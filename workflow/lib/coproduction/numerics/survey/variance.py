"""Variance of estimators under the design of a sample.

Of an estimator that is told what each row adds to it, to first order (its weight times its
influence), the variance is that of a total (Binder 1983, *International Statistical Review* 51,
279–292; Särndal, Swensson and Wretman 1992, *Model Assisted Survey Sampling*, chapters 4 and 5).
Where weights were fitted to margins, what the margins explain of the influences does not vary from
sample to sample (Deville and Särndal 1992, *JASA* 87, 376–382).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.errors import Refusal
from coproduction.rows import Calibration, Design, LonelyUnit, Replicates, Rows
from coproduction.rows.design import Stage, stages_of

COUNTED = 1e-7
"""A stratum with a smaller share of units not drawn is a census."""
COLLINEAR = 1e-10


def design_of(rows: Rows) -> Design:
    """Give the design of rows; without one their clusters, or the rows, are what was drawn."""
    if rows.design is not None:
        return rows.design
    weight = np.ones(len(rows)) if rows.weight is None else rows.weight
    return Design(np.arange(len(rows)), weight, stages_of([rows.together.apart()]))


def degrees_of_freedom(rows: Rows) -> int:
    """Count what estimates of variances rest on.

    Rank of the replicate weights less one; or primary units less strata, of those in which rows
    with a weight are.
    """
    if rows.replicates is not None:
        return rows.replicates.degrees_of_freedom
    return design_of(rows).degrees_of_freedom


def linearised_covariance(contributions: np.ndarray, rows: Rows) -> np.ndarray:
    """Estimate the covariance (q × q) of q estimators by linearisation.

    Parameters
    ----------
    contributions
        n × q: what each row adds to each estimator, its weight times its influence.
    rows
        What the rows stand for, a domain of a sample or all of it.

    Raises
    ------
    Refusal
        If a stratum has one primary unit and the design says to fail, or if no stratum has two
        where the others are to stand for it.
    """
    design = design_of(rows)
    left = design.over_sample(np.asarray(contributions, float).reshape(len(rows), -1))
    for calibration in design.calibrations:
        left = beyond_margins(left, calibration)
    inside = np.zeros(len(left), bool)
    inside[... if design.calibrations else design.places] = True
    total = np.zeros((left.shape[1], left.shape[1]))
    share = np.ones(len(left))
    parent = np.zeros(len(left), int)
    for stage in design.stages:
        deviations = _deviations(left, stage, _Above(parent, share, inside), design.lonely)
        total += deviations.T @ deviations
        if stage.population is None:
            break
        share = share * _drawn(stage) / stage.population
        parent = stage.unit
    return total


def beyond_margins(contributions: np.ndarray, calibration: Calibration) -> np.ndarray:
    """Take out of contributions (N × q) what the margins explain of the influences."""
    fitted, base = calibration.fitted[:, None], calibration.weight[:, None]
    influence = np.divide(
        contributions, fitted, out=np.zeros_like(contributions), where=fitted != 0
    )
    margins = calibration.margins
    lengths = np.sqrt((base * margins**2).sum(axis=0))
    margins = margins[:, lengths > 0] / lengths[lengths > 0]
    inverse = np.linalg.pinv(margins.T @ (base * margins), rcond=COLLINEAR, hermitian=True)
    # The second round takes out what rounding of the first left in.
    for _ in range(2):
        influence = influence - margins @ (inverse @ (margins.T @ (base * influence)))
    return fitted * influence


def _drawn(stage: Stage) -> np.ndarray:
    """Units in the sample of the stratum of each row (N,)."""
    first = np.unique(stage.unit, return_index=True)[1]
    return np.bincount(stage.stratum[first])[stage.stratum]


@dataclass(frozen=True)
class _Above:
    """What a stage is told of those before it.

    Attributes
    ----------
    parent
        N: unit of the stage before that each row is in.
    share
        N: share of units that were drawn before, by which what the stage adds counts.
    inside
        N: whether a row is one of those that are looked at.
    """

    parent: np.ndarray
    share: np.ndarray
    inside: np.ndarray


def _deviations(
    values: np.ndarray, stage: Stage, above: _Above, lonely_unit: LonelyUnit
) -> np.ndarray:
    """Give scaled deviations of units from their stratum (units × q); their products are summed."""
    first = np.unique(stage.unit, return_index=True)[1]
    stratum = stage.stratum[first]
    count = np.bincount(stratum)
    sums = _summed(values, stage.unit, len(first))
    missed = np.ones(len(first))
    if stage.population is not None:
        missed = 1 - count[stratum] / stage.population[first]
    counted = missed < COUNTED
    lonely = (count[stratum] == 1) & ~counted
    if lonely.any() and lonely_unit == "fail":
        name = stage.names[stratum[np.argmax(lonely)]]
        raise Refusal("lonely_unit", name=name, n=int(lonely.sum()))
    scale = missed * above.share[first] * count[stratum] / np.maximum(count[stratum] - 1, 1)
    scale[counted] = 0
    means = _summed(sums, stratum, len(count)) / count[:, None]
    if lonely_unit == "adjust":
        means[count == 1] = 0
    if lonely_unit == "average":
        inside = np.bincount(stage.unit, weights=above.inside, minlength=len(first)) > 0
        scale *= _for_lonely(above.parent[first], stratum, lonely, inside)
    return (sums - means[stratum]) * np.sqrt(scale)[:, None]


def _for_lonely(
    parent: np.ndarray, stratum: np.ndarray, lonely: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """Give the factor by which the other strata of a unit's parent stand for its lonely ones.

    Strata that none of the rows that are looked at is in take no part.
    """
    looked_at = np.bincount(stratum, weights=inside) > 0
    each = np.unique(stratum, return_index=True)[1][looked_at]
    count = int(parent.max()) + 1
    all_strata = np.bincount(parent[each], minlength=count)
    usable = np.bincount(parent[each], weights=~lonely[each], minlength=count)
    if ((usable == 0) & (all_strata > 0)).any():
        raise Refusal("lonely_units_only")
    return (all_strata / np.maximum(usable, 1))[parent]


def _summed(values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    columns = [np.bincount(groups, weights=each, minlength=count) for each in values.T]
    return np.column_stack(columns) if columns else np.zeros((count, 0))


def replicated_covariance(
    estimates: np.ndarray, whole: np.ndarray, replicates: Replicates
) -> tuple[np.ndarray, int]:
    """Estimate the covariance (q × q) of q estimators from their values in the replicates.

    Parameters
    ----------
    estimates
        R × q: estimates in each replicate; a replicate without all of them is left out.
    whole
        q: estimates of the whole sample.
    replicates
        Scales of the replicates.

    Returns
    -------
    tuple
        The covariance, and the number of replicates that had no estimate.

    Raises
    ------
    Refusal
        If no replicate has one.
    """
    known = np.isfinite(estimates).all(axis=1)
    if not known.any():
        raise Refusal("no_replicate_estimated")
    estimates, rscales = estimates[known], replicates.rscales[known]
    centre = whole if replicates.around_estimate else estimates[rscales > 0].mean(axis=0)
    deviations = (estimates - centre) * np.sqrt(rscales)[:, None]
    return replicates.scale * deviations.T @ deviations, int((~known).sum())
