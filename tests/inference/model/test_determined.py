"""An outcome that is a function of predictors has effects without errors: its model is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import model_of, plan_of

from coproduction.errors import Refusal
from coproduction.inference.analysis import analyse
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import coefficients, fit

LINEAR = ["classical", "HC1", "HC2", "HC3", "CR1", "CR2"]


def people(seed: int = 1, noise: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 200
    data = pd.DataFrame({"x": rng.normal(size=n), "z": rng.integers(0, 3, n) * 1.0})
    data["idle"] = rng.normal(size=n)
    data["place"] = np.repeat(np.arange(20), 10)
    data["linear"] = 1 + 2 * data["x"] + 3 * data["z"] + noise * rng.normal(size=n)
    data["level"] = data["linear"] + rng.normal(size=20)[data["place"]]
    data["amount"] = np.exp(0.3 * data["x"] + 0.2 * data["z"] + noise * rng.normal(size=n))
    data["hours"] = np.where(rng.random(n) < 0.4, 0, data["amount"])
    return data


def spec(outcome: str, family: str, covariance: str, **changes) -> dict:
    model = {"id": "m", "outcome": outcome, "family": family, "covariance": covariance}
    names = [{"variable": name} for name in ("x", "z", "idle")]
    return {**model, "predictors": names, "cluster": "place", **changes}


def refused(data: pd.DataFrame, planned: dict) -> Refusal:
    with pytest.raises(Refusal) as error:
        fit(design(data, model_of(planned)))
    return error.value


@pytest.mark.parametrize("covariance", LINEAR)
@pytest.mark.parametrize("shift", [0, 1e6])
def test_a_linear_function_of_predictors_is_no_outcome_under_any_covariance(covariance, shift):
    data = people().assign(linear=lambda d: d["linear"] + shift)
    error = refused(data, spec("linear", "gaussian", covariance))
    assert error.note.code == "outcome_determined"
    assert error.note.values["terms"] == ["x", "z"]


@pytest.mark.parametrize(
    ("outcome", "family", "covariance"),
    [
        ("amount", "pseudo_poisson", "HC1"),
        ("amount", "pseudo_poisson", "CR2"),
        ("hours", "two_part_gamma", "HC1"),
        ("hours", "two_part_gamma", "classical"),
        ("hours", "two_part_poisson", "CR1"),
    ],
)
def test_nor_is_an_amount_that_predictors_determine(outcome, family, covariance):
    error = refused(people(), spec(outcome, family, covariance))
    assert "is determined by `x`, `z`" in str(error)
    assert ("Among positive outcomes" in str(error)) == (outcome == "hours")


@pytest.mark.parametrize("slope", [{}, {"random_slope": "x"}])
@pytest.mark.parametrize("outcome", ["linear", "level"])
def test_nor_is_one_that_predictors_and_clusters_determine(outcome, slope):
    planned = spec(outcome, "gaussian", "classical", random="intercept", **slope)
    code = refused(people(), planned).note.code
    assert code == ("outcome_determined" + ("_with_clusters" if outcome == "level" else ""))


def test_an_outcome_that_is_the_same_within_clusters_is_told_apart():
    data = people().assign(level=lambda d: d["place"] % 7 * 1.0)
    planned = spec("level", "gaussian", "classical", random="intercept")
    assert refused(data, planned).note.code == "outcome_constant_within"


@given(st.integers(0, 99), st.sampled_from([1e-4, 1e-2, 1.0]), st.sampled_from([1e-9, 1.0, 1e9]))
@settings(max_examples=20, deadline=None)
def test_the_least_residual_of_any_unit_is_estimated_with_its_error(seed, noise, unit):
    data = people(seed, noise).assign(linear=lambda d: d["linear"] * unit)
    table = coefficients(fit(design(data, model_of(spec("linear", "gaussian", "HC3"))))).set_index(
        "term"
    )
    assert 0.2 < table.loc["idle", "std_error"] / (noise * unit / np.sqrt(200)) < 5


def test_an_outcome_far_from_zero_has_the_two_level_model_of_one_near_it():
    near = people(noise=0.3)
    planned = spec("level", "gaussian", "classical", random="intercept")
    far = near.assign(level=near["level"] + 1e6)
    both = [
        coefficients(fit(design(data, model_of(planned)))).set_index("term") for data in (near, far)
    ]
    kept = ["std_error", "df"]
    np.testing.assert_allclose(both[1][kept], both[0][kept], rtol=1e-5)
    np.testing.assert_allclose(
        both[1].loc[["x", "z", "idle"], "estimate"],
        both[0].loc[["x", "z", "idle"], "estimate"],
        atol=1e-7,
    )


def test_hypotheses_on_such_a_model_are_not_estimable():
    effect = {"kind": "average_marginal_effect", "variable": "idle"}
    hypothesis = {"id": "H", "family": "all", "model": "m", "estimand": effect}
    hypothesis |= {"direction": "positive", "smallest_effect": 0.1}
    plan = {
        "models": [spec("linear", "gaussian", "HC3")],
        "families": [{"id": "all", "method": "holm", "level": 0.05}],
        "hypotheses": [hypothesis],
    }
    (verdict,) = analyse(people(), plan_of(plan), seed=1).verdicts.to_dict("records")
    assert verdict["verdict"] == "not_estimable"
    assert verdict["reason"].startswith("outcome_determined ")
