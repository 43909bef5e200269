"""Means, totals, ratios and shares of a population, estimated from a sample.

Estimators and their linearisations are those of Särndal, Swensson and Wretman (1992), *Model
Assisted Survey Sampling*, chapters 2, 5 and 7. A domain of the sample is `rows[chosen]`: its rows
keep the design of all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coproduction.errors import Refusal, StudyError
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.student import quantile
from coproduction.numerics.survey.variance import (
    degrees_of_freedom,
    linearised_covariance,
    replicated_covariance,
)
from coproduction.rows import Rows, heeding

HEEDED = ("cluster", "weight", "design", "replicates")
Scale = Literal["identity", "logit"]


@dataclass(frozen=True)
class Estimates:
    """Estimates of q numbers of a population.

    Attributes
    ----------
    values
        The q estimates.
    covariance
        q × q sampling covariance of the estimates.
    df
        What the covariance rests on: see `degrees_of_freedom`.
    notes
        What is to be known about them.
    """

    values: np.ndarray
    covariance: np.ndarray
    df: int
    notes: tuple[Note, ...] = ()

    @property
    def std_errors(self) -> np.ndarray:
        """Standard errors (q,)."""
        return np.sqrt(np.diag(self.covariance))

    def intervals(
        self, confidence: float = CONFIDENCE, scale: Scale = "identity"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give both ends of confidence intervals by Student's t, (q,) each.

        Parameters
        ----------
        confidence
            Confidence level.
        scale
            `logit` for shares, whose interval is made on that scale and stays between 0 and 1; of
            a share of 0 or 1 it is unknown.
        """
        times = quantile((1 + confidence) / 2, self.df if self.df > 0 else np.nan)
        if scale == "identity":
            return self.values - times * self.std_errors, self.values + times * self.std_errors
        with np.errstate(divide="ignore", invalid="ignore"):
            middle = np.log(self.values) - np.log1p(-self.values)
            half = times * self.std_errors / (self.values * (1 - self.values))
            low, high = (1 / (1 + np.exp(-end)) for end in (middle - half, middle + half))
        certain = (self.values <= 0) | (self.values >= 1)
        return np.where(certain, np.nan, low), np.where(certain, np.nan, high)


def weight_of(rows: Rows) -> np.ndarray:
    """Give the weight of each row (n,), 1 where they have none.

    Raises
    ------
    Refusal
        If the weights sum to nothing.
    """
    weight = np.ones(len(rows)) if rows.weight is None else rows.weight
    if not weight.sum() > 0:
        raise Refusal("no_row_has_weight")
    return weight


def estimated(
    of: Callable[[np.ndarray], np.ndarray],
    contributions: Callable[[np.ndarray, np.ndarray], np.ndarray],
    rows: Rows,
) -> Estimates:
    """Estimate q numbers and their covariance, by replicates where they are given.

    Parameters
    ----------
    of
        Gives the q estimates from weights (n,).
    contributions
        Gives what each row adds to them (n × q), from weights and estimates.
    rows
        What the rows stand for.

    Raises
    ------
    Refusal
        As `linearised_covariance` and `replicated_covariance`, or if no row has a weight.
    """
    weight = weight_of(heeding(rows, *HEEDED))
    values = np.atleast_1d(of(weight))
    if rows.replicates is None:
        covariance = linearised_covariance(contributions(weight, values), rows)
        return Estimates(values, covariance, degrees_of_freedom(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        repeated = np.vstack([np.atleast_1d(of(each)) for each in rows.replicates.weights.T])
    covariance, lost = replicated_covariance(repeated, values, rows.replicates)
    told = {"n": lost, "k": len(repeated)}
    notes = (Note("replicates_left_out", told),) if lost else ()
    return Estimates(values, covariance, degrees_of_freedom(rows), notes)


def columns_of(values: np.ndarray, rows: Rows) -> np.ndarray:
    """Give values as n × q.

    Raises
    ------
    StudyError
        If they are not as many as the rows, or one is missing.
    """
    columns = np.asarray(values, float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if len(columns) != len(rows):
        raise StudyError(f"{len(columns)} values are not those of {len(rows)} rows.")
    if not np.isfinite(columns).all():
        raise StudyError("A value is missing or infinite; choose the rows that have one.")
    return columns


def means(values: np.ndarray, rows: Rows) -> Estimates:
    """Estimate means of the population.

    Parameters
    ----------
    values
        n, or n × q: no value is missing.
    rows
        What the rows stand for.

    Returns
    -------
    Estimates
        The q means.

    Raises
    ------
    Refusal
        As `estimated`.
    StudyError
        As `columns_of`.
    """
    columns = columns_of(values, rows)
    return estimated(
        lambda weight: weight @ columns / weight.sum(),
        lambda weight, found: weight[:, None] * (columns - found) / weight.sum(),
        rows,
    )


def totals(values: np.ndarray, rows: Rows) -> Estimates:
    """Estimate totals of the population; arguments, result and errors are those of `means`."""
    columns = columns_of(values, rows)
    return estimated(
        lambda weight: weight @ columns, lambda weight, found: weight[:, None] * columns, rows
    )


def ratios(numerator: np.ndarray, denominator: np.ndarray, rows: Rows) -> Estimates:
    """Estimate ratios of totals of the population.

    Parameters
    ----------
    numerator, denominator
        n, or n × q: no value is missing.
    rows
        What the rows stand for.

    Raises
    ------
    Refusal
        As `estimated`, or where a total that is divided by is zero.
    StudyError
        As `columns_of`.
    """
    above, below = columns_of(numerator, rows), columns_of(denominator, rows)
    if not (weight_of(rows) @ below).all():
        raise Refusal("ratio_to_nothing")
    return estimated(
        lambda weight: (weight @ above) / (weight @ below),
        lambda weight, found: weight[:, None] * (above - found * below) / (weight @ below),
        rows,
    )


def shares(codes: np.ndarray, categories: int, rows: Rows) -> Estimates:
    """Estimate the share of each category; their intervals are best made on the logit scale.

    Parameters
    ----------
    codes
        n: number of each row's category, from 0.
    categories
        How many there are.
    rows
        What the rows stand for.
    """
    return means(np.asarray(codes)[:, None] == np.arange(categories), rows)


def domain_means(values: np.ndarray, domains: np.ndarray, count: int, rows: Rows) -> Estimates:
    """Estimate the mean in each of several domains, with the covariances between them.

    Parameters
    ----------
    values
        n: no value is missing.
    domains
        n: number of each row's domain, from 0.
    count
        How many domains there are.
    rows
        What the rows stand for.

    Raises
    ------
    Refusal
        As `ratios`: a domain without a weighted row has no mean.
    """
    inside = (np.asarray(domains)[:, None] == np.arange(count)).astype(float)
    return ratios(np.asarray(values, float)[:, None] * inside, inside, rows)


def variances(values: np.ndarray, rows: Rows) -> np.ndarray:
    """Estimate the variances of values (n × q) in the population (q,)."""
    columns, weight = columns_of(values, rows), weight_of(rows)
    n, total = np.count_nonzero(weight), weight.sum()
    if n < 2:
        return np.full(columns.shape[1], np.nan)
    deviations = columns - weight @ columns / total
    return weight @ deviations**2 / total * n / (n - 1)


def design_effects(values: np.ndarray, rows: Rows, found: Estimates) -> np.ndarray:
    """Compare variances of means with those of as many rows drawn at random with replacement (q,).

    Parameters
    ----------
    values
        n × q: of what the means are.
    rows
        What the rows stand for.
    found
        The means, by `means`.
    """
    simple = variances(values, rows) / np.count_nonzero(weight_of(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.diag(found.covariance) / simple


def kish_effect(weight: np.ndarray) -> float:
    """Give the design effect of unequal weights, n Σw² / (Σw)² (Kish 1965, *Survey Sampling*)."""
    weight = weight[weight > 0]
    return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)
