"""Checks of fitted models against their definitions in R; see tests/reference/diagnostics."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plans import hypotheses_of, model_of

from coproduction.errors import StudyError
from coproduction.inference.checks.calibration import auc, calibration
from coproduction.inference.checks.diagnostics import COLUMNS, diagnostics, inflation
from coproduction.inference.checks.influence import leave_one_out
from coproduction.inference.checks.proportional_odds import brant
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, fit
from coproduction.notes import sentences

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "diagnostics" / "reference.json").read_text("utf-8"))
OUTCOMES = {
    "binomial": ("regression", "binary"),
    "gaussian": ("regression", "linear"),
    "poisson": ("regression", "count"),
    "negative_binomial": ("families", "count"),
    "hurdle_negative_binomial": ("families", "visits"),
    "ordinal": ("families", "rating"),
}


def nested(folder: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / folder / "nested_60.csv")


def spec(family: str) -> dict:
    folder, outcome = OUTCOMES[family]
    further = [{"variable": "offered"}] if folder == "regression" else []
    group = {"variable": "group", "categorical": True}
    return {
        "id": "m",
        "outcome": outcome,
        "family": family,
        "predictors": [{"variable": "x"}, {"variable": "z"}, group, *further],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": "CR2" if folder == "regression" else "CR1",
    }


@cache
def fitted(family: str) -> Fit:
    return fit(design(nested(OUTCOMES[family][0]), model_of(spec(family))))


def hypothesis(variable: str, **changes) -> dict:
    return {
        "id": "H1",
        "estimand": {"kind": "average_marginal_effect", "variable": variable, **changes},
    }


def checks(family: str, *hypotheses: dict) -> pd.DataFrame:
    table = diagnostics(fitted(family), hypotheses_of(hypotheses))
    assert list(table.columns) == list(COLUMNS) and table["model"].eq("m").all()
    return table.set_index("check")


def test_inflation_factors_equal_their_definition_and_those_of_a_category_are_joint():
    found = inflation(fitted("binomial").design)
    assert found == pytest.approx(REFERENCE["inflation"], rel=1e-8)
    table = checks("binomial").loc["vif"].set_index("term")
    assert table["value"].to_dict() == found
    assert table["limit"].eq(10).all() and table["warning"].eq("").all()


def test_a_term_that_others_nearly_determine_is_named():
    data = nested("regression").assign(nearly=lambda d: d["x"] + 0.05 * d["z"] ** 3)
    changed = {**spec("binomial"), "predictors": [{"variable": "x"}, {"variable": "nearly"}]}
    table = diagnostics(fit(design(data, model_of({**changed, "interactions": []}))))
    table = table[table["check"] == "vif"].set_index("term")
    squared = np.corrcoef(data["x"], data["nearly"])[0, 1] ** 2
    assert table.loc["nearly", "value"] == pytest.approx(1 / (1 - squared), rel=1e-8)
    assert table.loc["nearly", "value"] > 10
    told = sentences(table.loc["nearly", "warning"])
    assert told == "`nearly` is nearly determined by the other terms."


def test_discrimination_and_calibration_equal_r_fitted_and_left_out():
    table, expected = checks("binomial"), REFERENCE["logit"]
    for check in (
        *("auc", "brier", "auc_left_out", "brier_left_out"),
        *("calibration_intercept_left_out", "calibration_slope_left_out"),
    ):
        assert table.loc[check, "value"] == pytest.approx(expected[check], rel=1e-7), check
    assert table.loc["extreme_probabilities", "value"] == expected["extreme"] == 0


def test_the_fewest_degrees_of_freedom_are_named():
    found, expected = checks("binomial").loc["smallest_df"], REFERENCE["logit"]
    assert found["value"] == pytest.approx(expected["smallest_df"], rel=1e-6)
    assert found["term"] == expected["smallest_term"] and found["warning"] == ""


@pytest.mark.parametrize(
    ("family", "term", "category"),
    [("binomial", "x", None), ("gaussian", "z", None), ("ordinal", "x", 4.0)],
)
def test_estimates_without_each_community_are_those_of_the_refitted_models(family, term, category):
    named = {} if category is None else {"category": category}
    table = checks(family, hypothesis(term, **named))
    expected = REFERENCE[{"binomial": "logit", "gaussian": "linear"}.get(family, family)]
    for end in ("lowest", "highest"):
        found = table.loc[f"without_cluster_{end}"]
        assert found["value"] == pytest.approx(expected[end], rel=1e-6)
        assert found["cluster"] == expected[f"{end}_cluster"]
        assert (found["hypothesis"], found["term"], found["warning"]) == ("H1", term, "")


def test_a_community_that_turns_the_sign_is_named():
    data = nested("regression")
    lone = data["cluster"] == 7
    weak = {**spec("gaussian"), "predictors": [{"variable": "x"}], "interactions": []}
    changed = data.assign(linear=data["linear"] - data["x"])
    changed.loc[lone, ["x", "linear"]] *= 20
    changed.loc[lone, "linear"] = changed.loc[lone, "x"]
    table = diagnostics(
        fit(design(changed, model_of(weak))), hypotheses_of([hypothesis("x")])
    ).set_index("check")
    found = table.loc["without_cluster_lowest"]
    assert found["cluster"] == "7"
    assert sentences(found["warning"]) == "Without this cluster the estimate has the other sign."


def test_a_cluster_whose_absence_leaves_no_model_has_no_estimate():
    data = nested("regression").assign(only=lambda d: (d["cluster"] == 3) * d["z"])
    changed = {**spec("gaussian"), "predictors": [{"variable": "x"}, {"variable": "only"}]}
    found = leave_one_out(fit(design(data, model_of({**changed, "interactions": []}))))
    lost = found.clusters == "3"
    assert np.isnan(found.params[lost]).all() and np.isfinite(found.params[~lost]).all()


@pytest.mark.parametrize("family", ["poisson", "negative_binomial", "hurdle_negative_binomial"])
def test_dispersion_and_shares_of_zeros_equal_r(family):
    table = checks(family)
    for check, value in REFERENCE[family].items():
        assert table.loc[check, "value"] == pytest.approx(value, rel=1e-6), check
        assert table.loc[check, "warning"] == ""
    assert ("dispersion" in table.index) == ("dispersion" in REFERENCE[family])


def test_counts_that_vary_more_than_poisson_are_pointed_out():
    changed = {**spec("poisson"), "predictors": [{"variable": "x"}], "interactions": []}
    data = nested("regression").assign(count=lambda d: d["count"] ** 2)
    table = diagnostics(fit(design(data, model_of(changed)))).set_index("check")
    assert table.loc["dispersion", "value"] > 1.5
    assert "vary more than a Poisson model allows" in sentences(table.loc["dispersion", "warning"])


def test_brants_test_equals_its_definition():
    found = brant(fitted("ordinal").design).set_index("term")
    assert list(found.index) == list(REFERENCE["brant"])
    for term, expected in REFERENCE["brant"].items():
        for column, value in expected.items():
            assert found.loc[term, column] == pytest.approx(value, rel=1e-6), (term, column)
    table = checks("ordinal").loc["proportional_odds"].set_index("term")
    assert table["value"].to_dict() == found["p_value"].to_dict()


def test_brants_test_rejects_slopes_that_differ_between_categories():
    rng = np.random.default_rng(1)
    x = rng.standard_normal(2000)
    low = rng.random(2000) < 1 / (1 + np.exp(-(1 + 1.5 * x)))
    high = rng.random(2000) < 0.5
    data = pd.DataFrame({"x": x, "y": low * (1.0 + high), "place": np.arange(2000) % 40})
    changed = {**spec("ordinal"), "outcome": "y", "cluster": "place", "interactions": []}
    found = diagnostics(fit(design(data, model_of({**changed, "predictors": [{"variable": "x"}]}))))
    found = found[found["check"] == "proportional_odds"]
    assert (found["value"] < 1e-6).all()
    assert found["warning"].map(sentences).str.contains("odds are not proportional").all()


def test_two_categories_have_no_odds_to_compare():
    data = nested("families").assign(rating=lambda d: (d["rating"] > 2).astype(float))
    with pytest.raises(StudyError, match="two categories always have proportional odds"):
        brant(design(data, model_of(spec("ordinal"))))


OUTCOME = arrays(float, 12, elements=st.sampled_from([0.0, 1.0])).filter(
    lambda y: 0 < y.sum() < len(y)
)
PROBABILITY = arrays(float, 12, elements=st.sampled_from([0.1, 0.2, 0.5, 0.7, 0.9]))


@given(OUTCOME, PROBABILITY)
def test_the_area_is_the_share_of_pairs_in_the_right_order(outcome, probability):
    pairs = probability[outcome == 1][:, None] - probability[outcome == 0]
    expected = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
    assert auc(outcome, probability) == pytest.approx(expected)
    assert auc(outcome, 1 - probability) == pytest.approx(1 - expected)


def test_probabilities_that_are_right_are_calibrated_and_extreme_ones_are_not():
    probability = np.repeat([0.25, 0.75], 400)
    outcome = np.concatenate([np.arange(400) < 100, np.arange(400) < 300]).astype(float)
    right = calibration(outcome, probability)
    assert (right.intercept, right.slope) == pytest.approx((0, 1), abs=1e-8)
    assert right.brier == pytest.approx(0.25 * 0.75)
    doubled = calibration(outcome, np.where(probability > 0.5, 0.9, 0.1))
    assert doubled.slope == pytest.approx(0.5)
