"""Models fitted to imputed tables, from answers with every kind of missing answer to verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import plan_of
from questionnaires import headed

from coproduction.cleaning.routing import nonresponse
from coproduction.cleaning.scoring import analysis_table
from coproduction.errors import StudyError
from coproduction.inference.analysis import Analysis, analyse, verdicts_of
from coproduction.inference.completed.analysis import imputations
from coproduction.inference.completed.items import Answers
from coproduction.inference.data.design import design
from coproduction.inference.data.tables import all_tables
from coproduction.inference.not_at_random.outcomes import lacking
from coproduction.missing.pooling import inference, pool
from coproduction.notes import sentences
from coproduction.plan.plan import Plan

QUESTIONS = (
    headed(
        "people",
        """
response_sets:
  agree:
    level: ordinal
    options: [1, 2, 3, 4, 5]
  two:
    level: nominal
    options: [1, 2]
  three:
    level: nominal
    options: [1, 2, 3]
  consents:
    level: nominal
    options: [1, 0]
constructs:
  trust: {label: {en: "Trust"}}
sections:
  - id: one
    label: {en: "One"}
    items:
      - {id: place, type: text, pattern: "[0-9]+", role: cluster, text: {en: "Place"}}
      - {id: t1, response_set: agree, construct: trust, text: {en: "T1"}}
      - {id: t2, response_set: agree, construct: trust, reverse: true, text: {en: "T2"}}
      - {id: t3, response_set: agree, construct: trust, text: {en: "T3"}}
      - {id: work, response_set: three, text: {en: "Work"}}
      - {id: hours, type: integer, range: [0, 99], relevant: "work == 1", text: {en: "Hours"}}
      - {id: took, response_set: two, text: {en: "Took part"}}
      - {id: agreed, response_set: consents, role: consent_sensitive, text: {en: "May we?"}}
      - {id: party, response_set: two, relevant: "agreed == 1", sensitive: true, text: {en: "P"}}
""",
    )
    .replace(
        "options: [1, 2, 3, 4, 5]",
        "options: ["
        + ", ".join(f'{{value: {code}, label: {{en: "A{code}"}}}}' for code in range(1, 6))
        + "]",
    )
    .replace(
        "options: [1, 2, 3]",
        "options: ["
        + ", ".join(f'{{value: {code}, label: {{en: "C{code}"}}}}' for code in range(1, 4))
        + "]",
    )
    .replace(
        "options: [1, 2]",
        "options: ["
        + ", ".join(f'{{value: {code}, label: {{en: "B{code}"}}}}' for code in range(1, 3))
        + "]",
    )
    .replace(
        "options: [1, 0]",
        'options: [{value: 1, label: {en: "Yes"}}, {value: 0, label: {en: "No"}}]',
    )
)
CODES = {"dont_know": -88, "refused": -99, "not_asked": -77}


@pytest.fixture(scope="module")
def instrument(parse):
    return parse(QUESTIONS)


def responses(n: int = 600, seed: int = 3) -> pd.DataFrame:
    """Answers of which a third lack something, the more the less people trust."""
    rng = np.random.default_rng(seed)
    place = rng.integers(1, 31, n)
    trust = rng.normal(size=n) + 0.4 * rng.normal(size=31)[place]
    items = {
        name: np.clip(np.round(3 + sign * trust + rng.normal(size=n)), 1, 5)
        for name, sign in (("t1", 1), ("t2", -1), ("t3", 1))
    }
    work = rng.integers(1, 4, n)
    took = np.where(rng.random(n) < 1 / (1 + np.exp(-0.8 * trust)), 1, 2)
    agreed = (rng.random(n) < 0.9).astype(int)
    table = pd.DataFrame(
        {
            "submission": [f"r{each:04d}" for each in range(n)],
            "place": place.astype(str),
            **items,
            "work": work,
            "hours": np.where(work == 1, rng.integers(0, 60, n), CODES["not_asked"]),
            "took": took,
            "agreed": agreed,
            "party": np.where(agreed == 1, rng.integers(1, 3, n), CODES["not_asked"]),
        }
    )
    for name, kind in (
        ("t1", "dont_know"),
        ("t2", "dont_know"),
        ("t3", "dont_know"),
        ("work", "refused"),
    ):
        lost = rng.random(n) < 0.25 / (1 + np.exp(trust))
        table.loc[lost, name] = CODES[kind]
    table.loc[rng.random(n) < 0.05, "took"] = CODES["refused"]
    numbers = [name for name in table if name not in ("submission", "place")]
    return table.astype(dict.fromkeys(numbers, "Int64") | {"place": "string"})


PARTY, AGREED = {"variable": "party", "categorical": True}, {"variable": "agreed"}
TRUST = {"variable": "trust", "standardise": True, "split": "within_cluster"}
WORK = {"variable": "work", "categorical": True}


def model(name: str, **changes: object) -> dict:
    base = {
        **{"id": name, "outcome": "served", "family": "binomial", "predictors": [TRUST]},
        **{"covariates": [WORK, AGREED, PARTY], "cluster": "place", "covariance": "CR2"},
    }
    return base | changes


SHIFTS = {"shifts": [0.5], "plausible": 0.5, "plausible_slope": 0.5}
COMPLETE = model("whole", covariates=[WORK, PARTY], missing="complete", role="robustness")


def planned(
    missing: dict | None = None, models: list[dict] | None = None, **changes: object
) -> Plan:
    hypothesis = {
        "estimand": {"kind": "average_marginal_effect", "variable": "trust_within"},
        "smallest_effect": 0.04,
    }
    content = {
        "variables": [{"id": "served", "expression": "took == 1"}],
        "missing": {"imputations": 4, "iterations": 3} | (missing or {}),
        "models": models or [model("m"), COMPLETE],
        "families": [{"id": "all"}],
        "hypotheses": [hypothesis],
        "flagged_rows": {"leave_out": "none"},
    }
    return plan_of(content | changes)


@pytest.fixture(scope="module")
def given(instrument) -> tuple[pd.DataFrame, Answers]:
    table = responses()
    return analysis_table(table, instrument), Answers(instrument, nonresponse(table, instrument))


@pytest.fixture(scope="module")
def analysed(given) -> Analysis:
    return analyse(given[0], planned(), 7, answers=given[1])


def made_of(given, plan: Plan, seed: int = 7):
    scores, answers = given
    return imputations(scores, all_tables(scores, plan, None), None, answers, seed)


def test_imputed_models_analyse_everybody_with_an_outcome_and_complete_ones_do_not(given, analysed):
    models = analysed.models.set_index("model")
    scores = given[0]
    needed = ["took", "trust", "work", "party"]
    assert models.loc["m", "n"] == scores["took"].notna().sum()
    assert models.loc["whole", "n"] == scores[needed].notna().all(axis=1).sum()
    assert models["n_imputations"].fillna(0).tolist() == [4, 0]
    assert analysed.models["model"].tolist() == ["m", "whole"]


def test_results_are_those_of_every_imputed_table_pooled_by_rubins_rules(given, analysed):
    plan = planned()
    made = made_of(given, plan)
    parts = []
    for number in range(4):
        tables = made.table(number)
        scores = made.completed.table(number)
        bare = replace(plan, missing=None)
        known = given[0]["took"].notna()
        assert tables.of(plan.models[0])[0]["served"].notna().equals(known)
        parts.append(
            analyse(scores, bare, 7).effects.set_index(["model", "term"]).loc[("m", "trust_within")]
        )
    values = [
        np.array([[float(part[name])] for part in parts])
        for name in ("estimate", "std_error", "df")
    ]
    (expected,) = inference(pool(*values), 0.95).to_dict("records")
    found = analysed.effects.set_index(["model", "term"]).loc[("m", "trust_within")]
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name
    assert found["n_imputations"] == 4 and 0 < found["fmi"] < 1
    verdict = analysed.verdicts.iloc[0]
    assert verdict["estimate"] == pytest.approx(expected["estimate"], rel=1e-9)
    assert verdict["imputations_asked"] >= 2


def test_complete_cases_are_what_they_are_without_imputation(given, analysed):
    alone = analyse(given[0], replace(planned(), missing=None), 7)
    for name in ("coefficients", "effects", "models"):
        one, other = getattr(alone, name), getattr(analysed, name)
        pd.testing.assert_frame_equal(
            one[one["model"] == "whole"].reset_index(drop=True),
            other[other["model"] == "whole"].reset_index(drop=True),
            check_dtype=False,
        )


def test_items_scores_and_reversed_items_agree_in_every_imputed_table(given):
    made = made_of(given, planned())
    scores, _ = given
    for number in range(2):
        table = made.completed.table(number)
        assert table[["t1", "t2", "t3", "work", "trust"]].notna().all(axis=None)
        assert table["t2_r"].eq(6 - table["t2"]).all()
        np.testing.assert_allclose(table["trust"], table[["t1", "t2_r", "t3"]].mean(axis=1))
        known = scores.notna()
        for name in ("t1", "work", "took", "hours"):
            assert table.loc[known[name], name].equals(scores.loc[known[name], name]), name


def test_what_was_not_asked_and_outcomes_are_never_imputed(given):
    scores, _ = given
    table = made_of(given, planned({"auxiliary": ["hours"]})).completed.table(0)
    assert table["hours"].notna().equals(scores["hours"].notna())
    assert table["took"].equals(scores["took"])


def test_those_who_did_not_consent_are_a_category_or_imputed_as_the_plan_says(given):
    scores, _ = given
    refusing = scores["agreed"] == 0
    alike = made_of(given, planned()).completed.table(0)
    assert alike.loc[refusing, "party"].nunique() == 1
    assert (
        made_of(given, planned({"without_consent": "imputed"}))
        .completed.table(0)["party"][refusing]
        .nunique()
        == 2
    )


def test_a_consent_that_was_left_out_is_none(given):
    scores, answers = given
    agreeing = scores.index[scores["agreed"] == 1][:3]
    silent = scores.astype({"agreed": "Int64", "party": "Int64"})
    silent.loc[agreeing, ["agreed", "party"]] = pd.NA
    table = made_of((silent, answers), planned()).completed.table(0)
    refusing = table.index[scores["agreed"] == 0]
    assert table.loc[refusing.append(agreeing), "party"].nunique() == 1


def test_a_refusal_can_be_an_answer_of_its_own(given):
    plan = planned({"items": [{"item": "work", "own_answers": ["refused"]}]})
    scores, answers = given
    table = made_of(given, plan).completed.table(0)
    refused = answers.nonresponse["work"] == "refused"
    assert (table["work"] == -99).equals(refused.astype(bool)) and refused.any()
    found = analyse(scores, plan, 7, answers=answers)
    assert "work[-99]" not in set(found.coefficients.query("model == 'm'")["term"])
    assert {"work[1]", "work[2]", "work[3]"} <= set(
        found.coefficients.query("model == 'm'")["term"]
    )


def test_results_do_not_depend_on_cores_and_an_imputation_not_on_how_many_there_are(given):
    scores, answers = given
    one, two = (analyse(scores, planned(), 7, answers=answers, cores=cores) for cores in (1, 2))
    pd.testing.assert_frame_equal(one.effects, two.effects)
    few, many = (made_of(given, planned({"imputations": m})) for m in (2, 3))
    pd.testing.assert_frame_equal(few.completed.table(1), many.completed.table(1))


def test_verdicts_alone_are_those_of_the_whole_analysis(given, analysed):
    found = verdicts_of(given[0], planned(), 7, answers=given[1])
    for name in ("estimate", "std_error", "df", "p_value", "verdict", "n"):
        assert found[name].tolist() == pytest.approx(analysed.verdicts[name].tolist()), name


def test_who_is_left_out_neither_gives_nor_gets_an_answer(given):
    scores, answers = given
    flagged = np.arange(len(scores)) % 3 == 0
    marked = scores.assign(flags=flagged.astype(float))
    plan = planned(flagged_rows={"leave_out": "any"})
    kept = made_of((marked, answers), plan)
    alone = made_of((marked[~flagged], answers), plan)
    pd.testing.assert_frame_equal(kept.completed.table(0), alone.completed.table(0))
    assert len(kept.completed.table(0)) == (~flagged).sum()


def test_who_cannot_be_in_an_imputed_model_gives_no_answer(given):
    scores, _ = given
    plan = planned(models=[model("m", subset="work == 2")])
    made = made_of(given, plan)
    possible = scores["work"].eq(2) | scores["work"].isna()
    assert made.completed.rows.tolist() == np.flatnonzero(possible).tolist()


def test_a_model_that_names_nothing_imputed_is_fitted_once(given):
    plan = planned(models=[model("m"), model("once", predictors=[AGREED], covariates=[])])
    made = made_of(given, plan)
    assert made.models == {"m"}


def test_a_model_that_some_imputed_table_cannot_bear_says_so(given):
    scores, answers = given
    rare = scores.assign(
        work=np.where(scores["took"] == 1, 1.0, scores["work"].mask(scores["work"] == 1, 2.0))
    )
    found = analyse(
        rare, planned(models=[model("m", covariates=[WORK, AGREED])]), 7, answers=answers
    )
    (row,) = found.models.to_dict("records")
    assert row["status"] == "failed" and "imputed tables" in sentences(row["reason"])
    assert found.verdicts["verdict"].tolist() == ["not_estimable"]


def test_a_variable_that_nobody_answered_costs_its_models_alone(given):
    scores, answers = given
    kinds = answers.nonresponse.assign(work="refused")
    empty = scores.assign(work=np.nan)
    plan = planned(models=[model("m", covariates=[AGREED, PARTY]), model("lost")])
    found = analyse(empty, plan, 7, answers=replace(answers, nonresponse=kinds))
    assert found.models["status"].tolist() == ["fitted", "failed"]
    assert (
        found.imputation.set_index("variable")
        .loc["work", "note"]
        .startswith("imputation_of_nothing")
    )


def test_imputation_without_the_answers_is_refused(given):
    with pytest.raises(StudyError, match="say which are missing"):
        analyse(given[0], planned(), 7)


def test_rows_are_counted_alike_where_imputed_answers_decide_who_is_in_a_model(given):
    shifts = {"not_at_random": {"hypotheses": ["H1"], "outcome": SHIFTS}}
    chosen = model("m", subset="work == 2", covariates=[AGREED, PARTY])
    # The second model is of all respondents, so that answers of all of them are imputed.
    plan = planned(shifts, models=[chosen, model("all", role="robustness")])
    sizes = {len(fitted(made_of(given, plan), k)) for k in range(4)}
    assert len(sizes) > 1, "the tables disagree, so that a mean would be another number"
    found = analyse(given[0], plan, 7, answers=given[1])
    row = found.models.set_index("model").loc["m"]
    flow = found.model_flow.query("model == 'm'").set_index("step")["n_remaining"]
    assert row["n"] == flow["modelled"] == flow["population"] - row["n_dropped"]
    for table in (found.effects, found.coefficients, found.verdicts):
        assert set(table.loc[table["model"] == "m", "n"]) == {row["n"]}
    kept, lacks = lacking(made_of(given, plan).table(0), plan.by_name["m"], given[1])
    for table in (found.shifted_answers, found.tipping_points):
        assert set(table["n"]) == {kept.sum()} and set(table["n_shifted"]) == {lacks.sum()}


def fitted(made, number: int) -> pd.DataFrame:
    """Rows that the model analyses in an imputed table."""
    plan = made.tables.plan
    table, rows = made.table(number).of(plan.models[0])
    return design(table, plan.models[0], rows, made.tables.scales).matrix
