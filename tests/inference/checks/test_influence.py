"""Of many clusters a step tells which move an estimate most, and only these are refitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import hypotheses_of, model_of

from coproduction.inference.checks import influence
from coproduction.inference.checks.diagnostics import diagnostics
from coproduction.inference.checks.influence import leave_one_out
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, fit

HYPOTHESIS = {
    "id": "H",
    "statement": {"en": "x goes with y."},
    "family": "main",
    "model": "m",
    "estimand": {"kind": "average_marginal_effect", "variable": "x"},
    "direction": "positive",
    "smallest_effect": 0.01,
    "unit": {"en": "points"},
}
ENDS = ["without_cluster_lowest", "without_cluster_highest"]


def people(clusters: int, of_each: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    place = np.repeat(np.arange(clusters), of_each)
    x, level = rng.normal(size=len(place)), rng.normal(size=clusters)[place]
    chance = 1 / (1 + np.exp(-(0.5 * x + 0.6 * level * x - 0.3)))
    table = pd.DataFrame({"place": place, "x": x, "z": rng.normal(size=len(place)) + level})
    return table.assign(yes=(rng.random(len(place)) < chance) * 1.0, amount=x * level + level)


def fitted(table: pd.DataFrame, family: str) -> Fit:
    outcome = "yes" if family == "binomial" else "amount"
    told = {"id": "m", "outcome": outcome, "family": family, "cluster": "place"}
    predictors = [{"variable": "x"}, {"variable": "z"}]
    return fit(design(table, model_of({**told, "covariance": "CR1", "predictors": predictors})))


def without_each(table: pd.DataFrame, family: str) -> list[pd.Series]:
    return [fitted(table[table["place"] != place], family).params for place in range(240)]


def test_a_step_is_exact_for_linear_models():
    table = people(240)
    model = fitted(table, "gaussian")
    expected = np.array(without_each(table, "gaussian"))
    np.testing.assert_allclose(leave_one_out(model).params, expected, atol=1e-10)


def test_a_step_of_a_logit_is_near_what_refitting_gives():
    table = people(240)
    model = fitted(table, "binomial")
    exact = np.array(without_each(table, "binomial")) - model.params.to_numpy()
    step = leave_one_out(model).params - model.params.to_numpy()
    assert np.abs(step - exact).max() < 0.02 * np.abs(exact).max()


def test_the_clusters_that_are_named_are_those_of_refitting_every_one(monkeypatch):
    model, planned = fitted(people(240), "binomial"), hypotheses_of([HYPOTHESIS])
    stepped = diagnostics(model, planned).set_index("check").loc[ENDS, ["cluster", "value"]]
    monkeypatch.setattr(influence, "MOST_REFITTED", 1_000)
    every = diagnostics(model, planned).set_index("check").loc[ENDS, ["cluster", "value"]]
    pd.testing.assert_frame_equal(stepped, every)


def test_refits_do_not_grow_with_the_clusters(monkeypatch):
    calls = []
    refit = influence.fit_glm
    monkeypatch.setattr(influence, "fit_glm", lambda *a, **b: calls.append(a) or refit(*a, **b))
    for clusters in (240, 480):
        diagnostics(fitted(people(clusters), "binomial"), hypotheses_of([HYPOTHESIS]))
    assert len(calls) == 2 * 2 * influence.EITHER_END


def test_a_cluster_whose_absence_leaves_no_model_has_no_fit():
    table = people(240).assign(z=lambda d: (d["place"] == 3) * d["z"])
    lost = np.isnan(leave_one_out(fitted(table, "binomial")).params).all(axis=1)
    assert np.flatnonzero(lost).tolist() == [3]


@pytest.mark.parametrize("family", ["negative_binomial", "ordinal"])
def test_other_families_are_judged_at_either_end_alone(family, monkeypatch):
    rng, table = np.random.default_rng(9), people(240)
    counts = rng.poisson(rng.gamma(0.8, np.exp(0.4 * table["x"]) / 0.8))
    table = table.assign(amount=np.minimum(counts, 3) if family == "ordinal" else counts)
    model = fitted(table, family)
    one = dict(HYPOTHESIS, estimand={**HYPOTHESIS["estimand"], "category": 3})
    planned = hypotheses_of([one if family == "ordinal" else HYPOTHESIS])
    stepped = diagnostics(model, planned).set_index("check").loc[ENDS, ["cluster", "value"]]
    monkeypatch.setattr(influence, "MOST_REFITTED", 1_000)
    every = diagnostics(model, planned).set_index("check").loc[ENDS, ["cluster", "value"]]
    pd.testing.assert_frame_equal(stepped, every)
