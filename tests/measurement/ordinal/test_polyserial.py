"""Polyserial correlations against lavaan and R; see tests/reference/polyserial.

R's optimiser leaves 1e-7 in the correlations, lavaan's 1e-8; the standard errors of the reference
rest on numerical derivatives.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.measurement.exploratory.parallel_analysis import correlation_matrix
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.ordinal.polyserial import polyserial

FOLDER = Path(__file__).parents[2] / "reference" / "polyserial"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def mixed() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "mixed.csv")


def test_every_field_equals_r(mixed):
    result = polyserial(mixed[["a", "b", "c"]], mixed[["x", "y"]])
    np.testing.assert_allclose(result.correlations["x"], REFERENCE["lavaan_pairwise_x"], atol=1e-7)
    np.testing.assert_allclose(result.correlations, REFERENCE["correlations"], atol=1e-6)
    np.testing.assert_allclose(result.standard_errors, REFERENCE["standard_errors"], rtol=1e-6)
    np.testing.assert_array_equal(result.pairs_n, REFERENCE["n"])
    for table in (result.correlations, result.standard_errors, result.pairs_n):
        assert list(table.index) == ["a", "b", "c"] and list(table.columns) == ["x", "y"]


def test_the_standard_error_is_that_of_repeated_samples_of_a_skewed_variable():
    rng = np.random.default_rng(3)
    estimates, errors = [], []
    for _ in range(300):
        factor = rng.standard_normal(500)
        value = np.exp(0.5 * (0.6 * factor + 0.8 * rng.standard_normal(500)))
        value[rng.random(500) < 0.1] = np.nan
        items = pd.DataFrame({"a": np.searchsorted([-1, 0.8], factor)})
        result = polyserial(items, pd.DataFrame({"x": value}))
        estimates.append(result.correlations.iloc[0, 0])
        errors.append(result.standard_errors.iloc[0, 0])
    # 300 samples know a standard deviation to 4 %.
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.12)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(-50, 50), st.floats(0.1, 20))
def test_unit_and_direction_of_either_do_not_matter(seed, origin, unit):
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(200)
    items = pd.DataFrame({"a": np.searchsorted([-0.5, 0.5], factor)})
    variable = pd.DataFrame({"x": factor + rng.standard_normal(200)})
    one, moved = polyserial(items, variable), polyserial(items, origin + unit * variable)
    reverse = polyserial(-items, variable)
    for other, sign in ((moved, 1), (reverse, -1)):
        np.testing.assert_allclose(other.correlations, sign * one.correlations, atol=1e-9)
        np.testing.assert_allclose(other.standard_errors, one.standard_errors, rtol=1e-5)


def test_perfect_agreement_reaches_the_limit_and_has_no_standard_error():
    variable = pd.DataFrame({"x": np.arange(100.0)})
    result = polyserial(pd.DataFrame({"a": np.arange(100) // 50}), -variable)
    assert result.correlations.iloc[0, 0] == -0.9999
    assert np.isnan(result.standard_errors.iloc[0, 0])


@pytest.mark.parametrize(
    ("item", "value", "message"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "answered `a` gave the same answer"),
        ([1, 2, 1, 2], [3, 3, 3, 3], "answered `x` gave the same answer"),
        ([1, 2, 1, 2], [np.nan] * 4, "answered `x` gave the same answer"),
        ([1, 2, np.nan, np.nan], [1, np.nan, 3, 4], "both `a` and `x` one of them does not vary"),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(item, value, message):
    with pytest.raises(StudyError, match=message):
        polyserial(pd.DataFrame({"a": item}), pd.DataFrame({"x": value}))


def test_a_matrix_of_ordinal_and_continuous_variables_has_the_fitting_correlation_of_each(mixed):
    matrix = correlation_matrix(mixed[["x", "a", "b", "y", "c"]], "polychoric")
    ordinal, continuous = [1, 2, 4], [0, 3]
    serial = polyserial(mixed[["a", "b", "c"]], mixed[["x", "y"]])
    np.testing.assert_array_equal(
        matrix[np.ix_(ordinal, ordinal)], polychoric(mixed[["a", "b", "c"]]).correlations
    )
    np.testing.assert_array_equal(matrix[np.ix_(ordinal, continuous)], serial.correlations)
    assert matrix[0, 3] == pytest.approx(mixed["x"].corr(mixed["y"]), abs=1e-2)
    np.testing.assert_array_equal(matrix, matrix.T)
    one_item = correlation_matrix(mixed[["x", "a", "y"]], "polychoric")
    assert one_item[0, 1] == serial.correlations.loc["a", "x"]
