"""Differential item functioning of a small group against lavaan; see tests/reference/invariance.

Estimates and standard errors agree to 1e-5. In group 3 item 3 alone is answered higher, by one unit
whatever the factor.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.invariance.mimic import COLUMNS, direct_effects
from coproduction.notes import sentences
from coproduction.rows import rows_of

FOLDER = Path(__file__).parents[2] / "reference" / "invariance"
REFERENCE = json.loads((FOLDER / "mimic.json").read_text("utf-8"))
NAMES = [f"y{number}" for number in range(1, 9)]
MODEL = {"factors": {"a": NAMES[:4], "b": NAMES[4:]}}


@pytest.fixture(scope="module")
def items() -> pd.DataFrame:
    items = pd.read_csv(FOLDER / "items.csv")
    return items[items["group"] != 2].reset_index(drop=True)


def with_gaps(items: pd.DataFrame) -> pd.DataFrame:
    """Leave out every seventh answer to three items, as the reference does."""
    items = items.copy()
    for number in (2, 5, 8):
        items.loc[number - 1 :: 7, f"y{number}"] = np.nan
    return items


@pytest.mark.parametrize("case", ["complete", "incomplete", "nested"])
def test_every_column_equals_lavaan(items, case):
    given = items if case == "complete" else with_gaps(items)
    member, rows, size = given["group"] == 3, None, 60
    if case == "nested":
        given = pd.read_csv(FOLDER / "nested.csv")
        member, rows = given["sex"] == 2, rows_of(given, "community")
        size = member.sum()
    found = direct_effects(given, MODEL, member, rows=rows)
    expected = REFERENCE[case]["items"]
    assert list(found.columns) == list(COLUMNS)
    assert found["item"].tolist() == expected["lhs"] == NAMES
    differing = found.loc[found["decision"] == "differs", "item"].tolist()
    assert differing == REFERENCE[case]["kept"] == ([] if case == "nested" else ["y3"])
    assert found["n_clusters"].isna().all() if rows is None else (found["n_clusters"] == 48).all()
    for ours, theirs in (
        ("estimate", "est"),
        ("std_error", "se"),
        ("statistic", "z"),
        ("p_value", "pvalue"),
        ("p_adjusted", "adjusted"),
        ("conf_low", "ci.lower"),
        ("conf_high", "ci.upper"),
        ("standardised", "standardised"),
    ):
        np.testing.assert_allclose(found[ours], expected[theirs], atol=1e-5, err_msg=ours)
    assert found["n"].eq(len(given)).all() and found["n_group"].eq(size).all()
    assert (found["warning"] == "").all()


def test_the_built_in_difference_lies_in_its_interval_and_no_other_is_found(items):
    row = direct_effects(items, MODEL, items["group"] == 3).set_index("item").loc["y3"]
    assert row["conf_low"] < 1.0 < row["conf_high"]


def test_a_shift_of_the_factor_is_no_difference_of_items(items):
    member = items["group"] == 3
    moved = items[NAMES].add(np.where(member, 0.5, 0.0), axis=0)
    moved["y3"] -= np.where(member, 1.0, 0.0)
    found = direct_effects(moved, MODEL, member)
    assert (found["decision"] == "no_difference").all()


def test_two_anchors_of_a_factor_stay(items):
    member = items["group"] == 3
    moved = items[NAMES].copy()
    for name, shift in (("y5", 2.0), ("y6", -2.0), ("y7", 4.0)):
        moved[name] += np.where(member, shift, 0.0)
    found = direct_effects(moved, MODEL, member).set_index("item")
    assert (found.loc[NAMES[4:], "decision"] == "differs").sum() == 2


def test_items_that_cannot_be_fitted_say_why(items):
    found = direct_effects(items.assign(y2=items["y1"]), MODEL, items["group"] == 3)
    assert (found["decision"] == "failed").all()
    assert found["warning"].map(sentences).str.contains("`y1` and `y2`").all()
    assert found[["estimate", "p_value", "p_adjusted", "conf_low"]].isna().all(axis=None)
