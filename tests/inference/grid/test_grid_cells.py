"""Every cell of a declared grid is the model that it says, fitted as it would be alone."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from declared import declared, people

from coproduction.inference.analysis import Analysis, analyse
from coproduction.plan.options import DIMENSIONS, PRIMARY
from coproduction.plan.plan import Plan

SAME = ("std_error", "conf_low", "conf_high")


@cache
def found() -> Analysis:
    return analyse(people(), declared(), seed=1)


def alone(number: int, data: pd.DataFrame) -> pd.Series:
    """The effect of x in the model of a cell, as the only model of a plan without a grid."""
    plan = declared()
    model = plan.cells["choices"][number - 1].model
    bare = replace(plan, grids=(), models=(replace(model, id="main"),))
    effects = analyse(data, bare, seed=1).effects
    rows = effects[effects["term"].eq("x") & effects["estimand"].eq("average_marginal_effect")]
    if model.family == "ordinal":
        expected = (rows["category"] * rows["estimate"]).sum()
        return pd.Series({"estimate": expected, "n": rows["n"].iloc[0]})
    return rows.iloc[0]


def cells() -> list[int]:
    return [cell.number for cell in declared().cells["choices"]]


@pytest.mark.parametrize("number", cells())
def test_a_cell_equals_its_model_fitted_alone(number):
    row = found().grid.set_index("cell").loc[number]
    expected = alone(number, people())
    assert row["effect"] == pytest.approx(expected["estimate"], rel=1e-10)
    assert row["n"] == expected["n"]
    for name in SAME if "df" in expected else ():
        assert row[name] * row["outcome_sd"] == pytest.approx(expected[name], rel=1e-9), name
        assert row["df"] == pytest.approx(expected["df"], rel=1e-9)


@pytest.mark.parametrize("place", ["p00", "p07", "p13"])
def test_a_cell_without_a_cluster_equals_its_model_on_the_other_clusters(place):
    table = found().grid
    row = table[table["cluster"] == place].iloc[0]
    same = table[table["cluster"].eq("") & table["covariates"].eq("more")]
    number = int(same[same[list(DIMENSIONS)].eq(row[list(DIMENSIONS)]).all(axis=1)]["cell"].iloc[0])
    data = people()
    expected = alone(number, data[data["place"] != place])
    assert row["effect"] == pytest.approx(expected["estimate"], rel=1e-10)
    assert row["std_error"] * row["outcome_sd"] == pytest.approx(expected["std_error"], rel=1e-9)
    assert row["n_clusters"] == 13 and row["n"] == expected["n"]


def test_the_first_cell_is_the_primary_specification_and_no_combination_comes_twice():
    table = found().grid
    assert (table.loc[table["cell"] == 1, list(DIMENSIONS)] == PRIMARY).all(axis=None)
    assert not table.duplicated([*DIMENSIONS, "cluster"]).any()
    whole = table[table["cluster"] == ""]
    # Outcomes × sample × flags × covariates × family, less what is excluded.
    assert len(whole) == 3 * 2 * 2 * 3 * 2 - 2 * 2 * 2 * 3
    assert len(table) == len(whole) + 14
    assert table["cell"].tolist() == list(range(1, len(table) + 1))


def test_the_verdict_stands_beside_what_the_grid_shows():
    (verdict,) = found().verdicts.to_dict("records")
    table, tests = found().grid, found().grid_tests.set_index("statistic")
    assert verdict["grid_cells"] == len(table)
    assert verdict["grid_estimable"] == table["estimate"].notna().sum()
    assert verdict["grid_predicted_sign"] == (table["estimate"] > 0).mean()
    significant = table["estimate"].gt(0) & table["p_value"].lt(0.05)
    assert verdict["grid_significant"] == significant.mean()
    assert verdict["grid_p_value"] == tests.loc["stouffer_z", "p_value"]


def test_numbers_do_not_depend_on_the_number_of_processes():
    again = analyse(people(), declared(), seed=1, cores=3)
    for name in ("grid", "grid_influences", "grid_tests"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(found(), name), check_exact=True
        )


def test_a_cell_that_cannot_be_fitted_stands_with_its_reason_and_spares_the_others():
    data = people()
    data["rating"] = data["rating"].where(data["group"] != 2)
    data.loc[data["age"] < 60, "hours"] = 1.0
    table = analyse(data, declared(), seed=1).grid
    lost = table[table["reason"] != ""]
    assert set(zip(lost["outcome"], lost["subset"], strict=True)) == {("hours", "young")}
    assert lost["reason"].str.startswith("outcome_constant").all()
    assert lost["estimate"].isna().all() and table["estimate"].notna().sum() == len(table) - len(
        lost
    )


def test_a_category_that_is_compared_with_another_one_gives_no_estimate():
    plan = declared(
        hypotheses=["H1"], dimensions={"subset": [young()]}, excluded=[], left_out_clusters=None
    )
    model = asdict(plan.models[0]) | {"predictors": [{"variable": "group", "categorical": True}]}
    plan = _with_model(plan, model, "group[2]")
    data = people()
    data.loc[data["age"].lt(60) & data["group"].eq(0), "group"] = 1.0
    table = analyse(data, plan, seed=1).grid
    assert table["estimate"].notna().tolist() == [True, False]
    assert table["reason"].iloc[1].startswith("grid_other_reference")


def young() -> dict:
    return {"id": "young", "subset": "age < 60", "label": {"en": "Y"}, "reason": {"en": "Y."}}


def _with_model(plan: Plan, model: dict, term: str) -> Plan:
    from plans import plan_of

    hypothesis = asdict(plan.hypotheses[0])
    hypothesis["estimand"] = {"kind": "average_marginal_effect", "variable": term}
    content = {"models": [{**model, "cluster": "place"}], "hypotheses": [hypothesis]}
    kept = {
        key: value
        for key, value in asdict(plan).items()
        if key in ("families", "grids") and value is not None
    }
    return plan_of({**kept, **_without_none(content)})


def _without_none(value):
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_without_none(each) for each in value]
    return value


def test_a_plan_without_grids_has_empty_tables_and_verdicts_say_nothing_of_them():
    bare = analyse(people(), replace(declared(), grids=()), seed=1)
    assert bare.grid.empty and bare.grid_influences.empty and bare.grid_tests.empty
    assert bare.verdicts["grid_cells"].isna().all()
    assert np.isfinite(bare.verdicts["estimate"]).all()
