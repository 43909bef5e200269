"""The search for the estimates of weak factors, against lavaan: see tests/reference/weak_factors.

Fisher scoring from the usual start finds no optimum in any of the cases, although each has one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.factor.implied import structures
from coproduction.measurement.factor.incomplete_normal import sample
from coproduction.measurement.factor.layout import factor_model
from coproduction.measurement.factor.maximum_likelihood import likelihood
from coproduction.measurement.factor.search import own_units, unit_variances
from coproduction.measurement.factor.specification import specification

FOLDER = Path(__file__).parents[2] / "reference" / "weak_factors"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
ANSWERS = pd.read_csv(FOLDER / "answers.csv").set_index("case")
MODEL = {"factors": {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}}
NORMAL = [case for case, fit in REFERENCE.items() if not fit["ordinal"]]


def answers(case: str) -> tuple[pd.DataFrame, dict]:
    items = REFERENCE[case]["items"]
    model = {"factors": {f: [item for item in items if item.startswith(f)] for f in "ab"}}
    return ANSWERS.loc[int(case), items].reset_index(drop=True), model


@pytest.mark.parametrize("case", NORMAL)
def test_the_usual_search_fails_where_an_optimum_exists(case):
    items, model = answers(case)
    laid = factor_model(specification(model))
    assert not likelihood(laid, (sample(items.to_numpy(float)),)).search().converged


@pytest.mark.parametrize("case", list(REFERENCE))
def test_weak_factors_are_fitted_as_lavaan_fits_them(case):
    items, model = answers(case)
    expected = REFERENCE[case]
    fit = confirmatory(items, model, "WLSMV" if expected["ordinal"] else "ML")
    assert fit.fit["chisq"] == pytest.approx(expected["chisq"], rel=1e-6)
    ours = fit.parameters.set_index("term").loc[expected["terms"], "estimate"]
    np.testing.assert_allclose(ours, expected["estimates"], rtol=5e-4, atol=5e-5)


SECOND = {
    "factors": {"a": ["x1", "x2"], "b": ["x3", "x4", "x5"], "c": ["x6", "x7"]},
    "second_order": {"g": ["a", "b", "c"]},
    "residual_covariances": [["x1", "x3"]],
}


@pytest.mark.parametrize("model", [MODEL, SECOND])
def test_a_model_implies_the_same_in_the_units_of_its_twin(model):
    own = factor_model(specification(model), means=True)
    twin = unit_variances(own)
    theta = np.random.default_rng(1).uniform(0.3, 0.9, twin.n_free)
    back = own_units(twin, own, theta)
    p = len(own.observed)
    there, here = structures(twin, theta)[0], structures(own, back)[0]
    np.testing.assert_allclose(here.spread[:p, :p], there.spread[:p, :p], atol=1e-12)
    np.testing.assert_allclose(here.centre[:p], there.centre[:p], atol=1e-12)
    assert twin.n_free == own.n_free


def test_a_model_with_shared_parameters_or_unit_variances_has_no_twin():
    shared = factor_model(specification(MODEL | {"equal": [["a =~ a2", "a =~ a3"]]}))
    assert unit_variances(shared) is None
    assert unit_variances(factor_model(specification(MODEL), identification="standardised")) is None
