"""What covariates and clusters leave of the items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from coproduction.numerics.averages import mean, times
from coproduction.rows import Rows


@dataclass(frozen=True)
class Residuals:
    """Least squares of p items on covariates and, where there are clusters, one mean for each.

    Attributes
    ----------
    values
        n × p: residuals.
    fitted
        n × p: what is fitted, centred.
    df
        Rows less parameters.
    weights
        n: weights of the squares, on average one; None where all rows count alike.
    """

    values: np.ndarray
    fitted: np.ndarray
    df: int
    weights: np.ndarray | None = None

    def of(self, items: np.ndarray) -> Residuals:
        """Give those of some items (p booleans)."""
        return replace(self, values=self.values[:, items], fitted=self.fitted[:, items])

    @property
    def covariance(self) -> np.ndarray:
        """Covariance matrix of the residuals (p × p)."""
        return self.products / self.df

    @cached_property
    def products(self) -> np.ndarray:
        """Products of the residuals, added up over the rows (p × p)."""
        return self.values.T @ times(self.values, self.weights)

    def without(self, out: np.ndarray, clusters: int) -> np.ndarray:
        """Covariance matrix without some rows (n booleans), which are those of so many clusters."""
        lost, share = self.values[out], 1.0
        gone = lost
        if self.weights is not None:
            gone, share = times(lost, self.weights[out]), float(self.weights[~out].mean())
        return (self.products - lost.T @ gone) / ((self.df - len(lost) + clusters) * share)


def residuals(answers: np.ndarray, covariates: np.ndarray, rows: Rows) -> Residuals:
    """Take covariates and clusters out of the items.

    Parameters
    ----------
    answers
        n × p: raw items.
    covariates
        n × k; those that are the same within every cluster count for nothing beside its mean.
    rows
        What the rows stand for.
    """
    weights = None if rows.weight is None else rows.weight / rows.weight.mean()
    means = 1 if rows.cluster is None else len(rows.cluster.names)
    within = _deviations(np.column_stack([answers, covariates]), rows)
    y, x = within[:, : answers.shape[1]], within[:, answers.shape[1] :]
    spread = x.std(axis=0)
    kept = spread > 1e-9 * np.maximum(covariates.std(axis=0), 1e-300)
    root = None if weights is None else np.sqrt(weights)
    scaled = times(x[:, kept] / spread[kept], root)
    slopes, _, rank, _ = np.linalg.lstsq(scaled, times(y, root), rcond=None)
    values = y - x[:, kept] / spread[kept] @ slopes
    fitted = answers - values
    df = len(answers) - means - int(rank)
    return Residuals(values, fitted - mean(fitted, weights), df, weights)


def _deviations(values: np.ndarray, rows: Rows) -> np.ndarray:
    """Deviations from the mean of the cluster, or of all."""
    weights, cluster = rows.weight, rows.cluster
    if cluster is None:
        return values - mean(values, weights)
    sizes = cluster.sizes if weights is None else cluster.sums(weights)
    means = cluster.sums(times(values, weights)) / sizes[:, None]
    return values - means[cluster.codes]
