"""Items that members of different groups answer differently although their scales score alike.

Differential item functioning by ordinal logistic regression (Swaminathan and Rogers 1990, *Journal
of Educational Measurement* 27, 361–370; for ordered answers Zumbo 1999, *A Handbook on the Theory
and Methods of Differential Item Functioning*): uniform where a group answers higher at every score,
non-uniform where by how much depends on the score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

from coproduction.errors import Refusal
from coproduction.measurement.continuous import MOST_CATEGORIES
from coproduction.measurement.fit.robust import outer_products
from coproduction.notes import Note
from coproduction.numerics.confidence import CONFIDENCE
from coproduction.numerics.multiplicity import adjusted
from coproduction.numerics.ordinal_logit import (
    Maximum,
    derivatives,
    fit_proportional_odds,
)
from coproduction.rows import Membership, Rows, rows_across

COLUMNS = (
    *("construct", "item", "n", "n_groups", "n_clusters"),
    *("statistic", "df", "p_value", "p_adjusted"),
    *("uniform_statistic", "uniform_df", "uniform_p_value"),
    *("nonuniform_statistic", "nonuniform_df", "nonuniform_p_value"),
    *("r_squared_change", "difference", "level", "reference_level", "decision", "warning"),
)
ANCHORS = 2
FEWEST = 20


def logistic_functioning(
    items: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    groups: pd.Series,
    confidence: float = CONFIDENCE,
    rows: Rows | None = None,
    continuous: Collection[str] = (),
) -> pd.DataFrame:
    """Test every item for differences between groups at the same score of its scale.

    Parameters
    ----------
    items
        Respondents × items, reverse-keyed ordered answers, NaN where missing; an item with more
        than 20 different answers is not tested.
    factors
        Construct -> its items, three or more.
    groups
        Group of each respondent; rows without one are left out. The largest is the reference, and
        groups with fewer than 20 complete rows of a construct are left out of it.
    confidence
        An item is flagged where the adjusted p-value is below one minus this.
    rows
        What the respondents stand for; each for itself where it is not told.
    continuous
        Items whose answers are no ordered categories; they are not tested either.

    Returns
    -------
    pandas.DataFrame
        One row per item: tests of any difference (`statistic`, `df`, `p_value`, and `p_adjusted`
        after Holm over the items of all constructs), of a uniform difference and of a non-uniform
        one besides it; `r_squared_change`, by how much McFadden's R² grows with both;
        `difference`, by how much members of `level`, the group that differs most, would answer
        higher on average than the reference group at the same scores, in units of the answers;
        `decision` is `no_difference`, `uniform` or `nonuniform` (where its p-value is below the
        same limit), or `not_tested` with a warning.

    Notes
    -----
    Proportional-odds models of the answer by (0) nothing, (1) the matching score, (2) the group
    besides, (3) their product besides. The tests are likelihood-ratio tests; with clusters they are
    generalised score tests (Boos 1992, *The American Statistician* 46, 327–333), which hold under
    any dependence within clusters, J / (J − 1) included, and hold their level where a group lives
    in few of them, as Wald's do not.
    The matching score is the mean of the item itself and of the anchors of its construct: the item
    belongs to it, as a score without it finds differences wherever the groups differ in the factor
    (tests/benchmarks/invariance; Holland and Thayer 1988 in *Test Validity*; Zwick 1990, *Journal
    of Educational Statistics* 15, 185–197). At first all items are anchors; the item with the
    smallest adjusted p-value ceases to be one until no other is flagged or two are left.
    """
    parts = [
        _Part.of(name, items[list(below)], groups, rows, frozenset(continuous))
        for name, below in factors.items()
    ]
    differing: list[str] = []
    while True:
        table = pd.DataFrame(
            [part.row(item, differing) for part in parts for item in part.items]
        ).reindex(columns=list(COLUMNS))
        table["p_adjusted"] = adjusted(table["p_value"].to_numpy(float), "holm")
        worst = _worst(table, factors, differing, 1 - confidence)
        if worst is None:
            break
        differing.append(worst)
    flagged = table["p_adjusted"] < 1 - confidence
    kind = np.where(table["nonuniform_p_value"] < 1 - confidence, "nonuniform", "uniform")
    decision = np.where(flagged, kind, "no_difference")
    return table.assign(decision=np.where(table["warning"] == "", decision, "not_tested")).astype(
        dict.fromkeys(("n", "n_groups", "n_clusters"), "Int64")
    )


def _worst(
    table: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
    differing: Sequence[str],
    level: float,
) -> str | None:
    """Find the item that differs most clearly among those that need not stay anchors."""
    left = {
        item: len(set(below) - {*differing, item}) for below in factors.values() for item in below
    }
    open_ = ~table["item"].isin(differing) & (table["item"].map(left) >= ANCHORS)
    found = table[open_ & (table["p_adjusted"] < level)]
    return None if found.empty else str(found.loc[found["p_value"].idxmin(), "item"])


@dataclass(frozen=True)
class _Part:
    """Complete rows of one construct, sorted by group, the reference first.

    `reason` says why nothing can be tested, if so.
    """

    construct: str
    items: pd.DataFrame
    levels: tuple[Any, ...]
    group: np.ndarray
    rows: Rows
    reason: str
    continuous: frozenset[str]

    @classmethod
    def of(
        cls,
        construct: str,
        items: pd.DataFrame,
        groups: pd.Series,
        rows: Rows | None,
        continuous: frozenset[str],
    ) -> _Part:
        complete = items[groups.notna()].dropna()
        inside = groups[complete.index]
        sizes = inside.value_counts().sort_index()
        sizes = sizes[sizes >= FEWEST].sort_values(ascending=False, kind="stable")
        levels, reason = tuple(sizes.index), ""
        blocks = [complete[inside == level] for level in levels]
        group = np.repeat(np.arange(len(levels)), [len(block) for block in blocks])
        joined = pd.concat(blocks) if blocks else complete.iloc[:0]
        stand = Rows(joined.index)
        if items.shape[1] < ANCHORS + 1:
            reason = str(Note("too_few_to_match", {"name": construct}))
        elif len(levels) < 2:
            reason = str(Note("too_few_groups_of_scale", {"name": construct, "n": FEWEST}))
        else:
            try:
                stand = rows_across(rows, blocks, [str(level) for level in levels], "cluster")
            except Refusal as error:
                reason = str(error.note)
        return cls(construct, joined, levels, group, stand, reason, continuous)

    @property
    def numbers(self) -> list[str]:
        """Items whose answers are no ordered categories."""
        counts = self.items.nunique()
        return [n for n in self.items if n in self.continuous or counts[n] > MOST_CATEGORIES]

    def row(self, item: str, differing: Sequence[str]) -> dict[str, Any]:
        """Test one item, matching by itself and the items of its construct that do not differ."""
        row: dict[str, Any] = {"construct": self.construct, "item": item, "warning": ""}
        row["n"] = len(self.items)
        if self.reason:
            return row | {"warning": self.reason}
        score = self.items[[n for n in self.items if n == item or n not in differing]].mean(axis=1)
        values, codes = np.unique(self.items[item], return_inverse=True)
        row |= {"n_groups": len(self.levels), "reference_level": self.levels[0]}
        if self.rows.cluster is not None:
            row["n_clusters"] = self.rows.n_clusters
        if len(values) < 2:
            return row | {"warning": str(Note("same_answer", {"name": item}))}
        if item in self.numbers:
            return row | {"warning": str(Note("no_ordered_categories", {"names": self.numbers}))}
        match = ((score - score.mean()) / score.std()).to_numpy()[:, None]
        member = (self.group[:, None] == np.arange(1, len(self.levels))).astype(float)
        designs = (match, np.hstack([match, member]), np.hstack([match, member, match * member]))
        fits = [fit_proportional_odds(codes, design) for design in designs]
        if not all(fit.converged for fit in fits):
            return row | {"warning": str(Note("functioning_no_solution", {"name": item}))}
        difference = _difference(fits[-1], match[:, 0], values, self.levels)
        try:
            return row | self._tests(fits, designs, codes) | difference
        except np.linalg.LinAlgError:
            return row | {"warning": str(Note("functioning_singular", {"name": item}))}

    def _tests(
        self, fits: Sequence[Maximum], designs: Sequence[np.ndarray], codes: np.ndarray
    ) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, narrow, wide in (("", 0, 2), ("uniform_", 0, 1), ("nonuniform_", 1, 2)):
            statistic = 2 * (fits[wide].log_likelihood - fits[narrow].log_likelihood)
            k, design = designs[narrow].shape[1], designs[wide]
            if self.rows.cluster is not None:
                statistic = _score_test(fits[narrow].params, k, codes, design, self.rows.cluster)
            df = design.shape[1] - k
            p_value = float(stats.chi2.sf(statistic, df))
            found |= {f"{name}statistic": statistic, f"{name}df": df, f"{name}p_value": p_value}
        shares = np.bincount(codes) / len(codes)
        nothing = len(codes) * float((shares * np.log(shares)).sum())
        gain = fits[2].log_likelihood - fits[0].log_likelihood
        found["r_squared_change"] = -gain / nothing
        return found


def _score_test(
    narrow: np.ndarray, k: int, codes: np.ndarray, design: np.ndarray, cluster: Membership
) -> float:
    """Test that all but the first k coefficients are zero, as a model without them estimates it."""
    extra = design.shape[1] - k
    params = np.concatenate([narrow[:k], np.zeros(extra), narrow[k:]])
    _, gradient, hessian, scores = derivatives(params, codes, design)
    inner, tested = np.linalg.inv(-hessian), slice(k, k + extra)
    move = (inner @ gradient)[tested]
    spread = (inner @ outer_products(scores, cluster) @ inner)[tested, tested]
    return float(move @ np.linalg.solve(spread, move))


def _difference(
    fit: Maximum, match: np.ndarray, values: np.ndarray, levels: Sequence[Any]
) -> dict[str, Any]:
    """Find the group whose expected answers at everyone's score differ most from the reference."""
    extra = len(levels) - 1
    slope, shifts, turns = fit.params[0], fit.params[1 : 1 + extra], fit.params[1 + extra :][:extra]
    thresholds = fit.params[1 + 2 * extra :]
    answers = [
        float(_expected(slope * match + shift + turn * match, thresholds, values).mean())
        for shift, turn in zip((0.0, *shifts), (0.0, *turns), strict=True)
    ]
    apart = np.array(answers[1:]) - answers[0]
    most = int(np.abs(apart).argmax())
    return {"difference": apart[most], "level": levels[1 + most]}


def _expected(eta: np.ndarray, thresholds: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Expect the answer: the lowest value, and each further step times the chance to take it."""
    return values[0] + expit(eta[:, None] - thresholds) @ np.diff(values)
