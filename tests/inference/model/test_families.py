"""Ordinal, count and two-part models against R; see tests/reference/families.

Maxima are Newton's to 1e-10 on both sides, so estimates agree to 1e-6; R's scores, information and
effect gradients come from Richardson extrapolation, hence 1e-5 for everything that rests on them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import curve_of, estimand_of, model_of

from coproduction.errors import StudyError
from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import prediction
from coproduction.inference.effects.estimands import row
from coproduction.inference.effects.moderation import binned_slopes, slopes
from coproduction.inference.effects.predictions import curves
from coproduction.inference.model.regression import coefficients, estimate, fit

FOLDER = Path(__file__).parents[2] / "reference" / "families"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
OUTCOMES = {
    "ordinal": "rating",
    "negative_binomial": "count",
    "hurdle_negative_binomial": "visits",
    "two_part_gamma": "amount",
    "two_part_poisson": "amount",
    "pseudo_poisson": "amount",
}
CASES = [(n, family) for n in (12, 60, 300) for family in OUTCOMES]
ESTIMANDS = {
    "x": {"kind": "average_marginal_effect", "variable": "x"},
    "z": {"kind": "average_marginal_effect", "variable": "z"},
    "group[2]": {"kind": "average_marginal_effect", "variable": "group[2]"},
    "group[3]": {"kind": "average_marginal_effect", "variable": "group[3]"},
    "x:z": {"kind": "cross_partial", "variables": ["x", "z"]},
    "x:group[2]": {"kind": "cross_partial", "variables": ["x", "group[2]"]},
}


def nested(n_clusters: int) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"nested_{n_clusters}.csv")


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
    return {**base, **changes}


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("kind", ["CR1", "classical", "HC1"])
def test_estimates_and_standard_errors_equal_r(n_clusters, family, kind):
    expected = REFERENCE[f"clusters_{n_clusters}"][family]
    if kind == "classical" and expected["classical"] is None:
        pytest.skip("no model-based covariance")
    result = fit(design(nested(n_clusters), model_of(spec(family, kind))))
    table = coefficients(result)
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(table["std_error"], expected[kind], rtol=1e-5)
    if expected["log_likelihood"] is not None:
        assert result.log_likelihood == pytest.approx(expected["log_likelihood"], rel=1e-9)
    assert table["covariance"].eq(kind).all()
    assert table["n_clusters"].eq(n_clusters).all()
    if kind == "CR1":
        assert table["df"].eq(n_clusters - 1).all()


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
@pytest.mark.parametrize("term", ESTIMANDS)
def test_effects_equal_their_definition(n_clusters, family, term):
    result = fit(design(nested(n_clusters), model_of(spec(family))))
    expected = REFERENCE[f"clusters_{n_clusters}"][family]["effects"]
    for category, values in expected.items() if family == "ordinal" else [(None, expected)]:
        estimand = ESTIMANDS[term]
        if category is not None:
            estimand = {**estimand, "category": float(category)}
        found = row(result, estimand_of(estimand), 0.95)
        # R differentiates numerically twice; 1e-7 is the noise of a second difference.
        assert found["estimate"] == pytest.approx(values[term]["estimate"], rel=1e-5, abs=1e-7)
        assert found["std_error"] == pytest.approx(values[term]["std_error"], rel=1e-4)


@pytest.mark.parametrize(("n_clusters", "family"), CASES)
def test_predictions_with_everyone_at_a_value_equal_their_definition(n_clusters, family):
    result = fit(design(nested(n_clusters), model_of(spec(family))))
    expected = REFERENCE[f"clusters_{n_clusters}"][family]["effects"]
    if family == "ordinal":
        chances = [prediction(result, {"x": 1.0}, category) for category in range(4)]
        known = [expected[str(category)]["x = 1"] for category in range(1, 5)]
        assert sum(value for value, _ in chances) == pytest.approx(1)
    else:
        chances, known = [prediction(result, {"x": 1.0})], [expected["x = 1"]]
    for (value, gradient), values in zip(chances, known, strict=True):
        completed = estimate(result, value, gradient, 0.95)
        assert completed["estimate"] == pytest.approx(values["estimate"], rel=1e-6)
        assert completed["std_error"] == pytest.approx(values["std_error"], rel=1e-5)


@pytest.mark.parametrize("n_clusters", [12, 60, 300])
def test_pseudo_likelihood_has_cr2_errors_equal_to_clubsandwich_and_no_likelihood(n_clusters):
    expected = REFERENCE[f"clusters_{n_clusters}"]["pseudo_poisson"]
    result = fit(design(nested(n_clusters), model_of(spec("pseudo_poisson", "CR2"))))
    table = coefficients(result)
    np.testing.assert_allclose(table["std_error"], expected["CR2"], rtol=1e-6)
    np.testing.assert_allclose(table["df"], expected["df"], rtol=1e-5)
    assert np.isnan(result.log_likelihood)


@pytest.mark.parametrize("n_clusters", [12, 60, 300])
def test_estimates_equal_the_packages_that_researchers_use(n_clusters):
    entry = REFERENCE[f"clusters_{n_clusters}"]
    counts = fit(design(nested(n_clusters), model_of(spec("negative_binomial")))).params
    known = entry["negative_binomial"]["glm.nb"]
    np.testing.assert_allclose(counts["mean"], known["estimate"], rtol=1e-5, atol=1e-6)
    assert np.exp(-counts["dispersion"].iloc[0]) == pytest.approx(known["theta"], rel=1e-4)
    hurdle = fit(design(nested(n_clusters), model_of(spec("hurdle_negative_binomial")))).params
    known = entry["hurdle_negative_binomial"]["pscl"]
    # pscl stops at the default tolerance of a quasi-Newton search.
    np.testing.assert_allclose(hurdle["any"], known["any"], atol=2e-3)
    np.testing.assert_allclose(hurdle["positive"], known["positive"], atol=2e-3)


def test_without_a_category_the_highest_is_meant_and_one_that_nobody_has_is_refused():
    result = fit(design(nested(60), model_of(spec("ordinal"))))
    named = row(result, estimand_of({**ESTIMANDS["x"], "category": 4.0}))
    assert row(result, estimand_of(ESTIMANDS["x"]))["estimate"] == named["estimate"]
    with pytest.raises(StudyError, match="nobody analysed has the category 9 of `rating`"):
        row(result, estimand_of({**ESTIMANDS["x"], "category": 9.0}))


def test_slopes_and_bins_of_an_ordered_outcome_are_those_of_its_highest_category():
    result = fit(design(nested(60), model_of(spec("ordinal"))))
    rows = [*slopes(result, "x", "z"), *binned_slopes(result, "x", "z", 3)]
    low = nested(60)["z"].mean() - nested(60)["z"].std(ddof=1)
    named = row(result, estimand_of({**ESTIMANDS["x"], "category": 4.0, "at": {"z": low}}))
    assert rows[0]["estimate"] == pytest.approx(named["estimate"], rel=1e-10)
    assert len(rows) == 5 + 6 and all(np.isfinite(each["std_error"]) for each in rows)


@pytest.mark.parametrize("family", OUTCOMES)
def test_curves_stay_where_outcomes_can_be(family):
    result = fit(design(nested(60), model_of(spec(family))))
    table = curves(result, curve_of({"variable": "x"}))
    assert (table["conf_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["conf_high"]).all() and (table["conf_low"] > 0).all()
    if family == "ordinal":
        assert (table["conf_high"] < 1).all()
        assert sorted(table["category"].unique()) == [1, 2, 3, 4]
        np.testing.assert_allclose(table.groupby("value")["estimate"].sum(), 1)


def test_only_linear_predictors_are_exponentiated():
    table = coefficients(fit(design(nested(60), model_of(spec("hurdle_negative_binomial")))))
    shown = table.set_index("part")["exp_estimate"]
    assert shown[["any", "positive"]].notna().all() and np.isnan(shown["dispersion"])


@pytest.mark.parametrize("family", ["ordinal", "negative_binomial", "two_part_gamma"])
def test_leverage_corrections_are_refused_where_there_are_none(family):
    with pytest.raises(StudyError, match="has no CR2 standard errors; choose CR1"):
        fit(design(nested(60), model_of(spec(family, "CR2"))))


def test_counts_that_do_not_vary_more_than_poisson_are_named():
    data = nested(60).assign(count=lambda d: (np.arange(len(d)) % 2) + 1)
    with pytest.raises(StudyError, match="vary no more than a Poisson model allows"):
        fit(design(data, model_of(spec("negative_binomial"))))


@pytest.mark.parametrize(
    ("family", "outcome", "message"),
    [
        ("negative_binomial", "amount", "must be counts"),
        ("hurdle_negative_binomial", "rating", "has no zeros"),
        ("ordinal", "amount", "are too many"),
        ("two_part_gamma", "x", "must not be negative"),
    ],
)
def test_an_outcome_that_does_not_suit_its_family_is_refused(family, outcome, message):
    predictors = [{"variable": "z"}]
    with pytest.raises(StudyError, match=message):
        design(
            nested(12),
            model_of(spec(family, outcome=outcome, predictors=predictors, interactions=[])),
        )


def test_a_term_that_only_non_participants_have_is_named():
    data = nested(60).assign(rare=lambda d: ((d["visits"] == 0) & (d["z"] > 1)).astype(float))
    predictors = [{"variable": "x"}, {"variable": "rare"}]
    with pytest.raises(StudyError, match="is separated by `rare`"):
        fit(
            design(
                data,
                model_of(spec("hurdle_negative_binomial", predictors=predictors, interactions=[])),
            )
        )


def test_terms_that_are_one_among_participants_are_named():
    data = nested(60).assign(like=lambda d: d["x"].where(d["visits"] > 0, d["z"]))
    predictors = [{"variable": "x"}, {"variable": "like"}]
    with pytest.raises(StudyError, match=r"Among positive outcomes: .*`like` is fully determined"):
        fit(
            design(
                data,
                model_of(spec("hurdle_negative_binomial", predictors=predictors, interactions=[])),
            )
        )


def test_separation_is_named_in_ordinal_models():
    data = nested(60).assign(top=lambda d: (d["rating"] == 4).astype(float))
    predictors = [{"variable": "top"}]
    with pytest.raises(StudyError, match="is separated by `top`"):
        fit(design(data, model_of(spec("ordinal", predictors=predictors, interactions=[]))))
