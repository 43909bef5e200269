"""What goes with weights in a plan, and what a study without weights is told."""

from __future__ import annotations

import pytest
from plans import model_of, plan_of

from coproduction.plan.check import NO_WEIGHTS_THERE, without_weights
from coproduction.plan.models.outcome_families import of_model

MODEL = {
    "id": "m",
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "x"}],
    "cluster": "place",
    "covariance": "CR2",
}


def problems(**changes) -> list[tuple]:
    return list(of_model(("models", 0), model_of(MODEL | changes), lambda *path: False))


@pytest.mark.parametrize("covariance", ["CR2", "CR1", "HC1", "HC2", "HC3", "design"])
def test_weights_go_with_every_robust_standard_error(covariance):
    assert problems(weights="study", covariance=covariance) == []


def test_rows_count_alike_unless_a_model_says_otherwise():
    assert model_of(MODEL).weights == "none"


@pytest.mark.parametrize(
    ("changes", "key", "told"),
    [
        ({"covariance": "design"}, "covariance", "needs a model of respondents with `weights"),
        (
            {"covariance": "design", "weights": "study", "level": "communities"},
            "covariance",
            "needs a model of respondents",
        ),
        ({"covariance": "classical", "weights": "study"}, "covariance", "choose CR2, CR1"),
        (
            {"covariance": "classical", "weights": "study", "random": "intercept"},
            "weights",
            "takes no weights",
        ),
    ],
)
def test_what_does_not_go_together_is_told_with_its_place(changes, key, told):
    ((path, sentence),) = problems(**changes)
    assert path == ("models", 0, key) and told in sentence


def test_weights_that_the_study_lacks_are_told_with_their_place():
    plan = plan_of({"models": [MODEL, MODEL | {"id": "n", "weights": "study"}]})
    assert list(without_weights(plan)) == [(("models", 1, "weights"), NO_WEIGHTS_THERE)]
