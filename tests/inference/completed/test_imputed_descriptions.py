"""Means of groups of imputed answers: pooled over every imputed table, and when they are not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from holed_answers import DONT_KNOW, ITEMS, QUESTIONS, given_of, holed, whole
from plans import plan_of

from coproduction.cleaning.scoring import analysis_table
from coproduction.inference.analysis import analyse
from coproduction.inference.completed.analysis import Imputations, imputations
from coproduction.inference.completed.completed import Completed
from coproduction.inference.completed.described import pooled_means
from coproduction.inference.completed.items import Answers
from coproduction.inference.data.tables import all_tables
from coproduction.inference.descriptions import MEAN_COLUMNS
from coproduction.missing.imputation import Imputed
from coproduction.missing.problem import Target
from coproduction.missing.tidy import ADDED
from coproduction.notes import read
from coproduction.plan.plan import Plan

TRUST_BY_WORK = {"id": "d", "outcome": "trust", "by": "work", "cluster": "place"}


@pytest.fixture(scope="module")
def instrument(parse):
    return parse(QUESTIONS)


@pytest.fixture(scope="module")
def given(instrument) -> tuple[pd.DataFrame, Answers]:
    return given_of(holed(whole(600)), instrument)


def planned(*descriptions: dict, model: dict | None = None, **changes: object) -> Plan:
    base = {
        **{"id": "m", "outcome": "hours", "cluster": "place", "covariance": "CR2"},
        "predictors": [{"variable": "trust"}, {"variable": "work", "categorical": True}],
    }
    content = {
        "missing": {"imputations": 4, "iterations": 3},
        "models": [base | (model or {})],
        "descriptions": list(descriptions) or [TRUST_BY_WORK],
        "flagged_rows": {"leave_out": "none"},
    }
    return plan_of(content | changes)


def means(given, plan: Plan, **options: int) -> pd.DataFrame:
    return analyse(given[0], plan, 7, answers=given[1], **options).group_means


def complete_cases(given, plan: Plan) -> pd.DataFrame:
    return analyse(given[0], replace(plan, missing=None), 7).group_means


def codes(table: pd.DataFrame) -> list[str]:
    return [note.code for cell in table["reason"].unique() for note in read(cell)]


@pytest.fixture(scope="module")
def reference(root):
    return json.loads((root / "tests/reference/descriptions/reference.json").read_text("utf-8"))


def made_of(imputed: list[dict], table: pd.DataFrame, instrument, plan: Plan) -> Imputations:
    """Make imputed tables of values that are given."""
    filled = table.fillna(DONT_KNOW).assign(
        submission=[f"r{row}" for row in range(len(table))], hours=0, street=1, agreed=0, party=-77
    )
    scores, answers = given_of(filled, instrument)
    items = tuple(
        Target(name, scores[name].to_numpy(float), scores[name].isna().to_numpy()) for name in ITEMS
    )
    values = tuple({name: np.array(each[name], float) for name in ITEMS} for each in imputed)
    nothing = pd.DataFrame()
    made = Completed(
        scores, answers, np.arange(len(table)), items, {}, Imputed(values, nothing, nothing)
    )
    return Imputations(all_tables(scores, plan, None), scores, None, made, frozenset({"m"}))


@pytest.mark.parametrize("kind", ["clustered", "plain"])
def test_means_of_the_tables_of_mice_are_pooled_as_mice_pools_them(reference, instrument, kind):
    """Errors and degrees of freedom of each table are those of clubSandwich and of sandwich."""
    description = {key: value for key, value in TRUST_BY_WORK.items() if key != "cluster"}
    plan = planned(TRUST_BY_WORK if kind == "clustered" else description)
    data = pd.DataFrame(reference["data"], dtype=float)
    table = data.assign(place=data["place"].astype(int).astype(str))
    found = pooled_means(made_of(reference["imputed"], table, instrument, plan))["d"]
    expected = pd.DataFrame(reference[kind])
    assert found["level"].tolist() == expected["level"].tolist()
    for name in ("estimate", "std_error", "df", "fmi", "mc_error", "conf_low", "conf_high"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, err_msg=name)
    assert found["n_cell"].tolist() == expected["n_cell"].round().tolist()
    assert found["n_imputations"].tolist() == [5, 5, 5]


def test_pooled_means_are_near_those_of_everybody_and_complete_cases_are_not(instrument):
    """Whoever trusts little leaves out more, so that complete cases trust too much."""
    everybody = whole(6000)
    plan = planned()
    truth = analysis_table(everybody, instrument).groupby("work")["trust"].mean()
    given = given_of(holed(everybody), instrument)
    found, complete = means(given, plan), complete_cases(given, plan)
    assert (np.abs(found["estimate"] - truth.to_numpy()) < 0.05).all()
    assert (complete["estimate"] - truth.to_numpy() > 0.05).all()
    assert found["n"].tolist() == [6000] * 3 and (complete["n"] < 5000).all()
    assert found["fmi"].between(0.01, 0.5).all()


def test_without_imputation_nothing_changes_but_empty_columns(given):
    plan = planned()
    table = complete_cases(given, plan)
    assert tuple(table.columns) == MEAN_COLUMNS and table[ADDED].isna().all(axis=None)
    assert means(given, plan)[ADDED].notna().all(axis=None)


@pytest.mark.parametrize(
    "description",
    [
        {**TRUST_BY_WORK, "missing": "complete"},
        {"id": "d", "outcome": "hours", "by": "agreed", "cluster": "place"},
        {"id": "d", "outcome": "hours", "by": "street"},
    ],
    ids=["planned for complete cases", "of answers that nobody lacks", "of other items"],
)
def test_a_description_of_nothing_imputed_is_that_of_complete_cases(given, description):
    plan = planned(description)
    found = means(given, plan)
    pd.testing.assert_frame_equal(found, complete_cases(given, plan), check_dtype=False)
    assert (found["reason"] == "").all()


def test_groups_that_impute_nothing_are_described_on_complete_cases_and_told(given):
    by_street = {"id": "d", "outcome": "trust", "by": "street", "cluster": "place"}
    found = means(given, planned(by_street))
    assert codes(found) == ["description_not_imputing"] and found[ADDED].isna().all(axis=None)
    expected = complete_cases(given, planned(by_street))
    pd.testing.assert_series_equal(found["estimate"], expected["estimate"])
    helped = {"imputations": 4, "iterations": 3, "auxiliary": ["street"]}
    assert means(given, planned(by_street, missing=helped))["n_imputations"].eq(4).all()


def test_means_of_others_than_the_models_are_about_are_of_complete_cases_and_told(given):
    some = {"subset": "hours > 0"}
    assert codes(means(given, planned(model=some))) == ["description_of_others"]
    alike = means(given, planned({**TRUST_BY_WORK, **some}, model=some))
    assert alike["n_imputations"].eq(4).all() and codes(alike) == []


def test_who_did_not_consent_to_a_question_is_in_none_of_its_groups(given):
    """In models they have the commonest answer beside the term of the consent."""
    party = {"variable": "party", "categorical": True}
    terms = {"predictors": [{"variable": "trust"}, {"variable": "agreed"}, party]}
    found = means(given, planned({**TRUST_BY_WORK, "by": "party"}, model=terms))
    agreed = given[0]["agreed"].eq(1).sum()
    assert found["n"].tolist() == [agreed] * 2 and found["n_cell"].sum() == agreed
    assert found["n_imputations"].eq(4).all()


def test_an_imputed_outcome_counts_here_though_not_in_models(given):
    plan = planned(model={"outcome": "trust", "predictors": [{"variable": "hours"}]})
    made = imputations(given[0], all_tables(given[0], plan, None), None, given[1], 7)
    lacking = given[0]["trust"].isna()
    assert lacking.any()
    assert made.table(0).of(plan.models[0])[0]["trust"].isna().equals(lacking)
    assert means(given, planned())["n"].eq(600).all()


def test_a_table_in_which_means_cannot_be_computed_is_told(instrument):
    table = pd.DataFrame({"t1": [1.0, 2, 3, 4], "t2": 1.0, "t3": 2.0, "work": [1.0, 1, 1, np.nan]})
    table["place"] = ["1", "2", "3", "4"]
    none = {"t1": [], "t2": [], "t3": []}
    plan = planned({"id": "d", "outcome": "trust", "by": "work"})
    made = made_of([{**none, "work": [1]}, {**none, "work": [2]}], table, instrument, plan)
    (row,) = pooled_means(made)["d"].to_dict("records")
    (note,) = read(row["reason"])
    assert note.code == "description_failed_in_imputations"
    assert (note.values["n"], note.values["m"], row["by"]) == (1, 2, "work")


def test_pooled_means_do_not_depend_on_cores(given):
    pd.testing.assert_frame_equal(means(given, planned()), means(given, planned(), cores=2))
