"""Mediation of observed variables against R; see tests/reference/mediation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse

ROOT = Path(__file__).parents[3]
REFERENCE = json.loads((ROOT / "tests/reference/mediation/reference.json").read_text("utf-8"))
CHAIN = {"id": "mediation", "chain": ["cond", "pmi", "reaction"], "bootstrap": 4000}
ASKED = {
    "id": "M1",
    "statement": {"en": "Through presumed influence."},
    "family": "all",
    "path": "mediation",
    "estimand": {"kind": "indirect", "along": ["cond", "pmi", "reaction"]},
    "direction": "positive",
    "comparison": "superiority",
    "smallest_effect": 0.05,
    "status": "confirmatory",
    "unit": {"en": "points"},
}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data/raw/tal_or/tal_or.csv")


def analysed(data: pd.DataFrame, **changed):
    plan = plan_of(
        {"paths": [CHAIN | changed], "families": [{"id": "all"}], "path_hypotheses": [ASKED]}
    )
    return analyse(data, plan, 1)


@pytest.fixture(scope="module")
def found(data):
    return analysed(data)


def test_three_lines_of_a_plan_give_the_published_indirect_effect(found):
    effects = found.paths.set_index(["estimand", "term"])
    row = effects.loc[("indirect", "cond > pmi > reaction")]
    assert round(row["estimate"], 3) == 0.241
    assert row["estimate"] == pytest.approx(REFERENCE["indirect"], rel=1e-8)
    assert row["std_error"] == pytest.approx(REFERENCE["indirect_std_error"], rel=1e-6)
    wanted = {
        ("path", "cond > pmi"): ("a", "a_std_error"),
        ("path", "pmi > reaction"): ("b", "b_std_error"),
        ("total_effect", "cond > reaction"): ("total", "total_std_error"),
    }
    for key, (value, error) in wanted.items():
        assert effects.loc[key, "estimate"] == pytest.approx(REFERENCE[value], rel=1e-8)
        assert effects.loc[key, "std_error"] == pytest.approx(REFERENCE[error], rel=1e-6)
    assert effects.loc[("path", "cond > reaction"), "estimate"] == pytest.approx(
        REFERENCE["direct"]
    )
    shares = effects.loc[("path", "pmi > reaction"), "r_squared"]
    assert shares == pytest.approx(REFERENCE["r_squared"], rel=1e-8)


def test_the_percentile_interval_is_that_of_r_up_to_chance(found):
    (row,) = found.paths[found.paths["estimand"] == "indirect"].to_dict("records")
    low, high = REFERENCE["bootstrap"]
    # Quantiles of 4,000 draws have standard errors of about 0.006 here.
    assert row["bootstrap_low"] == pytest.approx(low, abs=0.025)
    assert row["bootstrap_high"] == pytest.approx(high, abs=0.025)
    assert row["monte_carlo_low"] == pytest.approx(low, abs=0.03)


def test_its_hypothesis_has_a_verdict_of_the_words_of_all_others(found):
    (row,) = found.verdicts.to_dict("records")
    assert row["verdict"] == "inconclusive" and row["model"] == "mediation"
    assert row["estimate"] == pytest.approx(REFERENCE["indirect"])
    assert list(found.model_flow["step"]) == ["analysed", "counted", "population", "modelled"]


def test_standard_deviations_are_asked_for(data):
    (row,) = (
        analysed(data, standardise=True, bootstrap=None)
        .paths.query("estimand == 'total_effect'")
        .to_dict("records")
    )
    wanted = np.corrcoef(data["cond"], data["reaction"])[0, 1]
    assert row["estimate"] == pytest.approx(wanted, rel=1e-8)


def test_a_variable_that_is_the_same_for_all_is_a_reason_and_no_verdict(data):
    found = analysed(data.assign(pmi=3.0))
    assert found.path_models["status"].tolist() == ["failed"]
    assert "pmi" in found.path_models["reason"].iloc[0]
    assert found.verdicts["verdict"].tolist() == ["not_estimable"]


def test_rows_with_a_missing_answer_are_counted_by_the_variable(data):
    gaps = data.copy()
    gaps.loc[:4, "pmi"] = np.nan
    flow = analysed(gaps, bootstrap=None).model_flow
    (row,) = flow[flow["step"] == "missing"].to_dict("records")
    assert row["variable"] == "pmi" and row["n_removed"] == 5
