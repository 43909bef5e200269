"""Polychoric correlations: what lies behind ordinal answers, with its sampling covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr, xlogy

from coproduction.codes import code_text
from coproduction.errors import Refusal, StudyError
from coproduction.measurement.ordinal.contingency import CodedItems, code_items, pair_tables
from coproduction.measurement.ordinal.normal import (
    bivariate_normal_cdf,
    bivariate_normal_pdf,
    normal_pdf,
)
from coproduction.measurement.ordinal.thresholds import (
    refuse_constant,
    threshold_influences,
    thresholds_of,
)
from coproduction.notes import Note
from coproduction.printing import printed
from coproduction.rows import Membership, Rows, check_known, rows_at

LIMIT = 0.9999  # largest correlation that is estimated rather than reported as a limit
FLOOR = 1e-15  # smallest probability of a cell that double precision can tell from zero
ROWS = 4096  # respondents whose influences are held in memory at a time
BATCH = 4000  # pairs estimated at a time


@printed
@dataclass(frozen=True)
class Polychoric:
    """Polychoric correlations of p ordinal items.

    Attributes
    ----------
    items
        Names of the items.
    correlations
        p × p, ones on the diagonal.
    thresholds
        For each item its finite thresholds, ascending, one fewer than its categories.
    categories
        For each item its observed codes, ascending.
    n
        Respondents with at least one answer.
    pairs_n
        p × p: respondents who answered both items; on the diagonal each item's answers.
    covariance
        Asymptotic covariance of √n times the estimates: all thresholds, item by item, then the
        correlations in the order (2,1), (3,1) … (p,1), (3,2) …; in lavaan `lavInspect(fit,
        "gamma")` of a model whose items are all ordered. None if not asked for. NaN for a
        correlation that reached its limit.
    cluster_influences
        What each cluster's respondents together add to the estimates, clusters × estimates in that
        order and clusters in theirs; None without clusters.
    warnings
        What is estimable but weak.
    """

    items: tuple[str, ...]
    correlations: np.ndarray
    thresholds: tuple[np.ndarray, ...]
    categories: tuple[np.ndarray, ...]
    n: int
    pairs_n: np.ndarray
    covariance: np.ndarray | None
    warnings: tuple[Note, ...] = ()
    cluster_influences: np.ndarray | None = None
    shown: ClassVar[tuple[str, ...]] = ()

    @property
    def gamma(self) -> np.ndarray:
        """The asymptotic covariance, for what cannot do without.

        Raises
        ------
        StudyError
            If it was not asked for.
        """
        if self.covariance is None:
            raise StudyError("These correlations have no covariance; estimate them with `gamma`.")
        return self.covariance

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors of the correlations, p × p; NaN without the covariance."""
        if self.covariance is None:
            return np.full_like(self.correlations, np.nan)
        pairs = len(self.items) * (len(self.items) - 1) // 2
        variances = np.diag(self.covariance)[-pairs:] / self.n
        return _square(np.sqrt(variances), len(self.items), 0.0)

    @property
    def headline(self) -> str:
        """What it is, in one line."""
        return f"Polychoric correlations of {len(self.items)} items, n = {self.n:,}"

    def to_frame(self) -> pd.DataFrame:
        """Correlations, items × items."""
        return pd.DataFrame(self.correlations, list(self.items), list(self.items))

    def variance(self, slopes: np.ndarray) -> float:
        """Compute the sampling variance of a function from its slopes by the estimates.

        With J clusters it is summed over clusters times J / (J − 1), NaN for fewer than two.
        """
        if self.cluster_influences is None:
            return float(slopes @ self.gamma @ slopes / self.n)
        count = len(self.cluster_influences)
        if count < 2:
            return float("nan")
        return float(count / (count - 1) * ((self.cluster_influences @ slopes) ** 2).sum())


def polychoric(
    items: pd.DataFrame,
    *,
    gamma: bool = True,
    correct: float = 0.0,
    rows: Rows | None = None,
) -> Polychoric:
    """Estimate the polychoric correlations of ordinal items and their sampling covariance.

    Parameters
    ----------
    items
        Respondents × items, numeric codes, NaN where missing. Categories are those observed.
    gamma
        Whether to compute the sampling covariance, whose cost grows with the respondents times
        the squared number of pairs; the correlations need only the tables of the pairs.
    correct
        Added to the empty cells of a pair's table while its correlation is estimated; 0 leaves the
        tables as counted. (lavaan adds 0.5 to the empty cell of a fourfold table unless told
        otherwise.)
    rows
        What the respondents stand for. Clusters leave the estimates as they are, but what each
        cluster adds to them is kept, from which a sampling covariance follows that holds under any
        dependence within clusters.

    Returns
    -------
    Polychoric
        See there.

    Raises
    ------
    Refusal
        Fewer than two items, an item everyone answered alike, a pair nobody answered together, a
        respondent whose cluster is unknown.

    Notes
    -----
    Two steps (Olsson 1979, *Psychometrika* 44, 443–460): thresholds from each item's margin over
    all who answered it, then each correlation by maximum likelihood over those who answered both.
    The covariance is the sandwich of casewise scores, which counts the uncertainty of the
    thresholds (Muthén 1984, *Psychometrika* 49, 115–132); a missing answer has score zero.
    """
    if items.shape[1] < 2:
        raise Refusal("polychorics_need_two")
    rows = rows_at(items.index, rows, "cluster")
    check_known(rows)
    coded = code_items(items)
    refuse_constant(coded)
    tables = pair_tables(coded)
    counts = _margins(tables, len(coded.items))
    _refuse_disjoint(coded, tables)
    thresholds = thresholds_of(counts)
    observed = tables[:, :-1, :-1]
    rho = _correlations(_corrected(observed, coded, correct), thresholds)
    n = _answering(coded, counts)
    covariance = together = None
    if gamma:
        influences = _influences(observed, counts, thresholds, rho)
        covariance = _crossproduct(coded, *influences) * n
        if rows.cluster is not None:
            together = _cluster_sums(coded, *influences, rows.cluster)
    return Polychoric(
        coded.items,
        _square(rho, len(coded.items), 1.0),
        tuple(row[1:size] for row, size in zip(thresholds, coded.sizes, strict=True)),
        coded.categories,
        n,
        _square(observed.sum(axis=(1, 2)), len(coded.items), counts.sum(axis=1)),
        covariance,
        _warnings(coded, counts, rho),
        together,
    )


def _margins(tables: np.ndarray, p: int) -> np.ndarray:
    """Items × categories, without the missing answers: the margins of the first item's pairs."""
    beside = tables[: p - 1]
    return np.vstack([beside[:1].sum(axis=2), beside.sum(axis=1)])[:, :-1]


def _refuse_disjoint(coded: CodedItems, tables: np.ndarray) -> None:
    observed = tables[:, :-1, :-1] > 0
    varying = np.minimum(observed.any(axis=2).sum(axis=1), observed.any(axis=1).sum(axis=1))
    if (varying < 2).any():
        number = int(np.argmax(varying < 2))
        first, second = _pair(coded, number)
        if varying[number]:
            raise Refusal("no_common_variance", one=first, other=second)
        raise Refusal("answered_apart", one=first, other=second, where="")


def _answering(coded: CodedItems, counts: np.ndarray) -> int:
    """Count the respondents with at least one answer."""
    everyone = coded.codes.shape[1]
    if counts.sum(axis=1).max() == everyone:
        return everyone
    return int((coded.codes != coded.base - 1).any(axis=0).sum())


def _pair(coded: CodedItems, number: int) -> tuple[str, str]:
    first, second = np.triu_indices(len(coded.items), 1)
    return coded.items[first[number]], coded.items[second[number]]


def _corrected(observed: np.ndarray, coded: CodedItems, correct: float) -> np.ndarray:
    if not correct:
        return observed
    first, second = np.triu_indices(len(coded.items), 1)
    exists = np.arange(coded.base - 1) < coded.sizes[:, None]
    real = exists[first][:, :, None] & exists[second][:, None, :]
    return np.where(real & (observed == 0), correct, observed)


def _cells(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs × rows × columns: probability of each cell and its derivative with respect to rho."""
    limits = h[:, 1:-1, None], k[:, None, 1:-1], rho[:, None, None]
    pdf = np.pad(bivariate_normal_pdf(*limits), ((0, 0), (1, 1), (1, 1)))
    derivative = np.diff(np.diff(pdf, axis=1), axis=2)
    return np.maximum(_probabilities(h, k, rho), FLOOR), derivative


def _probabilities(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    cdf = np.zeros((len(rho), h.shape[1], k.shape[1]))
    cdf[:, -1, :], cdf[:, :, -1] = ndtr(k), ndtr(h)
    limits = h[:, 1:-1, None], k[:, None, 1:-1], rho[:, None, None]
    cdf[:, 1:-1, 1:-1] = bivariate_normal_cdf(*limits)
    return np.diff(np.diff(cdf, axis=1), axis=2)


def _correlations(tables: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Maximum-likelihood correlation of each pair, given the thresholds."""
    first, second = np.triu_indices(len(thresholds), 1)
    rho = np.empty(len(tables))
    for start in range(0, len(tables), BATCH):
        part = slice(start, start + BATCH)
        margins = thresholds[first[part]], thresholds[second[part]]
        rho[part] = _limited(tables[part], *margins, _maximise(tables[part], *margins))
    return rho


def _limited(tables: np.ndarray, h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Replace by ±LIMIT the estimates of pairs that are as likely under perfect correlation.

    Their likelihood has no maximum inside, but becomes flat to the last digit before the limit, so
    that scoring stops anywhere on the way.
    """
    likelihood = xlogy(tables, _cells(h, k, rho)[0]).sum(axis=(1, 2))
    for limit in (-1.0, 1.0):
        perfect = np.maximum(_probabilities(h, k, np.full_like(rho, limit)), 0)
        at_limit = xlogy(tables, perfect).sum(axis=(1, 2))
        rho = np.where(at_limit >= likelihood - 1e-9, limit * LIMIT, rho)
    return rho


def _maximise(tables: np.ndarray, h: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Fisher scoring of all pairs at once, kept in a bracket that the sign of the score halves."""
    rho = np.zeros(len(tables))
    low, high = np.full(len(tables), -LIMIT), np.full(len(tables), LIMIT)
    n = tables.sum(axis=(1, 2))
    active = np.arange(len(tables))
    for _ in range(200):
        now = rho[active]
        probability, derivative = _cells(h[active], k[active], now)
        relative = derivative / probability
        score = (tables[active] * relative).sum(axis=(1, 2))
        information = n[active] * (derivative * relative).sum(axis=(1, 2))
        low[active] = np.where(score >= 0, now, low[active])
        high[active] = np.where(score <= 0, now, high[active])
        step = score / np.maximum(information, np.finfo(float).tiny)
        trial = now + step
        inside = (trial > low[active]) & (trial < high[active])
        rho[active] = np.where(inside, trial, (low[active] + high[active]) / 2)
        active = active[np.abs(rho[active] - now) > 1e-11]
        if not len(active):
            break
    return rho


def _at_limit(rho: np.ndarray) -> np.ndarray:
    return np.abs(rho) > LIMIT - 1e-9


def _influences(
    observed: np.ndarray, counts: np.ndarray, thresholds: np.ndarray, rho: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    single = threshold_influences(counts, thresholds)
    return single, _correlation_influences(observed, thresholds, rho, single)


def _correlation_influences(
    observed: np.ndarray, thresholds: np.ndarray, rho: np.ndarray, single: np.ndarray
) -> np.ndarray:
    """Pairs × base × base: what a pair of answers adds to the correlation."""
    first, second = np.triu_indices(len(thresholds), 1)
    h, k = thresholds[first], thresholds[second]
    probability, derivative = _cells(h, k, rho)
    score = derivative / probability
    weight = observed * score / probability
    by_first = _threshold_derivatives(weight, h, k, rho)
    by_second = _threshold_derivatives(weight.transpose(0, 2, 1), k, h, rho)
    information = (observed * score**2).sum(axis=(1, 2))
    influence = np.pad(score, ((0, 0), (0, 1), (0, 1)))
    influence -= np.einsum("mc,mkc->mk", by_first, single[first])[:, :, None]
    influence -= np.einsum("mc,mkc->mk", by_second, single[second])[:, None, :]
    information[_at_limit(rho)] = np.nan
    return influence / information[:, None, None]


def _threshold_derivatives(
    weight: np.ndarray, h: np.ndarray, k: np.ndarray, rho: np.ndarray
) -> np.ndarray:
    """Pairs × thresholds of the first item: its scores summed over the table with weights."""
    inner = h[:, 1:-1]
    rho = rho[:, None, None]
    conditional = ndtr((k[:, None, :] - rho * inner[:, :, None]) / np.sqrt(1 - rho**2))
    mass = normal_pdf(inner)[:, :, None] * np.diff(conditional, axis=2)
    return ((weight[:, :-1, :] - weight[:, 1:, :]) * mass).sum(axis=2)


def _crossproduct(coded: CodedItems, single: np.ndarray, double: np.ndarray) -> np.ndarray:
    """Sum over respondents of the outer products of their influences."""
    codes, weights = _patterns(coded)
    size = sum(coded.sizes) - len(coded.sizes) + len(double)
    total = np.zeros((size, size))
    for start, rows in _casewise(coded, codes, single, double):
        if weights is not None:
            rows *= np.sqrt(weights[start : start + ROWS])
        total += rows @ rows.T
    return total


def _cluster_sums(
    coded: CodedItems, single: np.ndarray, double: np.ndarray, cluster: Membership
) -> np.ndarray:
    """Sum the influences of each cluster's respondents, clusters × estimates."""
    order = np.argsort(cluster.codes, kind="stable")
    inside = cluster.codes[order]
    size = sum(coded.sizes) - len(coded.sizes) + len(double)
    total = np.zeros((size, len(cluster.names)))
    for start, rows in _casewise(coded, coded.codes[:, order], single, double):
        found, first = np.unique(inside[start : start + ROWS], return_index=True)
        total[:, found] += np.add.reduceat(rows, first, axis=1)
    return total.T


def _casewise(
    coded: CodedItems, codes: np.ndarray, single: np.ndarray, double: np.ndarray
) -> Iterator[tuple[int, np.ndarray]]:
    """Influences of so many respondents at a time, estimates × respondents."""
    p, base, _ = single.shape
    first, second = np.triu_indices(p, 1)
    tables = [single[i, :, c] for i, size in enumerate(coded.sizes) for c in range(size - 1)]
    owners = [i for i, size in enumerate(coded.sizes) for _ in range(size - 1)]
    flat = double.reshape(len(double), base * base)
    for start in range(0, codes.shape[1], ROWS):
        part = codes[:, start : start + ROWS].astype(np.intp)
        rows, scaled = np.empty((len(tables) + len(flat), part.shape[1])), part * base
        for row, table, item in zip(rows, tables, owners, strict=False):
            table.take(part[item], out=row, mode="clip")
        for row, table, i, j in zip(rows[len(tables) :], flat, first, second, strict=True):
            table.take(scaled[i] + part[j], out=row, mode="clip")
        yield start, rows


def _patterns(coded: CodedItems) -> tuple[np.ndarray, np.ndarray | None]:
    """Distinct rows of codes with their frequencies, where rows are likely to repeat."""
    p, n = coded.codes.shape
    if coded.base**p > min(n**2, 2**62):
        return coded.codes, None
    powers = coded.base ** np.arange(p)
    numbers, frequencies = np.unique(powers @ coded.codes.astype(np.int64), return_counts=True)
    return (numbers // powers[:, None] % coded.base).astype(np.uint8), frequencies


def _square(pairs: np.ndarray, p: int, diagonal: np.ndarray | float) -> np.ndarray:
    matrix = np.zeros((p, p), dtype=pairs.dtype)
    matrix[np.triu_indices(p, 1)] = pairs
    matrix += matrix.T
    matrix[np.diag_indices(p)] = diagonal
    return matrix


def _warnings(coded: CodedItems, counts: np.ndarray, rho: np.ndarray) -> tuple[Note, ...]:
    notes = [
        Note("one_answer_only", {"name": name, "answer": code_text(observed[place])})
        for name, observed, count in zip(coded.items, coded.categories, counts, strict=True)
        for place in np.flatnonzero(count == 1)
    ]
    for number in np.flatnonzero(_at_limit(rho)):
        first, second = _pair(coded, int(number))
        notes.append(Note("correlation_at_limit", {"one": first, "other": second}))
    return tuple(notes)
