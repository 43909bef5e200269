"""Checks on shared method variance; see tests/reference/validity.

The marker technique is closed form (1e-10); the single factor is iterative and agrees with psych's
minimum residuals to 1e-6.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.measurement.validity.common_method import (
    common_method,
    method_correlation,
    partial_out_marker,
    single_factor_share,
)
from coproduction.notes import sentences

FILE = Path(__file__).parents[2] / "reference" / "validity" / "reference.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))


def answers(method: float, n: int = 3000) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Two unrelated constructs and a marker that share nothing but a method."""
    rng = np.random.default_rng(2)
    shared = rng.normal(size=n) * np.sqrt(method)
    own = np.sqrt(1 - method)
    items = pd.DataFrame({f"i{i}": shared + own * rng.normal(size=n) for i in range(2)})
    marker = pd.Series(shared + own * rng.normal(size=n))
    return items, items.rename(columns={"i0": "one", "i1": "two"}), marker


def test_the_share_of_one_factor_equals_psych(personality):
    assert single_factor_share(personality) == pytest.approx(REFERENCE["single_factor"], abs=1e-6)


def test_the_marker_is_partialled_by_the_published_formula():
    result = partial_out_marker(0.30, 0.05, 400)
    for field, value in REFERENCE["marker"].items():
        assert getattr(result, field) == pytest.approx(value, abs=1e-10)


@given(st.floats(-0.9, 0.9), st.floats(0, 0.8))
def test_a_marker_without_method_changes_nothing_and_one_with_it_lowers(correlation, marker):
    assert partial_out_marker(correlation, 0.0, 100).adjusted == correlation
    assert partial_out_marker(correlation, marker, 100).adjusted <= correlation + 1e-12
    assert partial_out_marker(marker, marker, 100).adjusted == pytest.approx(0, abs=1e-12)


def test_a_correlation_made_by_method_alone_disappears():
    items, scores, marker = answers(0.4)
    table = common_method(items, scores, marker).set_index("check")
    assert table.loc["marker", "estimate"] > 0.3
    assert abs(table.loc["marker", "adjusted"]) < 0.05
    assert table.loc["marker_correlation", "estimate"] == pytest.approx(0.4, abs=0.05)


def test_a_negative_marker_correlation_is_not_method():
    scores = pd.DataFrame({"one": [1.0, 2, 3, 4], "two": [1.0, 2, 3, 5]})
    assert method_correlation(scores, -scores["one"]) == 0


def test_the_single_factor_test_says_that_it_is_weak_evidence():
    rng = np.random.default_rng(0)
    items = pd.DataFrame(rng.normal(size=(50, 4)), columns=list("abcd"))
    table = common_method(items, items[["a", "b"]], None)
    assert list(table["check"]) == ["single_factor"]
    assert "Weak evidence only" in sentences(table["warning"].iloc[0])


def test_items_that_never_vary_are_left_out_of_the_single_factor():
    rng = np.random.default_rng(0)
    trait = rng.normal(size=200)
    items = pd.DataFrame({f"i{i}": trait + rng.normal(size=200) for i in range(4)})
    assert single_factor_share(items.assign(same=1.0)) == pytest.approx(single_factor_share(items))
    assert np.isnan(single_factor_share(items.iloc[:, :2]))
