"""Predictors split by cluster, against truths and against R; see tests/reference/split."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import model_of

from coproduction.errors import Refusal
from coproduction.inference.checks.diagnostics import diagnostics
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, coefficients, fit
from coproduction.notes import read

FOLDER = Path(__file__).parents[2] / "reference" / "split"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
WITHIN = {"variable": "x", "split": "within_cluster"}
OTHERS = {"variable": "x", "split": "own_and_others"}


def spec(outcome: str, entry: dict, family: str = "gaussian", **changes) -> dict:
    return {
        **{"id": "m", "outcome": outcome, "family": family, "predictors": [entry]},
        **{"cluster": "place", "covariance": "CR2", **changes},
    }


def people(n_clusters: int = 30, seed: int = 1) -> pd.DataFrame:
    """Clusters of one to nine people, whose x differs within and between them."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(n_clusters), 1 + np.arange(n_clusters) % 9)
    x = rng.normal(size=len(place)) + rng.normal(size=n_clusters)[place]
    data = pd.DataFrame({"place": place.astype(str), "x": x})
    groups = data.groupby("place")["x"]
    data["mean"] = groups.transform("mean")
    size = groups.transform("size")
    data["others"] = ((data["mean"] * size - x) / (size - 1)).where(size > 1)
    return data


def residual(data: pd.DataFrame, seed: int = 1) -> np.ndarray:
    """What is left of an outcome that is nearly a function of predictors."""
    return np.random.default_rng(seed).normal(size=len(data)) * 1e-5


def slopes(data: pd.DataFrame, planned: dict) -> dict[str, float]:
    params = fit(design(data, model_of(planned))).params
    return dict(zip(params.index.get_level_values("term"), params, strict=True))


@given(st.floats(-3, 3), st.floats(-3, 3), st.integers(0, 50))
def test_effects_within_and_between_clusters_of_unequal_size_are_recovered(within, between, seed):
    data = people(seed=seed)
    data["y"] = within * (data["x"] - data["mean"]) + between * data["mean"] + residual(data, seed)
    found = slopes(data, spec("y", WITHIN))
    assert found["x_within"] == pytest.approx(within, abs=1e-4)
    assert found["x_mean"] == pytest.approx(between, abs=1e-4)


def test_who_lacks_the_outcome_still_counts_for_the_mean_and_so_does_who_is_not_selected():
    data = people()
    data["y"] = 1.0 * (data["x"] - data["mean"]) + 3.0 * data["mean"] + residual(data)
    data["chosen"] = (np.arange(len(data)) % 3 > 0) * 1.0
    data.loc[np.arange(len(data)) % 5 == 0, "y"] = np.nan
    found = slopes(data, spec("y", WITHIN, subset="chosen == 1", covariance="CR1"))
    assert found["x_within"] == pytest.approx(1, abs=1e-4)
    assert found["x_mean"] == pytest.approx(3, abs=1e-4)


def test_beside_the_own_value_stands_the_effect_of_the_others():
    data = people()
    data["y"] = 0.7 * data["x"] + 1.2 * data["others"] + residual(data)
    found = slopes(data, spec("y", OTHERS, covariance="CR1"))
    assert (found["x"], found["x_others"]) == (
        pytest.approx(0.7, abs=1e-4),
        pytest.approx(1.2, abs=1e-4),
    )


def test_effects_within_and_between_are_recovered_in_a_logit():
    data = people(n_clusters=6000, seed=4)
    chance = 1 / (1 + np.exp(-(0.8 * (data["x"] - data["mean"]) - 0.5 * data["mean"])))
    rng = np.random.default_rng(5)
    data["y"] = (rng.random(len(data)) < chance) * 1.0
    data.loc[rng.random(len(data)) < 0.3, "y"] = np.nan
    table = coefficients(
        fit(design(data, model_of(spec("y", WITHIN, "binomial", covariance="CR1"))))
    )
    table = table.set_index("term")
    for term, truth in (("x_within", 0.8), ("x_mean", -0.5)):
        assert table.loc[term, "std_error"] < 0.025
        assert abs(table.loc[term, "estimate"] - truth) < 4 * table.loc[term, "std_error"]


CASES = {
    "linear": spec("y", {**WITHIN, "standardise": True}),
    "logit": spec("served", {**WITHIN, "standardise": True}, "binomial"),
    "linear_women": spec("y", {**WITHIN, "standardise": True}, subset="sex == 1"),
    "own_and_others": spec("spread", {**OTHERS, "standardise": True}),
    "two_level": spec("y", WITHIN, covariance="classical", random="intercept"),
}


def reference_fit(name: str) -> Fit:
    return fit(design(pd.read_csv(FOLDER / "data.csv"), model_of(CASES[name])))


@pytest.mark.parametrize("name", CASES)
def test_coefficients_and_their_errors_are_those_of_r(name):
    fitted, expected = reference_fit(name), REFERENCE[name]
    tolerance = 1e-5 if name == "two_level" else 1e-7
    table = coefficients(fitted)
    assert fitted.n == expected["n"]
    for column in ("estimate", "std_error", "df"):
        if column in expected:
            np.testing.assert_allclose(table[column], expected[column], rtol=tolerance)


def test_who_is_alone_has_no_others_and_is_left_out_with_a_note():
    data = people()
    data["y"] = data["x"] + np.arange(len(data)) % 7
    made = design(data, model_of(spec("y", OTHERS)))
    alone = int((data.groupby("place")["x"].transform("size") == 1).sum())
    assert made.dropped.to_dict("records") == [
        {"reason": "alone_in_cluster", "variable": "x_others", "n": alone}
    ]
    assert len(made.outcome) == len(data) - alone
    row = diagnostics(fit(made)).set_index("check").loc["alone_in_cluster"]
    (note,) = read(row["warning"])
    assert (note.code, note.values) == ("alone_in_cluster", {"term": "x_others", "n": alone})


def test_who_is_alone_keeps_a_deviation_of_zero():
    data = people()
    data["y"] = data["x"] + np.arange(len(data)) % 7
    made = design(data, model_of(spec("y", WITHIN)))
    alone = data.groupby("place")["x"].transform("size") == 1
    assert made.dropped.empty and (made.matrix.loc[alone, "x_within"] == 0).all()
    np.testing.assert_array_equal(made.matrix.loc[alone, "x_mean"], data.loc[alone, "x"])


def test_others_without_a_value_are_no_others():
    data = people()
    data["y"] = data["x"] + np.arange(len(data)) % 7
    pair = data["place"].eq("1")
    data.loc[data.index[pair][0], "x"] = np.nan
    kept = design(data, model_of(spec("y", OTHERS))).matrix.index
    assert not set(kept) & set(data.index[pair])


@pytest.mark.parametrize(
    ("values", "entry", "code"),
    [
        ("mean", WITHIN, "split_without_within"),
        ("deviation", {**WITHIN, "standardise": True}, "split_without_mean"),
        ("alone", OTHERS, "model_all_alone"),
    ],
)
def test_a_variable_without_one_of_the_parts_is_refused(values, entry, code):
    data = people()
    data["y"] = data["x"] + np.arange(len(data)) % 7
    if values == "alone":
        data["place"] = np.arange(len(data)).astype(str)
    else:
        deviation = data["x"] - data["mean"]
        data["x"] = data["mean"] * 1.1 if values == "mean" else deviation
    with pytest.raises(Refusal) as refused:
        design(data, model_of(spec("y", entry)))
    assert refused.value.note.code == code


def test_a_part_that_has_the_name_of_another_variable_is_refused():
    data = people().rename(columns={"mean": "x_mean"})
    data["y"] = data["x"] + np.arange(len(data)) % 7
    data["x_mean"] = data["x_mean"] ** 2
    planned = spec("y", WITHIN)
    planned["predictors"] = [WITHIN, {"variable": "x_mean"}]
    with pytest.raises(Refusal, match="`x_mean`") as refused:
        design(data, model_of(planned))
    assert refused.value.note.code == "term_twice"
