"""The whole planned analysis: what is wrong with one hypothesis is said, and spares the others."""

from __future__ import annotations

import re
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.dictionary import dictionary
from coproduction.inference.analysis import Analysis, analyse
from coproduction.notes import sentences
from coproduction.plan.plan import Plan

ESTIMATE = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]


def people(n_clusters: int = 16, size: int = 25, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    place = np.repeat([f"c{number:02d}" for number in range(n_clusters)], size)
    n = len(place)
    x, z = rng.standard_normal(n), rng.standard_normal(n)
    took_part = rng.random(n) < 1 / (1 + np.exp(0.2 - 0.8 * x))
    return pd.DataFrame(
        {
            "place": place,
            "x": x,
            "z": z,
            "group": rng.integers(0, 3, n).astype(float),
            "took_part": np.where(took_part, 1.0, 2.0),
            "hours": np.where(took_part, rng.gamma(1.5, 6, n).round(2) + 0.1, 0.0),
            "gifts": rng.integers(0, 4, n).astype(float),
            "pay": rng.integers(0, 2, n).astype(float),
        }
    )


def model(name: str, **changes) -> dict:
    base = {
        "id": name,
        "outcome": "served",
        "family": "binomial",
        "predictors": [{"variable": "x"}, {"variable": "z"}],
        "cluster": "place",
        "covariance": "CR2",
    }
    return {**base, **changes}


def hypothesis(name: str, model_name: str, **changes) -> dict:
    base = {
        "id": name,
        "family": "all",
        "model": model_name,
        "estimand": {"kind": "average_marginal_effect", "variable": "x"},
        "direction": "positive",
        "smallest_effect": 0.04,
    }
    return {**base, **changes}


def plan(broken: dict, **changes) -> Plan:
    """Plan a sound hypothesis, and one that rests on the given model."""
    base = {
        "variables": [{"id": "served", "expression": "took_part == 1"}],
        "keep_apart": [
            {"predictors": ["gifts"], "outcomes": ["took_part"], "reason": "gifts follow from it."}
        ],
        "models": [model("sound"), broken],
        "families": [{"id": "all", "method": "holm", "level": 0.05}],
        "hypotheses": [hypothesis("H1", "sound"), hypothesis("H2", broken["id"])],
    }
    return plan_of(base | changes)


def broken(**changes) -> dict:
    return model("broken", **changes)


X, Z = {"variable": "x"}, {"variable": "z"}
SPLIT = {"variable": "x", "split": "own_and_others"}
CASES = {
    "separation": (
        broken(predictors=[X, {"variable": "sure"}]),
        {"sure": lambda d: (d["took_part"] == 1) * 1.0},
        "Model `broken`: the outcome `served` is separated by `sure`",
    ),
    "collinearity": (
        broken(predictors=[X, Z, {"variable": "sum"}]),
        {"sum": lambda d: d["x"] + d["z"]},
        "Model `broken`: `sum` is fully determined by the terms before it",
    ),
    "constant outcome": (
        broken(outcome="always"),
        {"always": 1.0},
        "Model `broken`: the outcome `always` is the same for all 400 rows",
    ),
    "all-zero hours": (
        broken(outcome="none", family="two_part_gamma", covariance="CR1"),
        {"none": 0.0},
        "Model `broken`: the outcome `none` is the same for all 400 rows",
    ),
    "all-zero counts": (
        broken(outcome="none", family="hurdle_negative_binomial", covariance="CR1"),
        {"none": 0.0},
        "Model `broken`: the outcome `none` is the same for all 400 rows",
    ),
    "empty cell": (
        broken(
            predictors=[X, {"variable": "group", "categorical": True}, {"variable": "pay"}],
            interactions=[["group[2]", "pay"]],
        ),
        {"pay": lambda d: d["pay"] * (d["group"] != 2)},
        "Model `broken`: nobody analysed has both `group[2]` and `pay`; merge categories.",
    ),
    "one community": (
        broken(subset="first == 1"),
        {"first": lambda d: (d["place"] == "c00") * 1.0},
        "Model `broken`: only one cluster (`place`) is left.",
    ),
    "only lone residents": (
        broken(predictors=[SPLIT], cluster="own_place"),
        {"own_place": lambda d: d.index.astype(str)},
        "Model `broken`: `x_others` is the mean of the others of a `own_place`",
    ),
    "too few communities": (
        broken(minimum_clusters={"total": 20}),
        {},
        "Model `broken`: 16 clusters are fewer than the 20 that the plan asks for",
    ),
    "too few on one side": (
        broken(
            predictors=[X, {"variable": "offered"}],
            minimum_clusters={"total": 10, "each": 5, "variables": ["offered"]},
        ),
        {"offered": lambda d: d["place"].isin(["c00", "c01"]) * 1.0},
        "Model `broken`: only 2 clusters have `offered` = 1; the plan asks for 5.",
    ),
    "a side of no term": (
        broken(minimum_clusters={"total": 10, "each": 5, "variables": ["offered"]}),
        {},
        "Model `broken`: `minimum_clusters` names `offered`, which is no term of it.",
    ),
    "unknown variable": (
        broken(predictors=[X, {"variable": "nothing"}]),
        {},
        "Model `broken`: there is no variable `nothing`.",
    ),
    "unknown outcome": (
        broken(outcome="nothing"),
        {},
        "Model `broken`: there is no variable `nothing`.",
    ),
    "unknown condition": (
        broken(subset="nothing == 1"),
        {},
        "Model `broken`: there is no variable `nothing`.",
    ),
    "benefit received": (
        broken(predictors=[X, {"variable": "gifts"}]),
        {},
        "Model `broken`: `gifts` must not predict `served`: gifts follow from it.",
    ),
    "unanswered": (
        broken(predictors=[X, {"variable": "blank"}]),
        {"blank": np.nan},
        "Model `broken`: no respondent has answered all its variables; 400 lack `blank`.",
    ),
    "no such people": (
        broken(subset="x > 100"),
        {},
        "Model `broken`: nobody meets its condition `x > 100`.",
    ),
    "text as a number": (
        broken(predictors=[X, {"variable": "words"}]),
        {"words": "many"},
        "Model `broken`: `words` is no number; set `categorical: true`.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_model_has_one_sentence_and_the_others_their_verdicts(name):
    spec, columns, message = CASES[name]
    found = analyse(people().assign(**columns), plan(spec), seed=1)
    models = found.models.set_index("model")
    assert models.loc["broken", "status"] == "failed"
    assert message in sentences(models.loc["broken", "reason"])
    verdicts = found.verdicts.set_index("hypothesis")
    assert verdicts.loc["H2", "verdict"] == "not_estimable"
    assert verdicts.loc["H2", "reason"] == models.loc["broken", "reason"]
    assert models.loc["broken", "reason"].count("\n") == 0
    assert models.loc["sound", "status"] == "fitted"
    assert verdicts.loc["H1", "verdict"] == "supported"
    assert set(found.effects["model"]) == {"sound"}


def test_a_benefit_hidden_in_a_derived_variable_is_found():
    variables = [
        {"id": "served", "expression": "took_part == 1"},
        {"id": "many_gifts", "expression": "gifts >= 2"},
        {"id": "steps", "recode": {"item": "many_gifts", "values": {"0": 1, "1": 3}}},
    ]
    spec = broken(predictors=[X], covariates=["steps"])
    found = analyse(people(), plan(spec, variables=variables), seed=1)
    assert "`steps` must not predict `served`" in sentences(found.models["reason"].iloc[1])


def test_a_community_with_one_resident_loses_that_resident_and_is_counted():
    lonely = people().assign(place=lambda d: d["place"].where(d.index > 0, "alone"))
    found = analyse(lonely, plan(broken(predictors=[SPLIT, Z])), seed=1)
    split = found.models.set_index("model").loc["broken"]
    assert (split["status"], split["n"], split["n_dropped"]) == ("fitted", 399, 1)
    # Without a split the resident stays, as a cluster of one.
    whole = found.models.set_index("model").loc["sound"]
    assert (whole["n"], whole["n_clusters"]) == (400, 17)


@pytest.mark.parametrize(
    ("estimand", "message"),
    [
        ({"kind": "average_marginal_effect", "variable": "w"}, "Model `sound` has no term `w`."),
        ({"kind": "coefficient", "variable": "w"}, "Model `sound` has no coefficient of `w`"),
    ],
)
def test_a_hypothesis_on_no_term_is_not_estimable(estimand, message):
    hypotheses = [hypothesis("H1", "sound"), hypothesis("H2", "sound", estimand=estimand)]
    found = analyse(people(), plan(broken(), hypotheses=hypotheses), seed=1).verdicts
    assert found["verdict"].tolist() == ["supported", "not_estimable"]
    assert message in sentences(found["reason"].iloc[1])


def test_an_empty_cell_of_a_moderation_is_named_and_spares_the_others():
    moderation = [
        {"id": "by_group", "model": "sound", "variable": "x", "by": {"variable": "group"}},
        {"id": "by_pay", "model": "sound", "variable": "x", "by": {"variable": "pay"}},
    ]
    found = analyse(people().assign(pay=0.0), plan(broken(), moderation=moderation), seed=1)
    table = found.moderation.set_index("moderation")
    assert table.loc["by_pay", "kind"] == "not_estimable"
    assert "`pay` has the same value for everyone" in sentences(table.loc["by_pay", "note"])
    assert set(table.loc["by_group", "kind"]) >= {"slope", "difference"}


def test_a_curve_along_no_term_is_named_and_the_others_are_drawn():
    spec = broken(curves=[{"variable": "w"}, {"variable": "x", "by": "w"}, {"variable": "x"}])
    found = analyse(people(), plan(spec), seed=1)
    assert len(found.curves) == 21
    refused = found.diagnostics[found.diagnostics["check"] == "curve"]
    assert refused["term"].tolist() == ["w", "x"]
    assert refused["warning"].map(sentences).eq("Model `broken` has no term `w`.").all()


@pytest.mark.parametrize("values", ["two", "five"])
def test_a_moderator_that_cannot_be_binned_keeps_its_slopes(values):
    # Five values in three bins leave a bin with one of them, along which nothing can be seen.
    coarse = people().assign(z=lambda d: d["group"].clip(upper=1) * 0.5 + (d.index == 0))
    if values == "five":
        coarse["z"] = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], [20, 70, 100, 105, 105])
    by = {"id": "by_z", "model": "sound", "variable": "x", "by": {"variable": "z"}}
    found = analyse(coarse, plan(broken(), moderation=[by], checks={"bins": 3}), seed=1).moderation
    assert (found["kind"] == "slope").sum() == 3
    assert set(found["kind"]) == {"slope", "difference", "bins_not_estimable"}
    said = sentences(found["note"].iloc[-1])
    assert said.startswith("The check of `by_z` by bins of `z` has no estimate: ")
    assert "`z` has too few values to be binned" in said and said.endswith("other effects stand.")


def test_the_curvature_of_a_single_term_is_no_moderation():
    spec = broken(interactions=[["x", "x"]])
    square = hypothesis("H2", "broken", estimand={"kind": "cross_partial", "variables": ["x", "x"]})
    found = analyse(people(), plan(spec, hypotheses=[hypothesis("H1", "sound"), square]), seed=1)
    assert found.moderation.empty and found.verdicts["std_error"].notna().all()


def test_a_moderation_with_few_cases_is_exploratory_whatever_the_plan_says():
    spec = broken(predictors=[X, {"variable": "pay"}], interactions=[["x", "pay"]])
    moderated = hypothesis(
        "H2",
        "broken",
        estimand={"kind": "cross_partial", "variables": ["x", "pay"]},
        minimum_cell=300,
    )
    found = analyse(people(), plan(spec, hypotheses=[hypothesis("H1", "sound"), moderated]), 1)
    verdicts = found.verdicts.set_index("hypothesis")
    smallest = int(people()["pay"].value_counts().min())
    assert verdicts["status"].tolist() == ["confirmatory", "exploratory"]
    assert verdicts.loc["H2", "n_cell"] == smallest
    assert "fewer than the 300 respondents" in sentences(verdicts.loc["H2", "note"])
    cells = found.moderation[found.moderation["moderation"] == "H2"]
    assert cells["status"].eq("exploratory").all() and cells["n_cell"].notna().all()


def test_an_effect_that_no_hypothesis_is_about_is_exploratory():
    found = analyse(people(), plan(broken(role="robustness")), seed=1).effects
    status = found.set_index(["model", "term"])["status"]
    assert status.to_dict() == {
        ("sound", "x"): "confirmatory",
        ("sound", "z"): "exploratory",
        ("broken", "x"): "confirmatory",
        ("broken", "z"): "exploratory",
    }
    assert found["role"].tolist() == ["confirmatory"] * 2 + ["robustness"] * 2


@pytest.mark.parametrize("n_clusters", [2, 3])
def test_very_few_communities_give_results_or_reasons_and_no_warnings(n_clusters):
    spec = broken(predictors=[X, {"variable": "offered"}])
    data = people(n_clusters).assign(offered=lambda d: (d["place"] == "c00") * 1.0)
    hypotheses = [
        hypothesis("H1", "sound"),
        hypothesis(
            "H2", "broken", estimand={"kind": "average_marginal_effect", "variable": "offered"}
        ),
    ]
    with np.errstate(all="raise"):
        found = analyse(data, plan(spec, hypotheses=hypotheses), seed=1).verdicts
    known = found[found["verdict"] != "not_estimable"]
    assert known[ESTIMATE].notna().all(axis=None)
    assert (
        found[found["verdict"] == "not_estimable"]["reason"].map(sentences).str.endswith(".").all()
    )


def test_every_row_with_an_estimate_names_its_error_clusters_and_degrees_of_freedom():
    spec = broken(predictors=[X, {"variable": "pay"}], interactions=[["x", "pay"]])
    spec["curves"] = [{"variable": "x", "by": "pay"}]
    experiment = {"id": "e", "outcome": "hours", "factors": ["pay"], "permutations": 19}
    by = {"id": "by_z", "model": "sound", "variable": "x", "by": {"variable": "z"}}
    further = {"experiments": [experiment], "moderation": [by], "checks": {"bootstrap": 19}}
    found = analyse(people(), plan(spec, **further), seed=1)
    for name in ("coefficients", "effects", "verdicts", "moderation", "curves"):
        table = getattr(found, name)
        assert len(table), name
        basis = table[["estimate", "std_error", "df", "n", "n_clusters"]]
        assert basis.notna().all(axis=None), name
        assert table["covariance"].eq("CR2").all() and table["n_clusters"].eq(16).all()
    assert found.experiment[["std_error", "df", "n"]].notna().all(axis=None)
    assert found.experiment["covariance"].eq("Neyman").all()
    told = ["minimum_detectable_effect", "power_at_smallest_effect", "bootstrap_p_value"]
    assert found.verdicts[told].notna().all(axis=None)


def test_every_column_is_declared():
    found = analyse(people(), plan(broken()), seed=1)
    for field in fields(Analysis):
        columns = [*getattr(found, field.name).columns, "plan"]
        assert columns == list(dictionary().tables[f"inference/{field.name}.csv"]), field.name


def test_equal_seeds_give_equal_tables_whatever_the_order_of_calls():
    given = plan(broken(), checks={"bootstrap": 99})
    one, other = (analyse(people(), given, seed=3) for _ in range(2))
    for field in fields(Analysis):
        pd.testing.assert_frame_equal(getattr(one, field.name), getattr(other, field.name))


def test_an_empty_plan_gives_empty_tables():
    found = analyse(people(), plan_of({}), seed=1)
    assert all(getattr(found, field.name).empty for field in fields(Analysis))


@pytest.mark.parametrize(
    ("covariance", "estimand", "message"),
    [
        ("HC3", {"kind": "cross_partial", "variables": ["x", "z"]}, "no product of `x` and `z`"),
        ("CR2", {"kind": "cross_partial", "variables": ["x", "z"]}, "no product of `x` and `z`"),
        ("HC3", {"kind": "cross_partial", "variables": ["pay", "pay"]}, "have no cross-partial"),
        ("HC3", {"kind": "difference", "variables": ["x", "x"]}, "does not differ from itself"),
        (
            "HC3",
            {"kind": "average_marginal_effect", "variable": "x", "part": "any"},
            "not on its part any",
        ),
    ],
)
def test_a_value_that_is_zero_whatever_the_data_is_not_estimable(covariance, estimand, message):
    linear = broken(
        outcome="gifts",
        family="gaussian",
        covariance=covariance,
        predictors=[X, Z, {"variable": "pay"}],
    )
    if covariance == "HC3":
        del linear["cluster"]
    planned = [hypothesis("H1", "sound"), hypothesis("H2", "broken", estimand=estimand)]
    found = analyse(people(), plan(linear, hypotheses=planned), seed=1).verdicts
    verdict = found.set_index("hypothesis").loc["H2"]
    assert verdict["verdict"] == "not_estimable"
    assert re.search(message, sentences(verdict["reason"]))


def test_what_rests_on_one_row_is_not_estimable_and_no_clusters_are_blamed():
    data = people().assign(lone=lambda d: (d.index == 7) * 1.0)
    linear = broken(outcome="gifts", family="gaussian", covariance="HC3")
    linear |= {"predictors": [X, {"variable": "lone"}]}
    del linear["cluster"]
    effect = {"kind": "average_marginal_effect", "variable": "lone"}
    planned = [hypothesis("H1", "broken", estimand=effect)]
    found = analyse(data, plan(linear, hypotheses=planned), seed=1).verdicts
    assert sentences(found["reason"].iloc[0]) == (
        "Model `broken`: its 400 rows do not determine a standard error of `lone`."
    )
