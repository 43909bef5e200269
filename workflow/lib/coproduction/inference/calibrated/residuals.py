"""What covariates and clusters leave of the items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    """

    values: np.ndarray
    fitted: np.ndarray
    df: int

    def of(self, items: np.ndarray) -> Residuals:
        """Give those of some items (p booleans)."""
        return Residuals(self.values[:, items], self.fitted[:, items], self.df)


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
    means = 1 if rows.cluster is None else len(rows.cluster.names)
    within = _deviations(np.column_stack([answers, covariates]), rows)
    y, x = within[:, : answers.shape[1]], within[:, answers.shape[1] :]
    spread = x.std(axis=0)
    kept = spread > 1e-9 * np.maximum(covariates.std(axis=0), 1e-300)
    slopes, _, rank, _ = np.linalg.lstsq(x[:, kept] / spread[kept], y, rcond=None)
    values = y - x[:, kept] / spread[kept] @ slopes
    fitted = answers - values
    return Residuals(values, fitted - fitted.mean(axis=0), len(answers) - means - int(rank))


def _deviations(values: np.ndarray, rows: Rows) -> np.ndarray:
    """Deviations from the mean of the cluster, or of all."""
    if rows.cluster is None:
        return values - values.mean(axis=0)
    means = rows.cluster.sums(values) / rows.cluster.sizes[:, None]
    return values - means[rows.cluster.codes]
