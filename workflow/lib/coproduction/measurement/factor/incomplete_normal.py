"""The multivariate normal likelihood of answers some of which are missing.

Cases with the same items answered form a pattern, and patterns with the same number of answers are
computed together; complete data are one pattern. Derivatives are taken by the moments (μ, Σ) first
and carried over to a model's parameters by its Jacobian. Sources: Arbuckle (1996) in *Advanced
Structural Equation Modeling*; Savalei (2010), *British Journal of Mathematical and Statistical
Psychology* 63, 267–284, for the observed information.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from coproduction.rows import Rows

CHUNK = 5_000


@dataclass(frozen=True)
class Stack:
    """Patterns in which the same number k of items is answered.

    Attributes
    ----------
    columns
        Answered items of each pattern, patterns × k.
    counts
        Cases of each pattern.
    means, covariances
        Sample moments of the answered items, divided by the number of cases; patterns × k and
        patterns × k × k.
    rows
        Cases of each pattern, positions in the data.
    """

    columns: np.ndarray
    counts: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    rows: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Sample:
    """Answers of one group.

    Attributes
    ----------
    data
        Cases × p, NaN where missing.
    stacks
        Its patterns of missing answers; cases without any answer are in none.
    rows
        What the cases stand for; clusters are numbered alike in every group.
    """

    data: np.ndarray
    stacks: tuple[Stack, ...]
    rows: Rows

    @property
    def n(self) -> int:
        """Number of cases with an answer."""
        return sum(int(stack.counts.sum()) for stack in self.stacks)

    @property
    def p(self) -> int:
        """Number of items."""
        return self.data.shape[1]

    @property
    def complete(self) -> bool:
        """Whether no answer is missing."""
        return len(self.stacks) == 1 and self.stacks[0].columns.shape == (1, self.p)


def sample(data: np.ndarray, rows: Rows | None = None) -> Sample:
    """Sort the cases of one group by what they answered; each stands for itself if none is told."""
    rows = Rows(pd.RangeIndex(len(data))) if rows is None else rows
    answered = ~np.isnan(data)
    if answered.all():
        return Sample(data, (_stack(data, answered[:1], [np.arange(len(data))]),), rows)
    kinds, member, counts = np.unique(answered, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(member.ravel(), kind="stable")
    cases = np.split(order, counts.cumsum()[:-1])
    sizes = kinds.sum(1)
    stacks = []
    for size in np.unique(sizes[sizes > 0]):
        chosen = np.flatnonzero(sizes == size)
        stacks.append(_stack(data, kinds[chosen], [cases[i] for i in chosen]))
    return Sample(data, tuple(stacks), rows)


def _stack(data: np.ndarray, kinds: np.ndarray, rows: list[np.ndarray]) -> Stack:
    columns = np.array([np.flatnonzero(kind) for kind in kinds])
    moments = [_moments(data, items, cases) for items, cases in zip(columns, rows, strict=True)]
    counts = np.array([len(cases) for cases in rows], float)
    means, covariances = (np.array(moment) for moment in zip(*moments, strict=True))
    return Stack(columns, counts, means, covariances, tuple(rows))


def _moments(
    data: np.ndarray, items: np.ndarray, cases: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    values = data if len(cases) == len(data) else data[np.ix_(cases, items)]
    mean = values.mean(0)
    total = np.zeros((len(mean), len(mean)))
    for start in range(0, len(values), 100_000):
        centred = values[start : start + 100_000] - mean
        total += centred.T @ centred
    return mean, total / len(values)


def log_likelihood(sample: Sample, mean: np.ndarray, covariance: np.ndarray) -> float:
    """Log-likelihood of the sample; −inf where the covariance matrix is not positive definite."""
    total = 0.0
    for stack in sample.stacks:
        within = _within(stack.columns, covariance)
        try:  # A positive determinant is not enough: two eigenvalues may be negative.
            roots = np.linalg.cholesky(within)
        except np.linalg.LinAlgError:
            return -np.inf
        logdet = 2 * np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(1)
        second = stack.covariances + _square(stack.means - mean[stack.columns])
        distance = (np.linalg.inv(within) * second).sum((1, 2))
        constant = stack.columns.shape[1] * np.log(2 * np.pi)
        total -= stack.counts @ (constant + logdet + distance) / 2
    return float(total)


def moment_gradient(
    sample: Sample, mean: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Differentiate the log-likelihood by the mean (p) and the covariance matrix (p × p).

    The second is the symmetric matrix G with dℓ = Σᵢⱼ Gᵢⱼ dΣᵢⱼ over all i and j.
    """
    p = sample.p
    by_mean, cellwise = np.zeros(p), np.zeros(p * p)
    for stack in sample.stacks:
        inverse, pulled, second = _turned(stack, slice(None), mean, covariance)
        weight = stack.counts[:, None]
        cells = p * stack.columns[:, :, None] + stack.columns[:, None, :]
        steep = weight[:, :, None] * (second - inverse) / 2
        by_mean += np.bincount(stack.columns.ravel(), (weight * pulled).ravel(), p)
        cellwise += np.bincount(cells.ravel(), steep.ravel(), p * p)
    by_covariance = cellwise.reshape(p, p)
    # Steps of the EM algorithm would double what rounding leaves of asymmetry.
    return by_mean, (by_covariance + by_covariance.T) / 2


def _turned(
    stack: Stack, part: slice, mean: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P = Σ⁻¹, P d and P (S + d dᵀ) P of some patterns, d being the sample mean less μ."""
    columns, spread = stack.columns[part], stack.covariances[part]
    inverse = np.linalg.inv(_within(columns, covariance))
    pulled = (inverse @ (stack.means[part] - mean[columns])[:, :, None])[:, :, 0]
    second = _square(pulled)
    several = stack.counts[part] > 1
    if several.any():
        second[several] += inverse[several] @ spread[several] @ inverse[several]
    return inverse, pulled, second


def expected_information(
    n: float, covariance: np.ndarray, mean_jacobian: np.ndarray, jacobian: np.ndarray
) -> np.ndarray:
    """Fisher information of the parameters from n complete cases.

    Parameters
    ----------
    n
        Number of cases.
    covariance
        Implied covariance matrix.
    mean_jacobian, jacobian
        Derivatives of the implied moments, q × p and q × p × p.
    """
    half = np.linalg.cholesky(np.linalg.inv(covariance))
    q, p = mean_jacobian.shape
    turned = (half.T @ jacobian @ half).reshape(q, p * p)
    shifted = mean_jacobian @ half
    return n * (shifted @ shifted.T + turned @ turned.T / 2)


def moment_information(
    sample: Sample,
    mean: np.ndarray,
    covariance: np.ndarray,
    mean_jacobian: np.ndarray,
    jacobian: np.ndarray,
    expected: bool = False,
) -> np.ndarray:
    """Observed information carried over to parameters by a Jacobian, without its curvature.

    With P = Σ⁻¹ and Q = P (S + d dᵀ) P − P/2 of a pattern, where d is the sample mean less the
    implied one, −d²ℓ = Σ n [dμᵀ P dμ + 2 dμᵀ P dΣ P d + tr(dΣ P dΣ Q)]. With `expected` it is the
    expected information given who answered what: d = 0 and Q = P/2, and curvature adds nothing.
    """
    p = sample.p
    half = p * (p + 1) // 2
    linear, mixed, square = np.zeros(half), np.zeros((half, p)), np.zeros((half, half))
    for stack in sample.stacks:
        for start in range(0, len(stack.counts), CHUNK):
            part = slice(start, start + CHUNK)
            inner, pulled, outer = _embedded(stack, part, mean, covariance, p)
            if expected:
                pulled, outer = np.zeros_like(pulled), inner / 2
            weighted = stack.counts[part, None] * inner
            linear += weighted.sum(0)
            mixed += weighted.T @ pulled
            square += weighted.T @ outer
    whole = _places(p)
    linear, mixed = linear[whole], mixed[whole]
    square = square[whole[:, :, None, None], whole].transpose(3, 0, 1, 2).reshape(p * p, p * p)
    # Most parameters move few covariances.
    flat = csr_array(jacobian.reshape(len(jacobian), p * p))
    curved = flat @ (flat @ square).T
    by_mean = np.einsum("ai,ijk->ajk", mean_jacobian, mixed)
    crossed = (flat @ by_mean.reshape(len(jacobian), p * p).T).T
    return (curved + curved.T) / 2 + crossed + crossed.T + mean_jacobian @ linear @ mean_jacobian.T


def _places(p: int) -> np.ndarray:
    """Place of each cell of a symmetric matrix among those of its lower triangle, p × p."""
    rows, columns = np.tril_indices(p)
    places = np.empty((p, p), int)
    places[rows, columns] = places[columns, rows] = np.arange(len(rows))
    return places


def _embedded(
    stack: Stack, part: slice, mean: np.ndarray, covariance: np.ndarray, p: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P, P d and P (S + d dᵀ) P − P/2 among all items; of matrices the lower triangle."""
    columns = stack.columns[part]
    inverse, apart, second = _turned(stack, part, mean, covariance)
    rows, others = np.tril_indices(columns.shape[1])
    place = np.arange(len(columns))[:, None]
    inner, outer = np.zeros((2, len(columns), p * (p + 1) // 2))
    pulled = np.zeros((len(columns), p))
    at = (place, _places(p)[columns[:, rows], columns[:, others]])
    inner[at] = inverse[:, rows, others]
    outer[at] = (second - inverse / 2)[:, rows, others]
    pulled[place, columns] = apart
    return inner, pulled, outer


def scores(
    sample: Sample,
    mean: np.ndarray,
    covariance: np.ndarray,
    mean_jacobian: np.ndarray,
    jacobian: np.ndarray,
) -> np.ndarray:
    """Differentiate each case's log-likelihood by the parameters, cases × q.

    With z = Σ⁻¹(y − μ), a case contributes dμᵀz + (zᵀ dΣ z − tr(Σ⁻¹ dΣ)) / 2. A case without any
    answer contributes 0.
    """
    first, second = np.tril_indices(sample.p)
    flat = jacobian[:, first, second] * np.where(first == second, 0.5, 1.0)
    result = np.zeros((len(sample.data), len(jacobian)))
    for stack in sample.stacks:
        inverses = np.linalg.inv(_within(stack.columns, covariance))
        cases = np.concatenate(stack.rows)
        patterns = np.repeat(np.arange(len(stack.columns)), [len(rows) for rows in stack.rows])
        for start in range(0, len(cases), CHUNK):
            part, kinds = cases[start : start + CHUNK], patterns[start : start + CHUNK]
            inside = slice(kinds[0], kinds[-1] + 1)
            pulled = _pulled(sample, part, kinds, stack, inverses, mean)
            known = _spread_out(stack.columns[inside], inverses[inside], sample.p)
            outer = pulled[:, first] * pulled[:, second]
            outer -= known[:, first, second][kinds - kinds[0]]
            result[part] = pulled @ mean_jacobian.T + outer @ flat.T
    return result


def _pulled(
    sample: Sample,
    cases: np.ndarray,
    kinds: np.ndarray,
    stack: Stack,
    inverses: np.ndarray,
    mean: np.ndarray,
) -> np.ndarray:
    """Σ⁻¹(y − μ) of some cases, zero where they did not answer."""
    if len(stack.columns) == 1:
        columns = stack.columns[0]
        pulled = np.zeros((len(cases), sample.p))
        pulled[:, columns] = (sample.data[np.ix_(cases, columns)] - mean[columns]) @ inverses[0]
        return pulled
    columns = stack.columns[kinds]
    apart = sample.data[cases[:, None], columns] - mean[columns]
    pulled = np.zeros((len(cases), sample.p))
    within = (inverses[kinds] @ apart[:, :, None])[:, :, 0]
    np.put_along_axis(pulled, columns, within, 1)
    return pulled


def _spread_out(columns: np.ndarray, matrices: np.ndarray, p: int) -> np.ndarray:
    """Place matrices of answered items among all items, zero elsewhere."""
    whole = np.zeros((len(columns), p, p))
    place = np.arange(len(columns))[:, None, None]
    whole[place, columns[:, :, None], columns[:, None, :]] = matrices
    return whole


def saturated_jacobian(p: int, means: bool) -> tuple[np.ndarray, np.ndarray]:
    """Jacobian of the model whose parameters are the moments: means, then the lower triangle."""
    rows, columns = np.tril_indices(p)
    count = len(rows)
    jacobian = np.zeros((count, p, p))
    jacobian[np.arange(count), rows, columns] = jacobian[np.arange(count), columns, rows] = 1
    if not means:
        return np.zeros((count, p)), jacobian
    mean_jacobian = np.vstack([np.eye(p), np.zeros((count, p))])
    return mean_jacobian, np.concatenate([np.zeros((p, p, p)), jacobian])


def saturated(sample: Sample, limit: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    """Maximum-likelihood mean and covariance matrix, by the EM algorithm where answers are missing.

    One EM step is μ + δ with δ = Σ g/n, and Σ + 2 Σ G Σ/n − δδᵀ, with g and G the gradient by the
    moments (Dempster, Laird and Rubin 1977, *JRSS B* 39, 1–38).
    """
    if sample.complete:
        return sample.stacks[0].means[0], sample.stacks[0].covariances[0]
    mean, covariance = np.nanmean(sample.data, 0), np.diag(np.nanvar(sample.data, 0))
    for _ in range(limit):
        by_mean, by_covariance = moment_gradient(sample, mean, covariance)
        change = covariance @ by_mean / sample.n
        step = 2 * covariance @ by_covariance @ covariance / sample.n - np.outer(change, change)
        mean, covariance = mean + change, covariance + step
        scale = np.sqrt(np.diag(covariance))
        if max(abs(change / scale).max(), abs(step / np.outer(scale, scale)).max()) < 1e-10:
            break
    return mean, covariance


def _within(columns: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    return covariance[columns[:, :, None], columns[:, None, :]]


def _square(apart: np.ndarray) -> np.ndarray:
    return apart[:, :, None] * apart[:, None, :]
