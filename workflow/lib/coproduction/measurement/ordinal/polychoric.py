"""Polychoric correlations: what lies behind ordinal answers, with its sampling covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from coproduction.codes import code_text
from coproduction.errors import Refusal, StudyError
from coproduction.measurement.ordinal.contingency import CodedItems, code_items, pair_tables
from coproduction.measurement.ordinal.influences import cluster_sums, crossproduct, influences
from coproduction.measurement.ordinal.pair_likelihood import at_limit, correlations
from coproduction.measurement.ordinal.thresholds import (
    refuse_constant,
    thresholds_of,
)
from coproduction.notes import Note
from coproduction.printing import printed
from coproduction.rows import Rows, check_known, rows_at


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
    rho = correlations(_corrected(observed, coded, correct), thresholds)
    n = _answering(coded, counts)
    covariance = together = None
    if gamma:
        added = influences(observed, counts, thresholds, rho)
        covariance = crossproduct(coded, *added) * n
        if rows.cluster is not None:
            together = cluster_sums(coded, *added, rows.cluster)
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
    for number in np.flatnonzero(at_limit(rho)):
        first, second = _pair(coded, int(number))
        notes.append(Note("correlation_at_limit", {"one": first, "other": second}))
    return tuple(notes)
