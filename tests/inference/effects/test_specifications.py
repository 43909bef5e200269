"""Effects in standard deviations of the outcome; see tests/reference/specifications.

Maxima are iterated to 1e-10 on both sides; R differentiates the effects numerically, hence 1e-5 for
estimates and 1e-4 for what rests on their gradients.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import model_of, plan_of

from coproduction.inference.data.design import design
from coproduction.inference.effects.specifications import (
    COLUMNS,
    specifications,
    standardised_effect,
)
from coproduction.inference.model.regression import Fit, estimate, fit

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "specifications" / "reference.json").read_text("utf-8"))
OUTCOMES = {
    "gaussian": "amount",
    "binomial": "any",
    "pseudo_poisson": "amount",
    "two_part_gamma": "amount",
    "ordinal": "rating",
}
EXACT = ("outcome_sd", "df")
BY_GRADIENT = ("std_error", "statistic", "p_value", "conf_low", "conf_high")
GROUP = {"variable": "group", "categorical": True}


@cache
def nested(n_clusters: int = 60) -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "families" / f"nested_{n_clusters}.csv")
    return data.assign(any=(data["amount"] > 0) * 1.0)


def model(family: str, **changes) -> dict:
    base = {
        "id": family,
        "outcome": OUTCOMES[family],
        "family": family,
        "predictors": [{"variable": "x"}, {"variable": "z"}, GROUP],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": "CR1",
    }
    return {**base, **changes}


def fitted(spec: dict, data: pd.DataFrame | None = None) -> Fit:
    return fit(design(nested() if data is None else data, model_of(spec)))


def hypothesis(name: str, resting: str, variable: str = "x", **changes) -> dict:
    estimand = {"kind": "average_marginal_effect", "variable": variable}
    return {"id": name, "family": "first", "model": resting, "estimand": estimand, **changes}


def tabulated(*models: dict, hypotheses: list[dict], **failures: str) -> pd.DataFrame:
    fits = {each["id"]: fitted(each) for each in models if each["id"] not in failures}
    return specifications(
        fits, failures, plan_of({"models": list(models), "hypotheses": hypotheses})
    )


@pytest.mark.parametrize("n_clusters", [12, 60])
@pytest.mark.parametrize("family", ["ordinal", "two_part_gamma"])
def test_standardised_effects_equal_r_in_every_column(n_clusters, family):
    known = REFERENCE[f"clusters_{n_clusters}"][family]
    spec = model(family)
    plan = {"models": [spec], "hypotheses": [hypothesis(f"H {t}", family, t) for t in known]}
    result = fitted(spec, nested(n_clusters))
    table = specifications({family: result}, {}, plan_of(plan)).set_index("term")
    assert list(table.index) == list(known)
    for term, expected in known.items():
        found = table.loc[term]
        assert found["effect"] == pytest.approx(expected["effect"], rel=1e-5, abs=1e-7)
        assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-5, abs=1e-7)
        for column in EXACT:
            assert found[column] == pytest.approx(expected[column], rel=1e-9), column
        for column in BY_GRADIENT:
            assert found[column] == pytest.approx(expected[column], rel=1e-4, abs=1e-6), column
        assert (found["n"], found["n_clusters"]) == (result.n, n_clusters)


def test_of_a_linear_model_the_effect_is_the_coefficient_over_the_standard_deviation():
    result = fitted(model("gaussian", interactions=[]))
    value, gradient = standardised_effect(result, "x")
    spread = nested()["amount"].std(ddof=1)
    assert value == pytest.approx(result.params["mean"]["x"] / spread, rel=1e-12)
    position = list(result.params.index).index(("mean", "x"))
    error = np.sqrt(result.covariance[position, position]) / spread
    assert estimate(result, value, gradient, 0.95)["std_error"] == pytest.approx(error, rel=1e-12)


@cache
def unscaled(family: str) -> dict[str, float]:
    result = fitted(model(family))
    return estimate(result, *standardised_effect(result, "x"), 0.95)


@pytest.mark.parametrize("family", ["gaussian", "pseudo_poisson", "two_part_gamma", "ordinal"])
@settings(max_examples=10)
@given(st.floats(0.05, 200))
def test_the_unit_of_the_outcome_does_not_matter(family, unit):
    outcome = OUTCOMES[family]
    data = nested().assign(**{outcome: nested()[outcome] * unit})
    result = fitted(model(family), data)
    found = estimate(result, *standardised_effect(result, "x"), 0.95)
    for name, value in unscaled(family).items():
        if name == "note":
            continue
        assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-12), name


def test_a_standardised_outcome_gives_the_same_as_the_outcome_itself():
    plain = fitted(model("gaussian"))
    scaled = fitted(model("gaussian", standardise_outcome=True))
    one, other = (standardised_effect(each, "x")[0] for each in (plain, scaled))
    assert one == pytest.approx(other, rel=1e-10)


def test_every_model_that_holds_the_predictor_is_a_row_and_no_other():
    without = model("gaussian", id="without", predictors=[{"variable": "z"}], interactions=[])
    found = tabulated(
        model("binomial"), model("ordinal"), without, hypotheses=[hypothesis("H1", "binomial")]
    )
    assert list(found) == list(COLUMNS)
    assert found["model"].tolist() == ["binomial", "ordinal"]
    assert found["hypothesis"].tolist() == ["H1", ""]
    assert found["outcome"].tolist() == ["any", "rating"]
    order = found["estimate"].to_numpy().argsort()[::-1].argsort() + 1
    assert found["rank"].tolist() == order.tolist()
    assert found["reason"].eq("").all() and found["covariance"].eq("CR1").all()


def test_models_of_outcomes_that_the_plan_does_not_name_stay_out():
    models = [model("binomial"), model("ordinal")]
    plan = {"models": models, "hypotheses": [hypothesis("H1", "binomial")]}
    plan["specifications"] = {"outcomes": ["any"]}
    found = specifications({each["id"]: fitted(each) for each in models}, {}, plan_of(plan))
    assert found["model"].tolist() == ["binomial"] and found["rank"].tolist() == [1]


def test_what_a_model_adds_and_leaves_out_is_named_beside_that_of_the_hypothesis():
    resting = model("gaussian", covariates=["visits"])
    other = model(
        "gaussian",
        id="other",
        predictors=[{"variable": "x"}, GROUP, {"variable": "count"}],
        interactions=[["x", "group[2]"], ["x", "group[3]"], ["x", "x"]],
        subset="z < 9",
    )
    turned = model("gaussian", id="turned", covariates=["visits"], interactions=[["z", "x"]])
    found = tabulated(resting, other, turned, hypotheses=[hypothesis("H1", "gaussian")])
    assert found["added"].tolist() == ["", "count + x:group + x:x", ""]
    assert found["left_out"].tolist() == ["", "z + visits + x:z", ""]
    assert found["covariates"].tolist() == ["visits", "", "visits"]
    assert found["subset"].tolist() == ["", "z < 9", ""]


def test_a_model_that_could_not_be_fitted_stands_with_its_reason_if_it_holds_the_predictor():
    split = [{"variable": "x", "split": "within_cluster"}]
    models = [
        model("binomial", predictors=split, interactions=[]),
        model("ordinal", id="broken", predictors=split, interactions=[]),
        model("ordinal", id="elsewhere", predictors=[{"variable": "z"}], interactions=[]),
    ]
    found = tabulated(
        *models,
        hypotheses=[hypothesis("H1", "binomial", "x_within")],
        broken="Why.",
        elsewhere="Why too.",
    )
    assert found["model"].tolist() == ["binomial", "broken"]
    assert found["reason"].tolist() == ["", "Why."]
    assert np.isnan(found["estimate"].iloc[1]) and np.isnan(found["rank"].iloc[1])


def test_a_category_of_a_model_that_could_not_be_fitted_is_found():
    found = tabulated(
        model("binomial"),
        model("ordinal"),
        hypotheses=[hypothesis("H1", "binomial", "group[2]")],
        ordinal="Why.",
    )
    assert found["reason"].tolist() == ["", "Why."]


def test_only_single_terms_of_the_first_family_are_primary():
    cross = {"kind": "cross_partial", "variables": ["x", "z"]}
    product = {"kind": "coefficient", "variable": "x:z"}
    hypotheses = [
        hypothesis("H1", "binomial"),
        hypothesis("H1 again", "gaussian"),
        hypothesis("H2", "binomial", estimand=cross),
        hypothesis("H3", "binomial", estimand=product),
        hypothesis("H4", "binomial", "z", family="second"),
    ]
    found = tabulated(model("binomial"), model("gaussian"), hypotheses=hypotheses)
    assert found["term"].tolist() == ["x", "x"]
    assert found["hypothesis"].tolist() == ["H1", ""]


def test_a_plan_without_hypotheses_has_no_specifications():
    found = specifications({}, {}, plan_of({"models": [model("binomial")]}))
    assert found.empty and list(found) == list(COLUMNS)
