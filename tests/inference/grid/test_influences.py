"""What moves the estimate: differences between cells that are alike in all else."""

from __future__ import annotations

import pandas as pd
import pytest
from declared import LEFT_OUT, WORDS, declared

from coproduction.inference.grid.influences import influences
from coproduction.plan.options import DIMENSIONS, PRIMARY

SUBSETS = [{"id": name, "subset": "x > 0", **WORDS} for name in ("young", "old")]
COVARIATES = [{"id": "none", "without": ["z"], **WORDS}]


def table() -> pd.DataFrame:
    """Estimates 1 + 0.5 of the young + 0.25 without z + their product; the old not estimable."""
    rows = []
    for subset, one in (("primary", 0), ("young", 1), ("old", None)):
        for covariates, other in (("primary", 0), ("none", 1)):
            value = None if one is None else 1 + 0.5 * one + 0.25 * other + 0.125 * one * other
            rows.append({"subset": subset, "covariates": covariates, "estimate": value})
    rows += [{"cluster": "a", "estimate": 0.75}, {"cluster": "b", "estimate": 1.5}]
    usual = dict.fromkeys(DIMENSIONS, PRIMARY) | {"hypothesis": "H1", "cluster": ""}
    return pd.DataFrame([{**usual, **row} for row in rows])


def found() -> pd.DataFrame:
    plan = declared(
        dimensions={"subset": SUBSETS, "covariates": COVARIATES},
        excluded=[],
        left_out_clusters={"reason": LEFT_OUT["reason"]},
    )
    return influences(table(), plan.grids[0]).set_index(["dimension", "alternative"])


@pytest.mark.parametrize(
    ("key", "pairs", "mean", "median", "ends"),
    [
        (("subset", "young"), 2, 0.5625, 0.5625, (0.5, 0.625)),
        (("covariates", "none"), 2, 0.3125, 0.3125, (0.25, 0.375)),
        (("left_out_clusters", "each"), 2, 0.125, 0.125, (-0.25, 0.5)),
    ],
)
def test_changes_are_taken_over_pairs_that_differ_in_one_choice(key, pairs, mean, median, ends):
    row = found().loc[key]
    assert row["n_pairs"] == pairs
    assert row["mean_change"] == pytest.approx(mean) and row["median_change"] == pytest.approx(
        median
    )
    assert (row["smallest_change"], row["largest_change"]) == pytest.approx(ends)


def test_an_alternative_without_an_estimable_pair_says_so():
    row = found().loc[("subset", "old")]
    assert row["n_pairs"] == 0 and row[["mean_change", "largest_change"]].isna().all()
