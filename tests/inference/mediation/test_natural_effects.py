"""Natural effects by the g-formula against R; see tests/reference/natural_effects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse

FOLDER = Path(__file__).parents[2] / "reference/natural_effects"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
USUAL = {"id": "through", "exposure": "pay", "covariates": ["age"]}
THREE = ["total_effect", "natural_direct", "natural_indirect"]


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "data.csv").astype(float)


def analysed(data: pd.DataFrame, mediators: dict[str, str], outcome: str, family: str, **changed):
    own = [{"variable": name, "family": each} for name, each in mediators.items()]
    planned = USUAL | {"mediators": own, "outcome": outcome, "family": family} | changed
    return analyse(data, plan_of({"mediations": [planned]}), 1)


def effects(found) -> pd.DataFrame:
    return found.mediation.set_index("estimand")


def test_a_binary_mediator_with_interaction_is_summed_over_and_clusters_count(data):
    found = analysed(
        data,
        {"asked": "binomial"},
        *("joined", "binomial"),
        exposure_mediator_interaction=True,
        cluster="place",
    )
    rows = effects(found).loc[THREE]
    assert rows["estimate"].tolist() == pytest.approx(REFERENCE["binary"]["value"], rel=1e-7)
    assert rows["std_error"].tolist() == pytest.approx(REFERENCE["binary"]["error"], rel=1e-5)
    assert set(rows["df"]) == {24.0} and set(rows["covariance"]) == {"CR1"}


def test_a_count_mediator_is_summed_over(data):
    rows = effects(analysed(data, {"kinds": "poisson"}, "joined", "binomial")).loc[THREE]
    assert rows["estimate"].tolist() == pytest.approx(REFERENCE["count"]["value"], rel=1e-6)
    assert rows["std_error"].tolist() == pytest.approx(REFERENCE["count"]["error"], rel=1e-5)


def test_mediators_in_sequence_share_the_indirect_effect_along_their_order(data):
    mediators = {"asked": "binomial", "trust": "gaussian"}
    found = analysed(data, mediators, "joined", "binomial", cluster="place").mediation
    rows = found[found["estimand"].isin([*THREE, "path_specific"])]
    assert rows["term"].iloc[-2:].tolist() == ["pay > asked > joined", "pay > trust > joined"]
    assert rows["estimate"].tolist() == pytest.approx(REFERENCE["sequence"]["value"], rel=1e-6)
    assert rows["std_error"].tolist() == pytest.approx(REFERENCE["sequence"]["error"], rel=1e-5)


def by_rho(found, estimand: str) -> np.ndarray:
    rows = found.mediation_sensitivity.query("estimand == @estimand").set_index("rho")
    return rows.loc[REFERENCE["rho"], "estimate"].to_numpy()


def test_two_linear_models_have_the_sensitivity_of_imai_keele_and_yamamoto(data):
    found = analysed(data, {"trust": "gaussian"}, "mood", "gaussian")
    assert by_rho(found, "natural_indirect") == pytest.approx(REFERENCE["linear"], rel=1e-8)
    (row,) = found.mediation_robustness.to_dict("records")
    assert row["rho_zero"] == pytest.approx(REFERENCE["linear_zero"], rel=1e-8)
    assert 0 < row["robustness_value_limit"] < row["robustness_value"] < 1


def test_a_probit_has_the_sensitivity_of_its_structural_model_in_closed_form(data):
    found = analysed(data, {"trust": "gaussian"}, "joined", "probit")
    indirect, direct = (by_rho(found, f"natural_{kind}") for kind in ("indirect", "direct"))
    assert indirect == pytest.approx(REFERENCE["probit_indirect"], rel=1e-6)
    assert direct == pytest.approx(REFERENCE["probit_direct"], rel=1e-6)
    (row,) = found.mediation_robustness.to_dict("records")
    assert row["rho_zero"] == pytest.approx(REFERENCE["probit_zero"], rel=1e-7)
    assert np.isnan(row["robustness_value"])


def test_interval_and_error_of_the_explaining_correlation_agree_with_the_table(data):
    found = analysed(data, {"trust": "gaussian"}, "joined", "probit", cluster="place")
    (row,) = found.mediation_robustness.to_dict("records")
    table = found.mediation_sensitivity.query("estimand == 'natural_indirect'")
    low = np.interp(row["rho_zero_limit"], table["rho"], table["conf_low"])
    assert low == pytest.approx(0, abs=1e-12)
    assert 0 < row["rho_zero_limit"] < row["rho_zero"]
    assert row["conf_low"] < row["rho_zero"] < row["conf_high"]
