"""A cell of a grid with imputed answers is its model fitted to every imputed table and pooled."""

from __future__ import annotations

import pandas as pd
import pytest
from holed_answers import QUESTIONS, given_of, holed, whole
from plans import plan_of

from coproduction.inference.analysis import Analysis, analyse

MODEL = {
    **{"id": "m", "outcome": "hours", "cluster": "place", "covariance": "CR2"},
    "predictors": [{"variable": "trust"}],
    "covariates": [{"variable": "work", "categorical": True}],
}
HYPOTHESIS = {
    **{"id": "H", "family": "main", "model": "m", "direction": "positive", "smallest_effect": 0.1},
    "statement": {"en": "Those who trust serve longer."},
    "unit": {"en": "hours"},
    "estimand": {"kind": "average_marginal_effect", "variable": "trust"},
}
WORDS = {"label": {"en": "Other"}, "reason": {"en": "As good."}}
GRID = {
    **{"id": "g", "label": {"en": "Grid"}, "hypotheses": ["H"]},
    "dimensions": {
        "missing": [{"id": "complete", "missing": "complete", **WORDS}],
        "covariates": [{"id": "none", "without": ["work"], **WORDS}],
    },
}
PLAN = {
    "missing": {"imputations": 4, "iterations": 3},
    "flagged_rows": {"leave_out": "none"},
    "families": [{"id": "main", "label": {"en": "Main"}, "method": "holm", "level": 0.05}],
    "hypotheses": [HYPOTHESIS],
}


@pytest.fixture(scope="module")
def analysed(parse) -> Analysis:
    """A plan whose grid has a cell that is another of its models besides."""
    other = {**MODEL, "id": "other", "role": "robustness", "covariates": []}
    table, answers = given_of(holed(whole(500)), parse(QUESTIONS))
    plan = plan_of({**PLAN, "models": [MODEL, other], "grids": [GRID]})
    return analyse(table, plan, 7, answers=answers)


def cell(analysed: Analysis, **choices: str) -> pd.Series:
    table = analysed.grid
    chosen = (table[list(choices)] == pd.Series(choices)).all(axis=1)
    (found,) = table[chosen].to_dict("records")
    return pd.Series(found)


@pytest.mark.parametrize(("covariates", "model"), [("primary", "m"), ("none", "other")])
def test_it_equals_the_pooled_effect_of_its_model(analysed, covariates, model):
    found = cell(analysed, missing="primary", covariates=covariates)
    effects = analysed.effects.query("model == @model and term == 'trust'")
    (expected,) = effects[effects["estimand"].eq("average_marginal_effect")].to_dict("records")
    assert found["n_imputations"] == expected["n_imputations"] == 4
    assert found["effect"] == pytest.approx(expected["estimate"], rel=1e-9)
    # The unit of a cell is the outcome's standard deviation, in which errors are told.
    assert found["std_error"] * found["outcome_sd"] == pytest.approx(
        expected["std_error"], rel=1e-9
    )
    assert found["df"] == pytest.approx(expected["df"], rel=1e-6)
    assert found["n"] == expected["n"]


def test_a_cell_of_complete_cases_counts_once_and_rests_on_fewer(analysed):
    complete = cell(analysed, missing="complete", covariates="primary")
    assert pd.isna(complete["n_imputations"])
    assert complete["n"] < cell(analysed, missing="primary", covariates="primary")["n"]
