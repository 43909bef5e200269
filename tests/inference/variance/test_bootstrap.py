"""The wild cluster bootstrap against every draw refitted from scratch; see tests/reference."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import estimand_of, model_of

from coproduction.errors import StudyError
from coproduction.inference.data.design import design
from coproduction.inference.effects.estimands import value_of
from coproduction.inference.model.regression import Fit, fit
from coproduction.inference.variance import bootstrap as module
from coproduction.inference.variance.bootstrap import bootstrap, draw_weights, statistics

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "bootstrap" / "reference.json").read_text("utf-8"))
# R's expand.grid varies its first column fastest.
EVERY = np.array([draw[::-1] for draw in product((-1.0, 1.0), repeat=8)])
CASES = {
    "coefficient": ("linear", {"kind": "average_marginal_effect", "variable": "x"}),
    "difference": ("linear", {"kind": "difference", "variables": ["x", "z"]}),
    "score": ("binary", {"kind": "coefficient", "variable": "x"}),
}


def fitted(outcome: str, n_clusters: int = 8, family: str = "", covariance: str = "CR2") -> Fit:
    data = pd.read_csv(FOLDER / "regression" / "nested_60.csv")
    if n_clusters <= 12:
        data = pd.read_csv(FOLDER / "regression" / "nested_12.csv")
    spec = {
        "id": "m",
        "outcome": outcome,
        "family": family or {"linear": "gaussian", "binary": "binomial"}[outcome],
        "predictors": [{"variable": "x"}, {"variable": "z"}],
        "cluster": "cluster",
        "covariance": covariance,
    }
    return fit(design(data[data["cluster"] < n_clusters], model_of(spec)))


@pytest.mark.parametrize("name", CASES)
def test_the_statistic_of_every_draw_equals_that_of_the_refitted_sample(name):
    outcome, estimand = CASES[name]
    model = fitted(outcome)
    own, drawn = statistics(model, *value_of(model, estimand_of(estimand)), EVERY)
    expected = REFERENCE[name]
    assert own == pytest.approx(expected["own"], rel=1e-8)
    np.testing.assert_allclose(drawn, expected["t"], rtol=1e-7, atol=1e-9)
    share = (np.abs(drawn) >= abs(own) * (1 - 1e-10)).mean()
    assert share == expected["p"]


@pytest.mark.parametrize("name", CASES)
def test_drawn_p_values_are_those_of_all_draws_within_monte_carlo_error(name, monkeypatch):
    monkeypatch.setattr(module, "FEW_CLUSTERS", 0)
    outcome, estimand = CASES[name]
    model = fitted(outcome)
    found = bootstrap(
        model, *value_of(model, estimand_of(estimand)), 4999, np.random.default_rng(5)
    )
    exact = REFERENCE[name]["p"]
    assert found.weights == "rademacher" and found.draws == 4999
    assert found.p_value == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4999))
    assert found.statistic == pytest.approx(REFERENCE[name]["own"], rel=1e-8)
    assert found.method == ("score_bootstrap" if name == "score" else "wild_cluster_bootstrap")


def test_the_p_value_counts_the_data_among_the_draws():
    model = fitted("linear")
    value, gradient = value_of(model, estimand_of(CASES["coefficient"][1]))
    weights = draw_weights("webb", 99, 8, np.random.default_rng(3))
    own, drawn = statistics(model, value, gradient, weights)
    found = bootstrap(model, value, gradient, 99, np.random.default_rng(3))
    assert found.weights == "webb"
    assert found.p_value == (1 + (np.abs(drawn) >= abs(own)).sum()) / 100


@pytest.mark.parametrize(("n_clusters", "weights"), [(12, "webb"), (13, "rademacher")])
def test_few_clusters_get_the_weights_of_six_points(n_clusters, weights):
    model = fitted("linear", n_clusters)
    found = bootstrap(
        model, *value_of(model, estimand_of(CASES["coefficient"][1])), 9, np.random.default_rng(1)
    )
    assert found.weights == weights


@pytest.mark.parametrize(("kind", "size"), [("rademacher", 2), ("webb", 6)])
def test_weights_have_mean_zero_and_variance_one(kind, size):
    drawn = draw_weights(kind, 4000, 10, np.random.default_rng(2))
    points = np.unique(drawn)
    assert len(points) == size
    assert points.mean() == pytest.approx(0) and (points**2).mean() == pytest.approx(1)
    assert abs(drawn.mean()) < 4 / np.sqrt(drawn.size)


def test_equal_seeds_give_equal_p_values():
    model = fitted("linear")
    given = (*value_of(model, estimand_of(CASES["coefficient"][1])), 199)
    one, other = (bootstrap(model, *given, np.random.default_rng(4)) for _ in range(2))
    assert one == other


def test_a_model_without_a_linear_mean_is_refused():
    model = fitted("count", 60, "negative_binomial", "CR1")
    with pytest.raises(StudyError, match="`m`: the bootstrap needs"):
        bootstrap(
            model, *value_of(model, estimand_of(CASES["score"][1])), 9, np.random.default_rng(1)
        )
