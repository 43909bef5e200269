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
from plans import model_of

from coproduction.inference.data.design import design
from coproduction.inference.effects.standardised import outcome_sd, standardised_effect
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


@pytest.mark.parametrize("n_clusters", [12, 60])
@pytest.mark.parametrize("family", ["ordinal", "two_part_gamma"])
def test_standardised_effects_equal_r_in_every_column(n_clusters, family):
    known = REFERENCE[f"clusters_{n_clusters}"][family]
    result = fitted(model(family), nested(n_clusters))
    for term, expected in known.items():
        value, gradient = standardised_effect(result, term)
        spread = outcome_sd(result.design)
        found = estimate(result, value, gradient, 0.95, (term,))
        found |= {"outcome_sd": spread, "effect": value * spread}
        assert found["effect"] == pytest.approx(expected["effect"], rel=1e-5, abs=1e-7)
        assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-5, abs=1e-7)
        for column in EXACT:
            assert found[column] == pytest.approx(expected[column], rel=1e-9), column
        for column in BY_GRADIENT:
            assert found[column] == pytest.approx(expected[column], rel=1e-4, abs=1e-6), column
        assert (result.n, result.n_clusters) == (len(nested(n_clusters)), n_clusters)


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
