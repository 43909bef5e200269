"""Models that ask for the weights of the study beside models that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse, verdicts_of
from coproduction.inference.data.tables import all_tables
from coproduction.rows import Rows, stages_of
from coproduction.rows.design import Design
from coproduction.rows.membership import membership

RNG = np.random.default_rng(8)
N = 600
PLACE = np.arange(N) % 30
MEMBER = RNG.random(N) < np.where(PLACE % 2, 0.7, 0.3)
PEOPLE = pd.DataFrame(
    {
        "place": PLACE,
        "company": PLACE % 2 * 1.0,
        "x": RNG.normal(size=N),
        "took": (RNG.random(N) < np.where(MEMBER, 0.8, 0.3)) * 1.0,
    }
)
WEIGHT = np.where(MEMBER, 10.0, 40.0)
STAGES = stages_of([membership(PEOPLE["place"])], [membership(PEOPLE["company"])])
SAMPLE = Rows(PEOPLE.index, weight=WEIGHT, design=Design(np.arange(N), WEIGHT, STAGES))
CONTRAST = {
    "outcome": "took",
    "family": "binomial",
    "predictors": [{"variable": "company"}, {"variable": "x", "standardise": True}],
    "cluster": "place",
}
MODELS = [
    {**CONTRAST, "id": "plain", "covariance": "CR2"},
    {**CONTRAST, "id": "weighted", "covariance": "CR2", "weights": "study"},
    {**CONTRAST, "id": "stratified", "covariance": "design", "weights": "study"},
    {
        **{"id": "rates", "level": "communities", "outcome": "rate", "family": "gaussian"},
        **{"predictors": [{"variable": "company"}], "covariance": "HC3", "weights": "study"},
    },
    {
        **{"id": "plain_rates", "level": "communities", "outcome": "rate", "family": "gaussian"},
        **{"predictors": [{"variable": "company"}], "covariance": "HC3"},
    },
]
ESTIMAND = {"kind": "average_marginal_effect", "variable": "company"}
PLAN = plan_of(
    {
        "models": MODELS,
        "communities": {
            "cluster": "place",
            "key": "code",
            "minimum_respondents": 2,
            "summaries": [{"id": "rate", "variable": "took", "statistic": "mean"}],
        },
        "families": [{"id": "all"}],
        "hypotheses": [
            {"id": f"H_{each['id']}", "model": each["id"], "estimand": ESTIMAND}
            | {"smallest_effect": 0.05}
            for each in MODELS
        ],
    }
)
SHEETS = pd.DataFrame({"code": np.arange(30), "sheet": 1.0})


@pytest.fixture(scope="module")
def found():
    return analyse(PEOPLE, PLAN, 1, SHEETS, sample=SAMPLE)


def of(table: pd.DataFrame, name: str) -> pd.Series:
    return table.set_index("model").loc[name]


def test_every_table_says_which_models_are_weighted(found):
    asked = {"plain": "none", "plain_rates": "none"}
    for table in (found.models, found.effects, found.verdicts):
        for model, said in zip(table["model"], table["weights"], strict=True):
            assert said == asked.get(model, "study")


def test_sums_of_weights_and_effective_numbers_stand_beside_weighted_models(found):
    row = of(found.models, "weighted")
    effective = WEIGHT.sum() ** 2 / (WEIGHT**2).sum()
    assert row["sum_of_weights"] == pytest.approx(WEIGHT.sum())
    assert row["effective_n"] == pytest.approx(effective)
    assert row["design_effect"] == pytest.approx(N / effective)
    alone = of(found.models, "plain")[["sum_of_weights", "effective_n", "design_effect"]]
    assert alone.isna().all()


def test_weights_move_a_contrast_that_selection_made(found):
    gap = {
        company: np.average(part["took"], weights=WEIGHT[part.index])
        for company, part in PEOPLE.groupby("company")
    }
    plain, weighted = (of(found.verdicts, name)["estimate"] for name in ("plain_rates", "rates"))
    rates = pd.Series(WEIGHT * PEOPLE["took"]).groupby(PLACE).sum()
    rates = rates / pd.Series(WEIGHT).groupby(PLACE).sum()
    assert weighted == pytest.approx(rates[1::2].mean() - rates[::2].mean(), rel=1e-9)
    assert plain > weighted + 0.03
    assert of(found.verdicts, "weighted")["estimate"] == pytest.approx(gap[1] - gap[0], abs=0.02)


def test_strata_count_in_errors_of_the_design(found):
    one, other = (of(found.verdicts, name) for name in ("weighted", "stratified"))
    assert one["estimate"] == pytest.approx(other["estimate"], rel=1e-9)
    # Thirty primary units less two strata less two coefficients beside the intercept.
    assert other["df"] == 26 and one["df"] != 26


def test_models_without_weights_are_what_they_are_in_a_study_without_any(found):
    alone = plan_of(
        {"models": [MODELS[0]], "families": [{"id": "all"}]}
        | {"hypotheses": [{"id": "H", "model": "plain", "estimand": ESTIMAND}]}
    )
    row = verdicts_of(PEOPLE, alone, 1).iloc[0]
    names = ["estimate", "std_error", "df", "p_value", "n"]
    pd.testing.assert_series_equal(
        row[names], of(found.verdicts, "plain")[names], check_names=False
    )


def test_a_study_without_weights_is_told_so_of_each_model_that_asks_for_them():
    told = verdicts_of(PEOPLE, PLAN, 1, SHEETS).set_index("model")
    for name in ("weighted", "stratified", "rates"):
        assert told.loc[name, "verdict"] == "not_estimable"
        assert "model_without_weights" in told.loc[name, "reason"]
    assert told.loc["plain", "estimate"] == told.loc["plain", "estimate"]


def test_rows_that_are_left_out_take_their_weights_with_them():
    table = PEOPLE.assign(x=PEOPLE["x"].mask(PEOPLE.index % 7 == 0))
    tables = all_tables(table, replace(PLAN, hypotheses=()), SHEETS, sample=SAMPLE)
    model = PLAN.by_name["weighted"]
    _, rows = tables.of(model)
    np.testing.assert_array_equal(rows.weight, WEIGHT)
    assert rows.design is None
