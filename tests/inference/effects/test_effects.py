"""Effects, predictions and slopes by cells against their definitions; see tests/reference/effects.

Derivatives by the variables are exact in R too; gradients by the coefficients are Richardson's,
good to about ten digits. What is closed form must agree to 1e-8, what is iterated to 1e-5.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import curve_of, estimand_of, model_of, moderation_of

from coproduction.errors import StudyError
from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import cross_effect, effect, prediction
from coproduction.inference.effects.estimands import effects, row
from coproduction.inference.effects.moderation import binned_slopes, moderated, slopes
from coproduction.inference.effects.predictions import curves
from coproduction.inference.model.regression import Fit, fit

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "effects" / "reference.json").read_text("utf-8"))
FAMILY = {"binary": "binomial", "linear": "gaussian", "count": "poisson"}
TOLERANCE = {"binary": 1e-5, "linear": 1e-8, "count": 1e-5}
COMPLETE = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
USUAL = [(n, outcome) for n in (12, 60, 300) for outcome in FAMILY]
BY_GROUP = [["x", "z"], ["x", "group[2]"], ["x", "group[3]"]]


@cache
def nested(n_clusters: int) -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "regression" / f"nested_{n_clusters}.csv")
    return data.assign(
        high=(data["z"] > 0.5).astype(float), late=(data["group"] == 3).astype(float)
    )


def spec(outcome: str, predictors: list, interactions: list) -> dict:
    return {
        "id": "m",
        "outcome": outcome,
        "family": FAMILY[outcome],
        "predictors": predictors,
        "interactions": interactions,
        "cluster": "cluster",
        "covariance": "CR2",
    }


def products(outcome: str) -> dict:
    """Give the model with a product of numbers and one with a category."""
    names = [{"variable": name} for name in ("x", "z", "offered")]
    return spec(outcome, [*names, {"variable": "group", "categorical": True}], BY_GROUP)


@cache
def fitted(kind: str, outcome: str, n_clusters: int = 60) -> Fit:
    group = {"variable": "group", "categorical": True}
    x, z, high, late = ({"variable": name} for name in ("x", "z", "high", "late"))
    specs = {
        "usual": spec(outcome, [x, z, group, {"variable": "offered"}], [["x", "z"]]),
        "products": products(outcome),
        "flags": spec(outcome, [high, late, x], [["high", "late"], ["x", "high"]]),
        "square": spec(outcome, [z, x], [["z", "z"]]),
    }
    return fit(design(nested(n_clusters), model_of(specs[kind])))


def assert_complete(found, expected: dict, outcome: str) -> None:
    """Compare every number of a completed estimate."""
    assert set(COMPLETE) == set(expected)
    for column in COMPLETE:
        tolerance = TOLERANCE[outcome]
        assert found[column] == pytest.approx(expected[column], rel=tolerance, abs=1e-9), column


@pytest.mark.parametrize(("n_clusters", "outcome"), USUAL)
def test_effects_of_a_model_equal_their_definition_in_every_column(n_clusters, outcome):
    model = fitted("usual", outcome, n_clusters)
    table = effects(model).set_index("term")
    expected = REFERENCE["usual"][f"clusters_{n_clusters}"][outcome]
    assert set(table.index) == set(expected)
    for term, values in expected.items():
        assert_complete(table.loc[term], values, outcome)
    kinds = ["cross_partial" if ":" in term else "average_marginal_effect" for term in table.index]
    assert table["estimand"].tolist() == kinds
    assert table["model"].eq("m").all() and table["at"].eq("").all()
    assert table["category"].isna().all() and table["covariance"].eq("CR2").all()
    assert table["n"].eq(len(nested(n_clusters))).all()
    assert table["n_clusters"].eq(n_clusters).all()
    second = (nested(n_clusters)["group"] == 2).sum()
    assert table.loc["group[2]", "n_cell"] == min(second, len(nested(n_clusters)) - second)


AVERAGE, CROSS, DIFFERENCE = "average_marginal_effect", "cross_partial", "difference"
AT = {
    "x at z": {"kind": AVERAGE, "variable": "x", "at": {"z": 1.5}},
    "x at category": {"kind": AVERAGE, "variable": "x", "at": {"group[2]": 1}},
    "x at reference": {"kind": AVERAGE, "variable": "x", "at": {"group[2]": 0}},
    "category at x": {"kind": AVERAGE, "variable": "group[3]", "at": {"x": -1}},
    "difference": {"kind": DIFFERENCE, "variables": ["x", "z"]},
    "difference at": {"kind": DIFFERENCE, "variables": ["x", "z"], "at": {"group[2]": 1}},
    "x:category": {"kind": CROSS, "variables": ["x", "group[2]"]},
}
FLAGS = {
    "high:late": {"kind": CROSS, "variables": ["high", "late"]},
    "x:high": {"kind": CROSS, "variables": ["x", "high"]},
    "high": {"kind": AVERAGE, "variable": "high"},
}
SQUARE = {
    "z": {"kind": AVERAGE, "variable": "z"},
    "z at": {"kind": AVERAGE, "variable": "z", "at": {"z": 1}},
    "z:z": {"kind": CROSS, "variables": ["z", "z"]},
}
CASES = [
    (kind, name, estimand)
    for kind, estimands in (("products", AT), ("flags", FLAGS), ("square", SQUARE))
    for name, estimand in estimands.items()
]


@pytest.mark.parametrize("outcome", FAMILY)
@pytest.mark.parametrize(("kind", "name", "estimand"), CASES)
def test_every_kind_of_estimand_equals_its_definition(kind, name, estimand, outcome):
    found = row(fitted(kind, outcome), estimand_of(estimand))
    assert_complete(found, REFERENCE[kind][outcome][name], outcome)


def test_an_estimand_is_named_with_its_terms_and_values():
    model = fitted("products", "binary")
    found = row(
        model, estimand_of({"kind": DIFFERENCE, "variables": ["x", "z"], "at": {"group[2]": 1}})
    )
    assert (found["term"], found["at"]) == ("x - z", "group[2] = 1")
    assert row(model, estimand_of(AT["x:category"]))["term"] == "x:group[2]"


def test_a_coefficient_is_found_by_either_order_of_its_product():
    model = fitted("usual", "binary")
    one = row(model, estimand_of({"kind": "coefficient", "variable": "x:z"}))
    other = row(model, estimand_of({"kind": "coefficient", "variable": "z:x"}))
    assert one["estimate"] == other["estimate"] == model.params[("mean", "x:z")]


@pytest.mark.parametrize(
    "estimand",
    [
        {"kind": AVERAGE, "variable": "nothing"},
        {"kind": AVERAGE, "variable": "x", "at": {"nothing": 1}},
        {"kind": CROSS, "variables": ["x", "nothing"]},
        {"kind": DIFFERENCE, "variables": ["nothing", "x"]},
        {"kind": "coefficient", "variable": "nothing"},
    ],
)
def test_an_estimand_of_no_term_is_refused(estimand):
    with pytest.raises(StudyError, match=r"`m` has no .*`nothing`"):
        row(fitted("usual", "linear"), estimand_of(estimand))


@pytest.mark.parametrize("outcome", FAMILY)
@pytest.mark.parametrize("by", ["group", "z"])
def test_curves_equal_their_definition_in_every_column(outcome, by):
    table = curves(fitted("products", outcome), curve_of({"variable": "x", "by": by}))
    levels = REFERENCE["curves"][outcome][by]
    expected = pd.DataFrame([point for level in levels for point in level])
    assert len(table) == len(expected) == 63
    for column in ("value", "estimate", "std_error", "df", "conf_low", "conf_high"):
        np.testing.assert_allclose(table[column], expected[column], rtol=TOLERANCE[outcome])
    z = nested(60)["z"]
    held = [f"{round(z.mean() + step * z.std(ddof=1), 6):g}" for step in (-1, 0, 1)]
    names = ["1", "2", "3"] if by == "group" else held
    assert table["by_value"].tolist() == np.repeat(names, 21).tolist()
    assert table["by"].eq(by).all() and table["category"].isna().all()
    assert table["n_clusters"].eq(60).all() and table["covariance"].eq("CR2").all()


def test_a_curve_along_a_category_has_a_point_on_either_side():
    table = curves(fitted("flags", "binary"), curve_of({"variable": "high"}))
    assert table["value"].tolist() == [0.0, 1.0]
    assert table["by"].eq("").all()


@pytest.mark.parametrize("outcome", FAMILY)
@pytest.mark.parametrize("by", ["group", "z", "high"])
def test_slopes_in_every_cell_equal_their_definition(outcome, by):
    model = fitted("flags" if by == "high" else "products", outcome)
    rows = slopes(model, "x", by)
    expected = REFERENCE["moderation"][outcome][by]
    flat = [(cell, kind) for cell in expected for kind in ("slope", "difference") if kind in cell]
    assert [each["kind"] for each in rows] == [kind for _, kind in flat]
    for found, (cell, kind) in zip(rows, flat, strict=True):
        assert found["n_cell"] == cell["n_cell"]
        assert found["outcome_mean"] == pytest.approx(cell["outcome_mean"])
        assert_complete(found, cell[kind], outcome)


@pytest.mark.parametrize("outcome", FAMILY)
def test_binned_slopes_equal_the_binning_estimator(outcome):
    rows = binned_slopes(fitted("products", outcome), "x", "z", 3)
    assert len(rows) == 6
    for position, found in enumerate(rows):
        expected = REFERENCE["bins"][outcome][position // 2]
        assert found["kind"] == ("binned_slope", "slope_at_median")[position % 2]
        assert float(found["level"]) == pytest.approx(expected["median"], abs=1e-5)
        assert found["n_cell"] == expected["n_cell"]
        assert found["outcome_mean"] == pytest.approx(expected["outcome_mean"])
        assert_complete(found, expected[found["kind"]], outcome)


def test_a_moderator_with_too_few_values_is_not_binned():
    with pytest.raises(StudyError, match="`high` has too few values to be binned"):
        binned_slopes(fitted("flags", "binary"), "x", "high", 3)


@pytest.mark.parametrize("outcome", FAMILY)
def test_a_model_extended_by_a_moderator_is_the_model_with_its_products(outcome):
    base = spec(outcome, [{"variable": name} for name in ("x", "z", "offered")], [["x", "z"]])
    planned = {"id": "by_group", "variable": "x", "by": {"variable": "group", "categorical": True}}
    extended, by = moderated(nested(60), model_of(base), moderation_of(planned))
    assert by == "group" and extended.design.model == "by_group"
    direct = fit(design(nested(60), model_of(products(outcome)))).params
    pd.testing.assert_series_equal(extended.params[direct.index], direct, rtol=1e-8)


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_in_a_linear_model_predictions_move_along_the_slope(one, other):
    model = fitted("usual", "linear")
    moved = prediction(model, {"x": one})[0] - prediction(model, {"x": other})[0]
    assert moved == pytest.approx(effect(model, "x")[0] * (one - other), abs=1e-9)


@pytest.mark.parametrize("outcome", FAMILY)
def test_a_cross_effect_does_not_depend_on_the_order_of_its_terms(outcome):
    model = fitted("products", outcome)
    for one, other in BY_GROUP:
        value, gradient = cross_effect(model, one, other)
        turned, turned_gradient = cross_effect(model, other, one)
        assert value == pytest.approx(turned, rel=1e-10)
        np.testing.assert_allclose(gradient, turned_gradient, rtol=1e-10, atol=1e-14)
