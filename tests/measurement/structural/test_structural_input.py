"""What structural models refuse, and the rows that they leave out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.measurement.structural import PathEffect, structural

FOLDER = Path(__file__).parents[2] / "reference" / "structural"
OBSERVED = {"regressions": {"y": ["z", "x1"], "z": ["x1"]}}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "continuous.csv")


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ({"factors": {"a": ["a1", "a2", "a3"]}}, "has no `regressions`"),
        ({"regressions": {"y": ["y", "x1"]}}, "`y` is to explain itself"),
        (OBSERVED | {"covariances": [["x1", "y"]]}, "`x1` is observed and nothing explains it"),
        ({"regressions": {"y": ["nobody"]}}, "names `nobody`, which is not in the answers"),
        (
            {"regressions": {"y": ["z", "x1"], "z": ["y", "x1"]}, "covariances": [["y", "z"]]},
            "estimates 8 parameters from 6",
        ),
        (
            {
                "factors": {"a": ["a1", "a2"]},
                "method": {"m": ["a1", "a2"]},
                "regressions": {"y": ["m"]},
            },
            "`m` is a method factor",
        ),
    ],
)
def test_a_model_that_cannot_be_is_refused_in_a_sentence(model, sentence, data):
    with pytest.raises(StudyError, match=sentence):
        structural(data, model, "ML")


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        (("indirect", ("x1", "y", "z")), "no regression of `y`|from `y` to `z`"),
        (("indirect", ("x1", "c1", "y")), "names `c1`, which the structural model does not have"),
        (("total_effect", ("x1", "z", "y")), "goes from one variable to another"),
        (("path", ("x1",)), "is no path"),
        (("indirect", ("x1", "z", "x1")), "is no path"),
    ],
)
def test_an_effect_of_what_the_model_does_not_have_is_refused(effect, sentence, data):
    with pytest.raises(StudyError, match=sentence):
        structural(data, OBSERVED, "ML", effects={"one": PathEffect(*effect)})


def test_a_kind_of_effect_that_there_is_not_is_refused():
    with pytest.raises(StudyError, match="allowed"):
        PathEffect("detour", ("a", "b"))


def test_weighted_least_squares_takes_ordinal_variables_and_no_observed_predictors(data):
    with pytest.raises(StudyError, match="no observed predictors"):
        structural(data, OBSERVED, "WLSMV")
    measured = {"factors": {"a": ["a1", "a2", "a3", "a4"]}, "regressions": {"y": ["a"]}}
    with pytest.raises(StudyError, match="too many for an ordinal variable"):
        structural(data, measured, "WLSMV")


def test_effects_that_grow_round_a_circle_are_refused():
    rng = np.random.default_rng(1)
    n = 3000
    x, w = rng.normal(size=(2, n))
    paths = np.array([[0, 1.6], [1.5, 0]])
    y, z = np.linalg.solve(np.eye(2) - paths, np.array([x, w]) + 0.3 * rng.normal(size=(2, n)))
    model = {"regressions": {"y": ["z", "x"], "z": ["y", "w"]}}
    with pytest.raises(StudyError, match="grow without end"):
        structural(pd.DataFrame({"x": x, "w": w, "y": y, "z": z}), model, "ML")


def test_rows_without_a_predictor_are_left_out_and_counted(data):
    gaps = data.copy()
    gaps.loc[:9, "x1"] = np.nan
    gaps.loc[20:24, "y"] = np.nan
    full = structural(gaps, OBSERVED, "ML", missing="fiml")
    assert full.n_conditioned == 10 and full.fit["n"] == len(data) - 10
    complete = structural(gaps, OBSERVED, "ML")
    assert complete.fit["n"] == len(data) - 15


def test_what_a_predictor_is_measured_in_does_not_touch_standardised_paths(data):
    once = structural(data, OBSERVED, "MLR").regressions
    scaled = structural(data.assign(x1=10 * data["x1"] + 3), OBSERVED, "MLR").regressions
    for column in ("standardised", "standardised_std_error"):
        np.testing.assert_allclose(scaled[column], once[column], atol=1e-7)


def test_it_shows_itself(data):
    fit = structural(data, OBSERVED, "ML")
    assert "2 regressions, ML" in fit.headline
    assert list(fit.to_frame()["kind"][:3]) == ["regression"] * 3
