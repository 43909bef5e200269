"""Test-retest reliability against psych::ICC and aov; see tests/reference/aggregation.

All values are closed form and agree to 1e-10.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.measurement.reliability.retest import retest_reliability

FOLDER = Path(__file__).parents[2] / "reference" / "aggregation"


@pytest.fixture(scope="module")
def occasions() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "occasions.csv")


def test_every_value_equals_psych(occasions):
    expected = json.loads((FOLDER / "reference.json").read_text("utf-8"))["retest"]
    result = retest_reliability(occasions)
    assert result.n == 30 and result.n_occasions == 2
    for field, value in expected.items():
        assert getattr(result, field) == pytest.approx(value, abs=1e-10), field


@given(st.floats(-5, 5))
def test_a_shift_of_everyone_harms_agreement_but_not_consistency(shift):
    rng = np.random.default_rng(1)
    trait = rng.normal(size=40)
    first, second = trait + rng.normal(0, 0.4, 40), trait + rng.normal(0, 0.4, 40)
    second -= second.mean() - first.mean()
    still = retest_reliability(pd.DataFrame({"a": first, "b": second}))
    moved = retest_reliability(pd.DataFrame({"a": first, "b": second + shift}))
    assert moved.icc_consistency == pytest.approx(still.icc_consistency, abs=1e-9)
    assert moved.icc_agreement <= still.icc_agreement + 1e-9


def test_identical_occasions_are_perfectly_reliable():
    same = pd.Series([1.0, 2, 3, 5])
    result = retest_reliability(pd.DataFrame({"a": same, "b": same}))
    assert result.icc_agreement == result.icc_consistency == 1
    assert result.smallest_detectable_change == 0
    assert result.agreement_conf_low == result.consistency_conf_high == 1


def test_rows_with_a_missing_occasion_are_left_out(occasions):
    gaps = occasions.copy()
    gaps.loc[len(gaps)] = [1.0, np.nan]
    assert retest_reliability(gaps) == retest_reliability(occasions)


@pytest.mark.parametrize(
    "occasions",
    [
        pd.DataFrame({"a": [1.0, 2], "b": [1.0, 2]}),
        pd.DataFrame({"a": [1.0, 2, 3]}),
        pd.DataFrame({"a": [2.0, 2, 2], "b": [2.0, 2, 2]}),
    ],
)
def test_too_little_to_compare_gives_no_value(occasions):
    assert np.isnan(astuple(retest_reliability(occasions))[2:]).all()
