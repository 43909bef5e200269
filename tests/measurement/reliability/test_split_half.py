"""Guttman's lambdas and split halves against psych and the formulas; see tests/reference/omega.

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

from coproduction.measurement.reliability.alpha import cronbach_alpha
from coproduction.measurement.reliability.split_half import spearman_brown, split_half

FILE = Path(__file__).parents[2] / "reference" / "omega" / "reference.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))


@pytest.mark.parametrize("scale", "ACENO")
def test_lambdas_and_halves_of_five_items_equal_the_reference(scales, scale):
    result = split_half(scales[scale], np.random.default_rng(1))
    expected = REFERENCE[scale]
    for field in ("lambda_1", "lambda_2", "lambda_3", "lambda_5", "lambda_6", "odd_even"):
        assert getattr(result, field) == pytest.approx(expected[field], abs=1e-10)
    assert result.lambda_4 == pytest.approx(expected["maximum"], abs=1e-10)
    assert result.mean == pytest.approx(expected["mean"], abs=1e-10)
    assert result.minimum == pytest.approx(expected["minimum"], abs=1e-10)
    assert result.n_splits == 10


def test_every_split_of_six_items_equals_psych(personality):
    items = personality[["N1", "N2", "N3", "N4", "N5", "E1"]]
    result, expected = split_half(items, np.random.default_rng(1)), REFERENCE["six"]
    assert result.n_splits == expected["n_splits"] == 10
    for field in ("lambda_2", "lambda_4", "mean", "minimum"):
        assert getattr(result, field) == pytest.approx(expected[field], abs=1e-10)
    assert result.lambda_6 == pytest.approx(expected["lambda_6_psych"], abs=1e-10)


def test_the_third_lambda_is_alpha_and_the_mean_of_equal_halves(personality):
    items = personality[["N1", "N2", "N3", "N4", "N5", "E3"]]
    result = split_half(items, np.random.default_rng(1))
    assert result.lambda_3 == pytest.approx(cronbach_alpha(items).alpha, abs=1e-12)
    assert result.mean == pytest.approx(result.lambda_3, abs=1e-12)


def test_a_long_scale_is_split_at_random_the_same_way_for_the_same_seed(personality):
    items = personality.dropna().iloc[:, :18]
    one = split_half(items, np.random.default_rng(5), sampled=300)
    two = split_half(items, np.random.default_rng(5), sampled=300)
    assert one == two and one.n_splits == 300
    assert one.minimum <= one.mean <= one.lambda_4


@given(st.floats(0.05, 0.95), st.floats(0.5, 5))
def test_spearman_brown_lengthens_and_shortens_back(reliability, length):
    longer = spearman_brown(reliability, length)
    assert spearman_brown(longer, 1 / length) == pytest.approx(reliability, abs=1e-9)


@pytest.mark.parametrize(
    "items",
    [
        pd.DataFrame({"a": [1.0, 2, 3]}),
        pd.DataFrame({"a": [1.0, 2], "b": [2.0, 1]}),
        pd.DataFrame({"a": [1.0, 2, 3], "b": [2.0, 2, 2]}),
    ],
)
def test_a_scale_that_cannot_be_split_gives_no_value(items):
    result = split_half(items, np.random.default_rng(1))
    assert np.isnan(astuple(result)[:-1]).all() and result.n_splits == 0
