"""Generalised linear families with links that are not canonical against R; see reference/families.

Both sides end near rounding, R after more steps of a slower search: estimates agree to 1e-6. R's
gradients of effects come from Richardson extrapolation, hence 1e-5 for their standard errors.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import curve_of, estimand_of, model_of, plan_of

from coproduction.errors import StudyError
from coproduction.inference.checks.sensitivity import sensitivity
from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import prediction
from coproduction.inference.effects.estimands import row
from coproduction.inference.effects.predictions import curves
from coproduction.inference.model.regression import coefficients, estimate, fit

FOLDER = Path(__file__).parents[2] / "reference" / "families"
REFERENCE = json.loads((FOLDER / "linear.json").read_text("utf-8"))
OUTCOMES = {
    "probit": "any",
    "cloglog": "any",
    "gamma": "amount",
    "inverse_gaussian": "amount",
    "tweedie": "amount",
}
POSITIVE = ("gamma", "inverse_gaussian")
CASES = [(n, family) for n in (12, 60, 300) for family in OUTCOMES]
ESTIMANDS = {
    "x": {"kind": "average_marginal_effect", "variable": "x"},
    "group[3]": {"kind": "average_marginal_effect", "variable": "group[3]"},
    "x:z": {"kind": "cross_partial", "variables": ["x", "z"]},
    "x:group[2]": {"kind": "cross_partial", "variables": ["x", "group[2]"]},
}


def nested(n_clusters: int) -> pd.DataFrame:
    data = pd.read_csv(FOLDER / f"nested_{n_clusters}.csv")
    return data.assign(any=(data["visits"] > 0) * 1.0)


def spec(family: str, covariance: str = "CR1", **changes) -> dict:
    base = {
        "id": "m",
        "outcome": OUTCOMES[family],
        "family": family,
        "predictors": [
            {"variable": "x"},
            {"variable": "z"},
            {"variable": "group", "categorical": True},
        ],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": covariance,
    }
    selected = {"subset": "amount > 0"} if family in POSITIVE else {}
    return {**base, **selected, **changes}


def known(n_clusters: int, family: str) -> dict:
    return REFERENCE[f"clusters_{n_clusters}"][family]


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("kind", ["CR2", "CR1", "classical", "HC1", "HC3"])
def test_estimates_and_standard_errors_equal_r(n_clusters, family, kind):
    expected = known(n_clusters, family)
    table = coefficients(fit(design(nested(n_clusters), model_of(spec(family, kind)))))
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(table["std_error"], expected[kind], rtol=1e-6)
    if kind == "CR2":
        np.testing.assert_allclose(table["df"], expected["df"], rtol=1e-5)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_the_likelihood_is_that_of_r_where_there_is_one(n_clusters, family):
    found = fit(design(nested(n_clusters), model_of(spec(family)))).log_likelihood
    if known(n_clusters, family)["log_likelihood"] is None:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(known(n_clusters, family)["log_likelihood"], rel=1e-9)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("term", ESTIMANDS)
def test_effects_equal_their_definition(n_clusters, family, term):
    expected = known(n_clusters, family)["effects"][term]
    found = row(
        fit(design(nested(n_clusters), model_of(spec(family)))), estimand_of(ESTIMANDS[term])
    )
    # R differentiates numerically twice; 1e-7 is the noise of a second difference.
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-5, abs=1e-7)
    assert found["std_error"] == pytest.approx(expected["std_error"], rel=1e-4)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_predictions_with_everyone_at_a_value_equal_their_definition(n_clusters, family):
    result = fit(design(nested(n_clusters), model_of(spec(family))))
    expected = known(n_clusters, family)["effects"]["x = 1"]
    found = estimate(result, *prediction(result, {"x": 1.0}), 0.95)
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-6)
    assert found["std_error"] == pytest.approx(expected["std_error"], rel=1e-5)


@pytest.mark.parametrize("family", OUTCOMES)
def test_curves_stay_where_outcomes_can_be(family):
    table = curves(fit(design(nested(60), model_of(spec(family)))), curve_of({"variable": "x"}))
    assert (table["conf_low"] < table["estimate"]).all() and (table["conf_low"] > 0).all()
    if family in ("probit", "cloglog"):
        assert (table["conf_high"] < 1).all()


@pytest.mark.parametrize(
    ("family", "ratio"), [("probit", False), ("cloglog", False), ("gamma", True), ("tweedie", True)]
)
def test_coefficients_are_exponentiated_where_that_is_a_ratio(family, ratio):
    table = coefficients(fit(design(nested(60), model_of(spec(family)))))
    assert table["exp_estimate"].notna().all() == ratio
    assert table["exp_estimate"].notna().any() == ratio


@pytest.mark.parametrize(("family", "df"), [("probit", np.inf), ("inverse_gaussian", 1)])
def test_an_estimated_dispersion_leaves_its_degrees_of_freedom(family, df):
    result = fit(design(nested(60), model_of(spec(family, "classical"))))
    assert (coefficients(result)["df"] == df * (result.n - 6)).all()


@pytest.mark.parametrize(
    ("family", "kind", "measure"),
    [
        ("probit", "average_marginal_effect", "risk_ratio"),
        ("cloglog", "average_marginal_effect", "risk_ratio"),
        ("cloglog", "coefficient", None),
        ("gamma", "coefficient", "rate_ratio"),
        ("tweedie", "coefficient", "rate_ratio"),
    ],
)
def test_unmeasured_confounding_is_judged_by_the_ratio_that_a_family_has(family, kind, measure):
    result = fit(design(nested(60), model_of(spec(family, interactions=[]))))
    hypothesis = {"id": "H", "model": "m", "estimand": {"kind": kind, "variable": "x"}}
    found = sensitivity({"m": result}, {"H": {}}, plan_of({"hypotheses": [hypothesis]}))
    assert found["measure"].tolist() == ([measure] if measure else [])
    assert (found["e_value"] > 1).all()


@pytest.mark.parametrize("family", POSITIVE)
def test_positive_families_refuse_zeros_and_name_others(family):
    with pytest.raises(StudyError, match="must be positive; use a two-part family"):
        design(nested(12), model_of(spec(family, subset="amount >= 0")))
