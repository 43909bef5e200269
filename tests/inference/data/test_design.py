from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plans import model_of

from coproduction.errors import StudyError
from coproduction.inference.data.design import design


def table(**columns) -> pd.DataFrame:
    base = {
        "y": [0.0, 1, 1, 0, 1, 0, 1, 0],
        "x": [1.0, 2, 4, 3, 5, 2, 7, 1],
        "place": ["a", "a", "a", "b", "b", "b", "c", "c"],
        "kind": [1.0, 2, 3, 1, 2, 3, 1, 2],
    }
    return pd.DataFrame({**base, **columns})


def spec(**changes) -> dict:
    base = {
        "id": "m",
        "outcome": "y",
        "family": "binomial",
        "predictors": [{"variable": "x"}],
        "cluster": "place",
        "covariance": "CR2",
    }
    return {**base, **changes}


SPLIT = [{"variable": "x", "standardise": True, "split": "within_cluster"}]


def test_a_split_predictor_is_standardised_before_its_parts_are_taken():
    z = (table()["x"] - table()["x"].mean()) / table()["x"].std(ddof=1)
    result = design(table(), model_of(spec(predictors=SPLIT))).matrix
    assert result["x_mean"].iloc[0] == pytest.approx(z[:3].mean())
    assert result["x_within"].iloc[0] == pytest.approx(z[0] - z[:3].mean())
    others = [{**SPLIT[0], "split": "own_and_others"}]
    result = design(table(), model_of(spec(predictors=others))).matrix
    assert result["x"].iloc[0] == pytest.approx(z[0])
    assert result["x_others"].iloc[0] == pytest.approx((z[1] + z[2]) / 2)


@given(arrays(float, 8, elements=st.floats(-10, 10).map(lambda v: round(v, 3)), unique=True))
def test_within_parts_sum_to_zero_in_every_cluster(values):
    result = design(table(x=values), model_of(spec(predictors=SPLIT))).matrix
    sums = result["x_within"].groupby(table()["place"]).sum()
    np.testing.assert_allclose(sums, 0, atol=1e-9)


def test_every_row_left_out_is_counted_once_by_the_first_variable_that_misses():
    data = table(y=[np.nan, 1, 1, 0, 1, 0, 1, 0], x=[np.nan, np.nan, 4, 3, 5, 2, 7, 1])
    result = design(data, model_of(spec()))
    assert dict(zip(result.dropped["variable"], result.dropped["n"], strict=True)) == {
        "y": 1,
        "x": 1,
    }
    assert len(result.outcome) + result.dropped["n"].sum() == len(data)


def test_categories_become_indicators_against_the_reference():
    predictors = [{"variable": "kind", "categorical": True, "reference": 2}]
    result = design(table(), model_of(spec(predictors=predictors))).matrix
    assert list(result.columns) == ["intercept", "kind[1]", "kind[3]"]
    assert result["kind[3]"].tolist() == [0, 0, 1, 0, 0, 1, 0, 0]


def test_an_interaction_is_the_product_of_its_terms():
    predictors = [{"variable": "x"}, {"variable": "kind"}]
    result = design(
        table(), model_of(spec(predictors=predictors, interactions=[["x", "kind"]]))
    ).matrix
    assert (result["x:kind"] == result["x"] * result["kind"]).all()


@pytest.mark.parametrize(
    ("changes", "columns", "message"),
    [
        ({"outcome": "nothing"}, {}, "there is no variable `nothing`"),
        ({}, {"y": [1.0] * 8}, "outcome `y` is the same for all 8 rows"),
        ({}, {"y": [0.0, 2, 1, 0, 1, 0, 1, 0]}, "`y` must be 0 or 1"),
        ({"family": "poisson"}, {"y": [-1.0, 2, 1, 0, 1, 0, 1, 0]}, "must not be negative"),
        ({}, {"x": [3.0] * 8}, "`x` has the same value for everyone"),
        ({}, {"place": ["a"] * 8}, r"only one cluster \(`place`\) is left"),
        ({}, {"x": [np.nan] * 8}, "no respondent has answered all"),
        ({"interactions": [["x", "w"]]}, {}, "names `w`, which is no term"),
        (
            {"predictors": [{"variable": "x"}, {"variable": "twice"}]},
            {"twice": [2.0, 4, 8, 6, 10, 4, 14, 2]},
            "`twice` is fully determined by the terms before it",
        ),
        (
            {"predictors": [{"variable": "kind", "categorical": True, "reference": 9}]},
            {},
            "nobody analysed has the reference category `kind.9.`",
        ),
        ({"predictors": [{"variable": "place"}]}, {}, "`place` is no number"),
    ],
)
def test_a_model_that_cannot_be_fitted_is_refused_with_a_reason(changes, columns, message):
    with pytest.raises(StudyError, match=message):
        design(table(**columns), model_of(spec(**changes)))
