"""Two-level logit and proportional odds, by maximum marginal likelihood.

A random intercept is integrated out by adaptive Gauss–Hermite quadrature with the declared number
of points, a random intercept and slope by Laplace's approximation. With Λ the logistic function, an
ordinal outcome between the thresholds b < a has the probability Λ(a − η) − Λ(b − η), which equals
Λ(a − η) (1 − Λ(b − η)) (1 − exp(b − a)): its row is a pair of rows of a logit, and a factor that
does not depend on η. So one likelihood serves both families.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coproduction.inference.data.design import Design
from coproduction.inference.model.ascent import Ascent, climb, observed_information, orthonormal
from coproduction.inference.model.laplace import Slopes
from coproduction.inference.model.quadrature import Intercepts
from coproduction.numerics.families.family import Estimated

SMALLEST_START = 0.2
LARGEST_START = 2.0


@dataclass
class LogitLikelihood:
    """Marginal log-likelihood of k coefficients, t thresholds and s entries of the scale L.

    Attributes
    ----------
    matrix
        m × (k + t): the rows of the logit, sorted by cluster.
    origin
        m: the analysed row that each of them comes from.
    members
        m: its cluster, 0 … J − 1.
    kernel
        Integrates out the random effects.
    gaps
        Number of rows between the thresholds c and c + 1, by the column of threshold c.
    """

    matrix: np.ndarray
    origin: np.ndarray
    members: np.ndarray
    kernel: Intercepts | Slopes
    gaps: Mapping[int, int]

    def __call__(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Log-likelihood and gradient; −∞ where thresholds are out of order."""
        value, fixed = self._between(params)
        if not np.isfinite(value):
            return -np.inf, np.zeros_like(params)
        q = self.matrix.shape[1]
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.kernel(self.matrix @ params[:q], params[q:])
        fixed += self.matrix.T @ found.rows
        return value + found.value, np.append(fixed, found.scale.sum(axis=0))

    def scores(self, params: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Contribution of each analysed row (n × p), those of a cluster adding up to its gradient.

        What belongs to a cluster as a whole is shared equally among its rows.
        """
        n, q = len(codes), self.matrix.shape[1]
        found = self.kernel(self.matrix @ params[:q], params[q:])
        result = np.zeros((n, len(params)))
        np.add.at(result[:, :q], self.origin, self.matrix * found.rows[:, None])
        share = found.scale / np.bincount(self.members)[:, None]
        np.add.at(result[:, q:], self.origin, share[self.members])
        for column in self.gaps:
            inside = codes == column - min(self.gaps) + 1
            odds = _odds(params[column], params[column + 1])
            result[inside, column] -= odds
            result[inside, column + 1] += odds
        return result

    def _between(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """Sum of ln(1 − exp(−(τ_c − τ_{c−1}))) and its gradient by the fixed parameters."""
        value, gradient = 0.0, np.zeros(self.matrix.shape[1])
        for column, count in self.gaps.items():
            low, high = params[column], params[column + 1]
            if high <= low:
                return -np.inf, gradient
            value += count * np.log(-np.expm1(low - high))
            odds = count * _odds(low, high)
            gradient[column] -= odds
            gradient[column + 1] += odds
        return value, gradient


def _odds(low: float, high: float) -> float:
    return 1 / np.expm1(high - low)


def likelihood(design: Design) -> LogitLikelihood:
    """Set up the likelihood of a design with random effects."""
    members = design.rows.together.codes
    order = np.argsort(members, kind="stable")
    if design.family.ordered:
        matrix, outcome, origin, gaps = _pairs(design, order)
    else:
        matrix, outcome, origin, gaps = design.matrix.to_numpy(), design.outcome, order, {}
        matrix, outcome = matrix[order], outcome[order]
    members = members[origin]
    kernel = _kernel(design, outcome, origin, np.bincount(members))
    return LogitLikelihood(matrix, origin, members, kernel, gaps)


def _kernel(
    design: Design, outcome: np.ndarray, origin: np.ndarray, sizes: np.ndarray
) -> Intercepts | Slopes:
    random = design.random_effects
    if random.slope is None:
        return Intercepts(outcome, sizes, random.quadrature_points)
    return Slopes(outcome, design.matrix[random.slope].to_numpy()[origin], sizes)


def _pairs(
    design: Design, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[int, int]]:
    """Rows of the logit for an ordinal outcome: y = 1 at the upper threshold, 0 at the lower."""
    codes = np.unique(design.outcome, return_inverse=True)[1][order]
    x = design.matrix.drop(columns="intercept").to_numpy()[order]
    k, t = x.shape[1], int(codes.max())
    parts = []
    for below, threshold in ((1.0, codes), (0.0, codes - 1)):
        kept = np.flatnonzero((threshold >= 0) & (threshold < t))
        steps = np.zeros((len(kept), t))
        steps[np.arange(len(kept)), threshold[kept]] = 1
        parts.append((kept, np.hstack([-x[kept], steps]), np.full(len(kept), below)))
    place = np.concatenate([part[0] for part in parts])
    sorting = np.argsort(place, kind="stable")
    matrix, outcome = (np.concatenate([part[i] for part in parts])[sorting] for i in (1, 2))
    gaps = {k + c - 1: int((codes == c).sum()) for c in range(1, t)}
    return matrix, outcome, order[place[sorting]], gaps


def maximise_logit(design: Design, one_level: Estimated) -> tuple[LogitLikelihood, Ascent]:
    """Fit a two-level logit or proportional-odds model.

    Parameters
    ----------
    design
        With random effects, and a binomial or ordinal outcome.
    one_level
        The model without them, where the climb starts.

    Returns
    -------
    LogitLikelihood, Ascent
        Parameters: those of the one-level model, then L₁₁, or L₁₁, L₂₁, L₂₂.
    """
    objective = likelihood(design)
    fixed = one_level.params.to_numpy()
    scale = _starting_scale(objective, fixed)
    start = np.append(fixed, scale)
    basis = _basis(objective)
    last = slice(len(fixed), None)
    information = np.zeros((len(start),) * 2)
    information[: len(fixed), : len(fixed)] = _fixed_information(objective, fixed, scale[0])
    values, vectors = np.linalg.eigh(observed_information(objective, start, np.diag(basis), last))
    information[last, last] = (vectors * np.maximum(np.abs(values), 1.0)) @ vectors.T
    return objective, climb(objective, start, information, basis)


def _basis(objective: LogitLikelihood) -> np.ndarray:
    """Orthonormal combinations of the columns, and the scale's entries over the slope's spread."""
    fixed = orthonormal(objective.matrix)
    spread = [1.0]
    if isinstance(objective.kernel, Slopes):
        spread += [1 / np.sqrt((objective.kernel.slope**2).mean())] * 2
    basis = np.zeros((len(fixed) + len(spread),) * 2)
    basis[: len(fixed), : len(fixed)] = fixed
    basis[len(fixed) :, len(fixed) :] = np.diag(spread)
    return basis


def _starting_scale(objective: LogitLikelihood, fixed: np.ndarray) -> np.ndarray:
    """Moment estimate: Σ(S² − I) / ΣI² over clusters with scores S and information I."""
    mean = 1 / (1 + np.exp(-objective.matrix @ fixed))
    score = np.bincount(objective.members, objective.kernel.outcome - mean)
    known = np.bincount(objective.members, mean * (1 - mean))
    variance = (score**2 - known).sum() / (known**2).sum()
    sigma = np.clip(np.sqrt(max(variance, 0.0)), SMALLEST_START, LARGEST_START)
    if isinstance(objective.kernel, Intercepts):
        return np.array([sigma])
    spread = np.sqrt((objective.kernel.slope**2).mean())
    return np.array([sigma, 0.0, SMALLEST_START / spread])


def _fixed_information(objective: LogitLikelihood, fixed: np.ndarray, sigma: float) -> np.ndarray:
    """Information of the fixed part in the linearised model: Σ X'WX − σ²X'w w'X / (1 + σ² Σw)."""
    x, members = objective.matrix, objective.members
    mean = 1 / (1 + np.exp(-x @ fixed))
    weight = mean * (1 - mean)
    weighted = x * weight[:, None]
    starts = np.flatnonzero(np.diff(members, prepend=-1))
    sums = np.add.reduceat(weighted, starts, axis=0)
    shrunk = sigma**2 / (1 + sigma**2 * np.bincount(members, weight))
    return x.T @ weighted - sums.T @ (sums * shrunk[:, None])
