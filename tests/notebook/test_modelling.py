"""Models, effects and verdicts for notebooks: the rooms' own numbers, from arguments in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coproduction as cp
from coproduction.inference.effects.effects import cross_effect, effect
from coproduction.inference.model.regression import coefficients


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """800 people in 40 places; a grows y, c has three categories, missing here and there."""
    rng = np.random.default_rng(5)
    place = np.repeat(np.arange(40), 20)
    table = pd.DataFrame({"a": rng.normal(size=800), "b": rng.normal(size=800)})
    table["c"] = rng.integers(1, 4, 800).astype(float)
    level = 0.5 * table["a"] + 0.2 * table["a"] * table["b"] + 0.3 * (table["c"] == 2)
    level += 0.4 * rng.normal(size=40)[place]
    table["y"] = level + rng.normal(size=800)
    table["z"] = (level + rng.logistic(size=800) > 0).astype(float)
    table["o"] = np.digitize(table["y"], [-0.5, 0.8]) + 1.0
    table["place"] = place
    return table.mask(rng.random(table.shape) < 0.01).assign(place=place)


@pytest.fixture(scope="module")
def model(people):
    return cp.fit(people, "z", ["a", "b"], interactions=[("a", "b")], family="binomial")


def test_a_model_prints_its_coefficients(model):
    assert repr(model).startswith(f"model: z, binomial (logit), n = {model.n}, HC3")
    pd.testing.assert_frame_equal(model.to_frame(), coefficients(model))


@pytest.mark.parametrize(
    ("options", "covariance"),
    [
        ({}, "HC3"),
        ({"cluster": "place"}, "CR2"),
        ({"cluster": "place", "covariance": "CR1"}, "CR1"),
        ({"cluster": "place", "two_level": True}, "classical"),
        ({"outcome": "o", "family": "ordinal"}, "HC1"),
        ({"outcome": "o", "family": "ordinal", "cluster": "place"}, "CR1"),
    ],
)
def test_standard_errors_are_the_most_careful_that_a_model_has(people, options, covariance):
    fitted = cp.fit(people, **{"outcome": "y", "predictors": ["a"]} | options)
    assert fitted.design.covariance == covariance


def test_what_is_said_of_a_variable_holds_for_it(people):
    options = {"standardise": ["a"], "split": {"a": "within_cluster"}, "cluster": "place"}
    fitted = cp.fit(people, "y", ["a"], covariates=["c"], categorical={"c": 2}, **options)
    assert list(fitted.design.matrix) == ["intercept", "a_within", "a_mean", "c[1]", "c[3]"]
    lowest = cp.fit(people, "y", ["a", "c"], categorical=["c"])
    assert list(lowest.design.matrix)[-2:] == ["c[2]", "c[3]"]


def test_a_subset_is_analysed_alone(people):
    chosen = cp.fit(people, "y", ["a"], subset="c == 2")
    assert chosen.n == people.loc[people["c"] == 2, ["y", "a"]].dropna().shape[0]


def test_terms_are_written_as_tables_write_them(model):
    found = cp.effects(model, "a", "a:b", "a - b").to_frame().set_index("term")["estimate"]
    assert found["a"] == effect(model, "a")[0]
    assert found["a:b"] == cross_effect(model, "a", "b")[0]
    assert found["a - b"] == pytest.approx(effect(model, "a")[0] - effect(model, "b")[0])
    every = cp.effects(model).to_frame()
    assert every["term"].tolist() == ["a", "b", "a:b"]
    held = cp.effects(model, "a", at={"b": 1.0}).to_frame()
    assert held["estimate"].item() == effect(model, "a", {"b": 1.0})[0]
    assert held["at"].item() == "b = 1"


def test_claims_are_corrected_together(model):
    claims = {
        "H1": cp.claim(model, "a", "positive", 0.05),
        "H2": cp.claim(model, "b", "negative", 0.05),
    }
    found = cp.verdicts(**claims).to_frame().set_index("hypothesis")
    assert found.loc["H1", "verdict"] == "supported"
    assert found.loc["H2", "verdict"] != "supported"
    alone = cp.verdicts(H1=claims["H1"]).to_frame()
    assert found.loc["H1", "p_adjusted"] == pytest.approx(2 * alone["p_adjusted"].item())


def test_predictions_and_checks_are_tables(model):
    curve = cp.predictions(model, "a", by="b").to_frame()
    assert curve.groupby("by_value")["value"].size().eq(21).all()
    assert {"vif", "auc", "brier"} <= set(cp.diagnostics(model).to_frame()["check"])


def test_a_back_door_is_found_until_it_is_shut():
    arrows = [("class", "pay"), ("class", "help"), ("pay", "help")]
    assert cp.back_door(arrows, "pay", "help") == "pay <- class -> help"
    assert cp.back_door(arrows, "pay", "help", ["class"]) == ""
    with pytest.raises(cp.StudyError, match="`luck` is not in the diagram; there are: class, pay"):
        cp.back_door(arrows, "pay", "luck")
    with pytest.raises(cp.StudyError, match="circle: a → b → a"):
        cp.back_door([("a", "b"), ("b", "a")], "a", "b")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"family": "normal"}, "`family` cannot be `normal`; allowed: `binomial`, `"),
        ({"covariance": "HC0"}, "`covariance` cannot be `HC0`"),
        ({"two_level": True}, "needs a `cluster`"),
        ({"standardise": ["q"]}, "`q` is neither a predictor nor a covariate; there are: a."),
        ({"subset": "q == 1"}, "q"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(people, options, sentence):
    with pytest.raises(cp.StudyError, match="(?s).*" + sentence.replace("[", r"\[")):
        cp.fit(people, "y", ["a"], **options)
