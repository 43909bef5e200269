"""Surfaces against averaged predictions of R; see tests/reference/surface.

The counts are exact. Maxima are iterated to 1e-10 on both sides, hence the tolerance of estimates.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import curve_of, model_of

from coproduction.inference.data.design import design
from coproduction.inference.effects.effects import cross_effect, effect
from coproduction.inference.effects.surface import COLUMNS, has_surface, surface
from coproduction.inference.model.regression import Fit, fit

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "surface" / "reference.json").read_text("utf-8"))
FAMILY = {"binary": "binomial", "linear": "gaussian", "count": "poisson"}
SHOWN = [21 * one + other for one in range(0, 21, 5) for other in range(0, 21, 5)]
CURVE = {"variable": "x", "by": "z"}


def nested() -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "regression" / "nested_60.csv")
    return data.assign(rating=data["count"].clip(upper=3), high=(data["z"] > 0.5) * 1.0)


def fitted(outcome: str = "binary", family: str = "", covariance: str = "CR2", **changes) -> Fit:
    spec = {
        "id": "m",
        "outcome": outcome,
        "family": family or FAMILY[outcome],
        "predictors": [
            {"variable": "x"},
            {"variable": "z"},
            {"variable": "group", "categorical": True},
            {"variable": "offered"},
        ],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": covariance,
    }
    return fit(design(nested(), model_of({**spec, **changes})))


@pytest.mark.parametrize("outcome", FAMILY)
@pytest.mark.parametrize("covariance", ["classical", "CR2"])
def test_a_surface_equals_averaged_predictions_of_r_in_every_column(outcome, covariance):
    table = surface(fitted(outcome, covariance=covariance), curve_of(CURVE))
    assert list(table) == list(COLUMNS) and len(table) == 21 * 21
    expected = pd.DataFrame([row | row[covariance] for row in REFERENCE[outcome]])
    found = table.iloc[SHOWN]
    for column in ("n_near", "n_value", "n_by_value"):
        assert found[column].tolist() == expected[column].tolist(), column
    for column in ("value", "by_value", "estimate", "std_error", "df", "conf_low", "conf_high"):
        known = expected[column].astype(float)
        np.testing.assert_allclose(found[column], known, rtol=1e-6, err_msg=column)
    assert table[["model", "term", "by"]].eq(["m", "x", "z"]).all(axis=None)
    assert table["category"].isna().all() and table["limit"].eq(5).all()
    assert table["n"].eq(len(nested())).all() and table["n_clusters"].eq(60).all()
    assert table["covariance"].eq(covariance).all()


def test_a_point_is_the_mean_of_what_everyone_is_predicted_there():
    model = fitted()
    row = surface(model, curve_of(CURVE)).iloc[137]
    b, data = model.params["mean"], nested()
    linear = b["intercept"] + b["x"] * row["value"] + b["z"] * row["by_value"]
    linear += b["x:z"] * row["value"] * row["by_value"] + b["offered"] * data["offered"]
    linear += data["group"].map({1: 0.0, 2: b["group[2]"], 3: b["group[3]"]})
    assert row["estimate"] == pytest.approx((1 / (1 + np.exp(-linear))).mean(), rel=1e-12)


def test_on_the_identity_link_a_surface_is_the_slopes_and_their_product():
    model = fitted("linear")
    grid = surface(model, curve_of(CURVE)).pivot(
        index="value", columns="by_value", values="estimate"
    )
    cross = grid.diff().diff(axis=1).iloc[1:, 1:]
    steps = np.outer(np.diff(grid.index), np.diff(grid.columns))
    np.testing.assert_allclose(cross / steps, cross_effect(model, "x", "z")[0], rtol=1e-6)
    middle = effect(model, "x", {"z": grid.columns[10]})[0]
    np.testing.assert_allclose(grid.iloc[:, 10].diff()[1:] / np.diff(grid.index), middle)


def test_everyone_is_counted_once_on_either_axis():
    table = surface(fitted(), curve_of(CURVE))
    for value, size in (("value", "n_value"), ("by_value", "n_by_value")):
        axis = table.groupby(value)[size]
        assert axis.nunique().eq(1).all()
        assert axis.first().sum() == len(nested())


def test_of_an_ordered_outcome_the_highest_category_is_predicted():
    table = surface(fitted("rating", "ordinal", "CR1"), curve_of(CURVE))
    assert table["category"].eq(3).all()
    assert table["conf_low"].gt(0).all() and table["conf_high"].lt(1).all()


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"variable": "x", "by": "z"}, True),
        ({"variable": "x"}, False),
        ({"variable": "x", "by": "x"}, False),
        ({"variable": "x", "by": "group"}, False),
        ({"variable": "x", "by": "group[2]"}, False),
        ({"variable": "x", "by": "high"}, False),
        ({"variable": "w", "by": "z"}, False),
    ],
)
def test_only_two_numeric_terms_of_the_model_have_a_surface(curve, expected):
    further = {"variable": "high"}
    model = fitted(predictors=[*_entries(), further])
    assert has_surface(model.design, curve_of(curve)) is expected


def _entries() -> list[dict]:
    names = [{"variable": name} for name in ("x", "z", "offered")]
    return [*names, {"variable": "group", "categorical": True}]
