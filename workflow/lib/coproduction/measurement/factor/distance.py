"""The weighted distance between a model and polychoric correlations, and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduction.measurement.factor.descent import Optimum, minimise
from coproduction.measurement.factor.implied import complex_step, structures
from coproduction.measurement.factor.model import FactorModel
from coproduction.measurement.factor.ordinal_moments import derivative, implied, matrix_of
from coproduction.measurement.factor.start import generic_point, starting_values
from coproduction.measurement.ordinal.polychoric import Polychoric
from coproduction.numerics.clusters import correction


@dataclass(frozen=True)
class Distance:
    """The weighted distance between a model and each group's polychoric statistics.

    Attributes
    ----------
    model
        The model, in the delta or theta metric.
    statistics
        For each group, thresholds then correlations, m values.
    gammas
        For each group, m × m sampling covariance of √n times the statistics.
    n
        Cases in each group.
    cluster_influences
        What each cluster adds to the statistics of all groups, clusters × their number, scaled as
        in `clusters`, so that outer products add up to a sampling covariance; None where cases are
        independent.
    """

    model: FactorModel
    statistics: tuple[np.ndarray, ...]
    gammas: tuple[np.ndarray, ...]
    n: tuple[int, ...]
    cluster_influences: np.ndarray | None = None

    @property
    def weights(self) -> list[np.ndarray]:
        """Each group's weights, 1 / diag(Γ), times its share: n − 1 of all, as the test counts."""
        total = sum(self.n) - len(self.n)
        return [(n - 1) / total / np.diag(g) for n, g in zip(self.n, self.gammas, strict=True)]

    @property
    def inverse_variances(self) -> list[np.ndarray]:
        """Each group's weights in the test statistic: (n − 1) / diag(Γ)."""
        return [(n - 1) / np.diag(g) for n, g in zip(self.n, self.gammas, strict=True)]

    def residuals(self, theta: np.ndarray) -> list[np.ndarray]:
        """Statistics less what the model implies."""
        parts = structures(self.model, theta)
        pairs = zip(self.statistics, parts, strict=True)
        return [statistic - implied(self.model, part) for statistic, part in pairs]

    @property
    def n_moments(self) -> int:
        """Number of thresholds and correlations."""
        return sum(map(len, self.statistics))

    @property
    def split(self) -> int:
        """Number of thresholds of one group, which precede its correlations."""
        return sum(self.model.thresholds)

    @property
    def correlations(self) -> list[np.ndarray]:
        """Each group's polychoric correlations, p × p."""
        return [
            matrix_of(values[self.split :], len(self.model.items)) for values in self.statistics
        ]

    def start(self, given: np.ndarray | None = None) -> np.ndarray:
        """Guess the parameters, all or all but standardised loadings that are given."""
        thresholds = [values[: self.split] for values in self.statistics]
        zeros = [np.zeros(len(self.model.items))] * len(self.n)
        return starting_values(self.model, self.correlations, zeros, thresholds, given)

    def search(self) -> Optimum:
        """Find the minimum from the usual start."""
        return minimise(self.start(), self.value, self.slope)

    def generic_information(self) -> np.ndarray:
        """Gauss–Newton Hessian at a generic point."""
        return self.slope(generic_point(self.start()))[1]

    def value(self, theta: np.ndarray) -> float:
        """Half the weighted sum of squared residuals."""
        with np.errstate(invalid="ignore"):
            residuals = self.residuals(theta)
        total = sum(w @ e**2 for w, e in zip(self.weights, residuals, strict=True)) / 2
        return float(total) if np.isfinite(total) else np.inf

    def slope(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and Gauss–Newton approximation of the Hessian."""
        triples = list(
            zip(self.weights, self.residuals(theta), self.derivatives(theta), strict=True)
        )
        gradient = -sum(d.T @ (w * e) for w, e, d in triples)
        hessian = sum((_square_of(d, w, self.split) for w, _, d in triples), np.zeros(()))
        return gradient, hessian

    def curvature(self, theta: np.ndarray) -> np.ndarray:
        """Hessian; between two thresholds, in which residuals are linear, the Gauss–Newton one."""
        cuts = [parameter.kind == "threshold" for parameter in self.model.parameters]
        others = np.setdiff1d(np.arange(len(theta)), self.model.free[cuts])
        hessian = self.slope(theta)[1]
        columns = complex_step(self._gradient, theta, others)
        hessian[others], hessian[:, others] = columns.T, columns
        return (hessian + hessian.T) / 2

    def _gradient(self, theta: np.ndarray) -> np.ndarray:
        parts = zip(self.weights, self.residuals(theta), self.derivatives(theta), strict=True)
        return -sum(d.T @ (w * e) for w, e, d in parts)

    def derivatives(self, theta: np.ndarray) -> list[np.ndarray]:
        """Each group's m × q Jacobian of the implied statistics."""
        return [
            derivative(self.model, group, part)
            for group, part in enumerate(structures(self.model, theta))
        ]

    def information(self, jacobians: list[np.ndarray]) -> np.ndarray:
        """Gauss–Newton Hessian of half the test statistic, q × q."""
        pairs = zip(self.weighted(jacobians), jacobians, strict=True)
        return sum(weighted.T @ jacobian_ for weighted, jacobian_ in pairs)

    def slope_covariance(self, jacobians: list[np.ndarray]) -> np.ndarray:
        """Estimate the sampling covariance of the gradient of half the test statistic, q × q."""
        weighted = self.weighted(jacobians)
        if self.cluster_influences is not None:
            return self.covariance(weighted, weighted)
        triples = zip(weighted, self.gammas, self.n, strict=True)
        return sum(w.T @ (gamma @ w) / (n - 1) for w, gamma, n in triples)

    def covariance(self, left: list[np.ndarray], right: list[np.ndarray]) -> np.ndarray:
        """Estimate the sampling covariance of two sets of linear functions of the statistics.

        Each group's functions are the columns of a matrix.
        """
        if self.cluster_influences is not None:
            first, second = (self.cluster_influences @ np.vstack(each) for each in (left, right))
            return first.T @ second
        parts = zip(left, self.gammas, right, self.n, strict=True)
        return sum(a.T @ gamma @ b / n for a, gamma, b, n in parts)

    def variances(self, functions: np.ndarray) -> np.ndarray:
        """Estimate the sampling variance of linear functions of all statistics, one per column."""
        if self.cluster_influences is not None:
            return ((self.cluster_influences @ functions) ** 2).sum(0)
        ends = np.cumsum([len(values) for values in self.statistics])
        parts = zip(np.split(functions, ends[:-1]), self.gammas, self.n, strict=True)
        return sum((each * (gamma @ each)).sum(0) / (n - 1) for each, gamma, n in parts)

    def variance(self, weights: list[np.ndarray]) -> float:
        """Expect the quadratic form of the correlations' sampling error with given weights."""
        split, start, total = self.split, 0, 0.0
        for each, gamma, n in zip(weights, self.gammas, self.n, strict=True):
            if self.cluster_influences is None:
                total += (each * gamma[split:, split:]).sum() / n
            else:
                own = self.cluster_influences[:, start + split : start + len(gamma)]
                total += ((own @ each) * own).sum()
            start += len(gamma)
        return float(total)

    def cluster_slopes(self, jacobians: list[np.ndarray]) -> np.ndarray:
        """Split that gradient's sampling error by cluster, clusters × q."""
        return self.cluster_influences @ np.vstack(self.weighted(jacobians))

    def weighted(self, jacobians: list[np.ndarray]) -> list[np.ndarray]:
        """Multiply Jacobians by the weights in the test statistic."""
        pairs = zip(self.inverse_variances, jacobians, strict=True)
        return [weights[:, None] * jacobian_ for weights, jacobian_ in pairs]


def _square_of(derivatives: np.ndarray, weights: np.ndarray, split: int) -> np.ndarray:
    """DᵀWD; most parameters are thresholds, by which no correlation moves."""
    upper, lower = derivatives[:split], derivatives[split:]
    total = (upper.T * weights[:split]) @ upper
    moving = np.flatnonzero(lower.any(axis=0))
    dense = lower[:, moving]
    total[np.ix_(moving, moving)] += (dense.T * weights[split:]) @ dense
    return total


def distance(model: FactorModel, polychorics: tuple[Polychoric, ...]) -> Distance:
    """Pair a model with polychoric correlations, one set for each group."""
    first, second = np.triu_indices(len(model.items), 1)
    return Distance(
        model,
        tuple(
            np.concatenate([*each.thresholds, each.correlations[first, second]])
            for each in polychorics
        ),
        tuple(each.gamma for each in polychorics),
        tuple(each.n for each in polychorics),
        _side_by_side([each.cluster_influences for each in polychorics]),
    )


def _side_by_side(influences: list[np.ndarray | None]) -> np.ndarray | None:
    """Join the groups' influences; a cluster that a group lacks adds nothing to its statistics."""
    known = [each for each in influences if each is not None]
    if len(known) < len(influences):
        return None
    return np.hstack([each * correction(np.any(each, axis=1)) for each in known])
