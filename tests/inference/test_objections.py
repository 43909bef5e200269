"""A supported hypothesis carries the objections that the rules find, and no other does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse, verdicts_of
from coproduction.inference.cross_checks import of_one_person
from coproduction.inference.objections.objections import objections, with_objections

MODEL = {
    "outcome": "y",
    "family": "gaussian",
    "predictors": [{"variable": "x"}, {"variable": "z"}],
    "interactions": [["x", "group"]],
    "covariates": ["group"],
    "cluster": "place",
    "covariance": "CR1",
}
HYPOTHESIS = {
    "family": "all",
    "estimand": {"kind": "average_marginal_effect", "variable": "x"},
    "smallest_effect": 0.1,
}
PLAN = {
    "models": [MODEL | {"id": name} for name in ("m", "agreeing", "surrounding")],
    "families": [{"id": "all", "method": "none", "level": 0.05}],
    "hypotheses": [HYPOTHESIS | {"id": "H1"}],
}
CHECKS = {"agreement": "agreeing", "others": "surrounding"}
VERDICTS = pd.DataFrame({"hypothesis": ["H1"], "verdict": ["supported"]})


def plan(hypothesis: dict[str, Any] | None = None, **blocks: Any):
    told = [HYPOTHESIS | {"id": "H1"} | (hypothesis or {})]
    return plan_of(PLAN | {"hypotheses": told} | blocks)


def found(tables: dict[str, pd.DataFrame], planned: Any = None) -> list[str]:
    return list(objections(VERDICTS, tables, planned or plan())["objection"])


def checked(agreement: str, estimate: float = 0.3, p: float = 0.1) -> dict[str, pd.DataFrame]:
    rows = {
        "hypothesis": "H1",
        "check": ["agreement", "others"],
        "model": ["agreeing", "surrounding"],
        "verdict": [agreement, "inconclusive"],
        "estimate": [0.2, estimate],
        "p_value": [0.01, p],
    }
    return {"inference/cross_checks.csv": pd.DataFrame(rows)}


@pytest.mark.parametrize(
    ("df", "cluster", "expected"),
    [
        (3.9, "place", ["few_clusters"]),
        (4.0, "place", []),
        (float("nan"), "place", []),
        (2.0, None, []),
    ],
)
def test_an_estimate_that_too_few_clusters_bear_is_supported_with_that_objection(
    df, cluster, expected
):
    models = [
        each | {"cluster": cluster} if cluster else _of_independent_rows(each)
        for each in PLAN["models"]
    ]
    decided = VERDICTS.assign(df=df)
    assert list(objections(decided, {}, plan(models=models))["objection"]) == expected


def _of_independent_rows(model: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if key != "cluster"} | {"covariance": "HC3"}


def pairs(one: str, two: str, decision: str) -> dict[str, pd.DataFrame]:
    row = {"construct_1": [one], "construct_2": [two], "decision": [decision]}
    return {"measurement/validity.csv": pd.DataFrame(row)}


@pytest.mark.parametrize(
    ("one", "two", "decision", "expected"),
    [
        ("x", "z", "not_distinct", ["not_told_apart"]),
        ("y", "z", "not_distinct", ["not_told_apart"]),
        ("x", "z", "distinct", []),
        ("x", "elsewhere", "not_distinct", []),
        ("z", "group", "not_distinct", []),
    ],
)
def test_two_constructs_of_the_model_are_one_and_the_hypothesis_is_about_one(
    one, two, decision, expected
):
    assert found(pairs(one, two, decision)) == expected


@pytest.mark.parametrize(
    ("construct", "decision", "expected"),
    [("x", "weak", ["weak_scale"]), ("x", "adequate", []), ("z", "weak", [])],
)
def test_a_scale_that_the_hypothesis_is_about_is_weak(construct, decision, expected):
    row = {"construct": [construct], "decision": [decision], "alpha": [0.5]}
    assert found({"measurement/reliability.csv": pd.DataFrame(row)}) == expected


def ladder(step: str, decision: str) -> dict[str, pd.DataFrame]:
    row = {"comparison": ["by_group"], "step": [step], "decision": [decision]}
    return {"measurement/invariance.csv": pd.DataFrame(row)}


@pytest.mark.parametrize(
    ("step", "decision", "expected"),
    [
        ("loadings", "rejected", ["not_the_same_in_groups"]),
        ("loadings", "partial", []),
        ("residuals", "rejected", []),
    ],
)
def test_slopes_are_compared_in_groups_whose_loadings_differ(step, decision, expected):
    groups = {"id": "by_group", "label": {"en": "G"}, "group": "group", "constructs": ["x"]}
    measurement = {"invariance": [groups]}
    product = {"estimand": {"kind": "cross_partial", "variables": ["x", "group"]}}
    assert found(ladder(step, decision), plan(product, measurement=measurement)) == expected
    assert found(ladder(step, decision), plan(measurement=measurement)) == []


@pytest.mark.parametrize(
    ("after", "effect", "expected"),
    [("mem", "total", ["adjusts_downstream"]), ("mem", "direct", []), ("", "total", [])],
)
def test_the_model_of_a_total_effect_adjusts_for_what_follows(after, effect, expected):
    row = {"model": ["m"], "hypotheses": ["H0, H1"], "post_treatment": [after]}
    tables = {"inference/adjustment.csv": pd.DataFrame(row)}
    assert found(tables, plan({"effect": effect})) == expected


@pytest.mark.parametrize(
    ("agreement", "estimate", "p", "expected"),
    [
        ("supported", 0.3, 0.19, []),
        ("supported", 0.3, 0.21, ["same_source_not_excluded"]),
        ("supported", -0.3, 0.01, ["same_source_not_excluded"]),
        ("inconclusive", 0.3, 0.01, ["agreement_explains", "same_source_not_excluded"]),
        ("not_estimable", 0.3, 0.01, ["same_source_not_examined"]),
    ],
)
def test_one_source_is_excluded_by_both_checks_alone(agreement, estimate, p, expected):
    assert found(checked(agreement, estimate, p)) == expected


def test_the_predicted_sign_may_be_negative():
    negative = plan({"direction": "negative"})
    assert found(checked("supported", -0.3, 0.1), negative) == []
    assert found(checked("supported", 0.3, 0.1), negative) == ["same_source_not_excluded"]


def test_only_supported_hypotheses_carry_objections_as_codes_parted_by_semicolons():
    told = with_objections(VERDICTS, objections(VERDICTS, checked("inconclusive"), plan()))
    assert told["objections"].tolist() == ["agreement_explains;same_source_not_excluded"]
    other = VERDICTS.assign(verdict="inconclusive")
    silent = with_objections(other, objections(other, checked("inconclusive"), plan()))
    assert silent["objections"].tolist() == [""]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"estimand": {"kind": "cross_partial", "variables": ["x", "group"]}}, True),
        ({"estimand": {"kind": "average_marginal_effect", "variable": "sheet"}}, False),
        ({"estimand": {"kind": "cross_partial", "variables": ["arm", "z"]}}, False),
        ({"model": "surrounded"}, True),
        (
            {"model": "surrounded", "estimand": {"kind": "coefficient", "variable": "x_others"}},
            False,
        ),
        ({"model": "places"}, False),
    ],
)
def test_one_person_reports_all_unless_a_sheet_the_others_or_chance_do(change, expected):
    others = [{"variable": "x", "split": "own_and_others"}, {"variable": "arm"}]
    models = [
        *PLAN["models"],
        MODEL | {"id": "surrounded", "predictors": others, "interactions": []},
        MODEL | {"id": "places", "level": "communities"},
    ]
    experiments = [{"factors": ["arm"]}]
    planned = plan({"model": "m"} | change, models=models, experiments=experiments)
    assert of_one_person(planned.hypotheses[0], planned, {"sheet", "k1"}) == expected


def people(agreement: float) -> pd.DataFrame:
    """Four hundred people of forty places whose agreement is in x and, as much as told, in y."""
    rng = np.random.default_rng(7)
    place = np.repeat(np.arange(40), 10)
    agreeing, level = rng.normal(size=400), rng.normal(size=40)[place]
    x = level + rng.normal(size=400) + 2 * agreeing
    y = (0.5 if not agreement else 0.0) * x + agreement * agreeing + rng.normal(size=400)
    table = pd.DataFrame({"x": x, "y": y, "a": agreeing, "place": place.astype(str)})
    return table


@pytest.mark.parametrize(
    ("agreement", "expected"),
    [(0.0, ""), (2.0, "agreement_explains;same_source_not_excluded")],
)
def test_further_models_tell_an_effect_from_a_way_of_answering(agreement, expected):
    plain = {**MODEL, "interactions": [], "covariates": []}
    models = [
        plain | {"id": "m", "predictors": ["x"]},
        plain | {"id": "agreeing", "predictors": ["x", "a"]},
        plain | {"id": "around", "predictors": [{"variable": "x", "split": "own_and_others"}]},
    ]
    checks = {"agreement": "agreeing", "others": {"model": "around", "variable": "x"}}
    planned = plan({"checks": checks}, models=models)
    result = analyse(people(agreement), planned, 1)
    assert result.verdicts["verdict"].tolist() == ["supported"]
    assert result.verdicts["objections"].tolist() == [expected]
    assert result.cross_checks["check"].tolist() == ["agreement", "others"]
    quick = verdicts_of(people(agreement), planned, 1)
    assert quick["objections"].tolist() == [expected]


def test_a_hypothesis_without_further_models_was_not_examined():
    planned = plan(
        models=[{**MODEL, "id": "m", "interactions": [], "covariates": [], "predictors": ["x"]}]
    )
    result = analyse(people(0.0), planned, 1)
    assert result.verdicts["objections"].tolist() == ["same_source_not_examined"]
    assert result.cross_checks["reason"].tolist() == ["check_not_planned"] * 2


def test_a_table_that_is_not_known_yet_has_its_columns_and_no_rows_for_every_rule():
    groups = {"id": "by_group", "group": "group", "constructs": ["x"]}
    compared = {"kind": "cross_partial", "variables": ["x", "group"]}
    planned = plan({"estimand": compared}, measurement={"invariance": [groups]})
    assert set(found({}, planned)) <= {"same_source_not_examined"}


PATH = {
    "id": "P1",
    "family": "all",
    "path": "along",
    "estimand": {"kind": "indirect", "along": ["x", "z", "y"]},
    "direction": "positive",
    "smallest_effect": 0.1,
}
PATHS = {
    **PLAN,
    "paths": [{"id": "along", "chain": ["x", "z", "y"], "cluster": "place"}],
    "path_hypotheses": [PATH],
    "experiments": [{"factors": ["arm"]}],
}


@pytest.mark.parametrize(
    ("along", "less", "expected"),
    [
        (["x", "z", "y"], [], True),
        (["arm", "x", "y"], [], False),
        (["x", "sheet"], [], False),
        (["x", "z", "y"], ["arm", "z", "y"], False),
    ],
)
def test_one_person_reports_a_path_unless_an_end_of_it_comes_from_elsewhere(along, less, expected):
    chain = {"id": "along", "chain": list(dict.fromkeys([*less, *along]))}
    estimand = {"kind": "indirect_difference" if less else "indirect", "along": along, "less": less}
    planned = plan_of(
        PATHS | {"paths": [chain], "path_hypotheses": [PATH | {"estimand": estimand}]}
    )
    assert of_one_person(planned.path_hypotheses[0], planned, {"sheet"}) == expected


@pytest.mark.parametrize(
    ("table", "row", "df", "expected"),
    [
        (
            "inference/cross_checks.csv",
            {"verdict": "not_estimable"},
            39.0,
            "same_source_not_examined",
        ),
        ("measurement/reliability.csv", {"construct": "z", "decision": "weak"}, 39.0, "weak_scale"),
        ("measurement/reliability.csv", {"construct": "w", "decision": "weak"}, 39.0, None),
        (
            "measurement/reliability.csv",
            {"construct": "w", "decision": "weak"},
            3.0,
            "few_clusters",
        ),
    ],
)
def test_a_supported_hypothesis_on_a_path_carries_what_is_said_against_it(table, row, df, expected):
    known = {table: pd.DataFrame([{"hypothesis": "P1", "check": "agreement"} | row])}
    decided = pd.DataFrame({"hypothesis": ["P1"], "verdict": ["supported"], "df": [df]})
    told = list(objections(decided, known, plan_of(PATHS))["objection"])
    assert told == ([] if expected is None else [expected])


def test_the_source_of_a_path_that_one_person_reports_is_not_examined():
    table = people(0.0)
    table["z"] = table["x"] + np.random.default_rng(8).normal(size=400)
    table["y"] = table["z"] + np.random.default_rng(9).normal(size=400)
    blocks = {key: PATHS[key] for key in ("families", "paths", "path_hypotheses")}
    result = analyse(table, plan_of(blocks), 1)
    (row,) = result.verdicts.to_dict("records")
    assert (row["verdict"], row["objections"]) == ("supported", "same_source_not_examined")
