"""Mediations in an analysis: verdicts, the fragile ones, weights, imputed tables, and refusals."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse
from coproduction.inference.mediation.rho import limit
from coproduction.inference.mediation.tables import Found, pooled_mediation
from coproduction.inference.objections.objections import objections
from coproduction.notes import Note, read
from coproduction.rows import rows_of

THROUGH = {
    **{"id": "through", "exposure": "x", "outcome": "y", "family": "probit"},
    **{"mediators": [{"variable": "m", "family": "gaussian"}], "cluster": "g"},
}
ASKED = {
    **{"id": "H1", "family": "all", "mediation": "through", "fragile_below": 0.1},
    **{"estimand": {"kind": "natural_indirect", "along": ["x", "m", "y"]}},
    **{"direction": "positive", "smallest_effect": 0.01},
}


def town(n: int = 1200, slope: float = 0.4) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = rng.integers(0, 2, n).astype(float)
    m = 0.6 * x + rng.standard_normal(n)
    y = (slope * m + 0.2 * x + rng.standard_normal(n) > 0.3).astype(float)
    return pd.DataFrame({"x": x, "m": m, "y": y, "g": np.arange(n) % 30})


def plan(asked: dict | None = None, **changed):
    hypotheses = {"families": [{"id": "all"}], "path_hypotheses": [ASKED | (asked or {})]}
    return plan_of({"mediations": [THROUGH | changed], **hypotheses})


def test_a_hypothesis_on_a_mediation_has_a_verdict_of_the_words_of_all_others():
    found = analyse(town(), plan(), 1)
    (row,) = found.verdicts.to_dict("records")
    (own,) = found.mediation.query("estimand == 'natural_indirect'").to_dict("records")
    assert row["verdict"] == "supported" and row["estimate"] == own["estimate"] > 0.01
    assert (row["model"], row["term"], row["covariance"]) == ("through", "x > m > y", "CR1")
    assert row["df"] == 29 and "fragile_mediation" not in row["objections"]
    assert list(found.model_flow["model"].unique()) == ["through"]


def test_a_small_explaining_correlation_makes_a_supported_hypothesis_fragile():
    found = analyse(town(6000, 0.08), plan({"smallest_effect": 0.001}), 1)
    (row,) = found.verdicts.to_dict("records")
    zero = found.mediation_robustness["rho_zero"].iloc[0]
    assert row["verdict"] == "supported" and abs(zero) < 0.1
    assert "fragile_mediation" in row["objections"]
    note = found.objections.query("objection == 'fragile_mediation'")["note"].iloc[0]
    assert json.loads(note.split(" ", 1)[1])["rho"] == pytest.approx(zero)


def test_an_explaining_correlation_that_is_not_known_is_said_of_a_supported_path():
    table = pd.DataFrame([{"mediation": "through", "rho_zero": np.nan}])
    decided = pd.DataFrame({"hypothesis": ["H1"], "verdict": ["supported"], "df": [29.0]})
    tables = {"inference/mediation_robustness.csv": table}
    assert "mediation_not_examined" in set(objections(decided, tables, plan())["objection"])


def test_weights_count_rows_as_often_as_they_stand_for():
    # A 0/1 mediator, for the variance of a normal one is over the number of rows less its terms.
    data = town(400).assign(m=lambda table: (table["m"] > 0.5) * 1.0)
    mediators = [{"variable": "m", "family": "binomial"}]
    times = np.random.default_rng(6).integers(1, 4, 400)
    sample = rows_of(data).independent
    weighted = type(sample)(data.index, weight=times.astype(float))
    binary = {"mediations": [THROUGH | {"mediators": mediators}]}
    asked = {"mediations": [THROUGH | {"mediators": mediators, "weights": "study"}]}
    one = analyse(data, plan_of(asked), 1, sample=weighted).mediation
    repeated = data.loc[data.index.repeat(times)].reset_index(drop=True)
    many = analyse(repeated, plan_of(binary), 1).mediation
    assert one["estimate"].to_numpy() == pytest.approx(many["estimate"].to_numpy(), rel=1e-8)
    assert one["std_error"].to_numpy() == pytest.approx(many["std_error"].to_numpy(), rel=1e-5)


def test_percentile_intervals_of_whole_clusters_stand_beside_the_others():
    rows = analyse(town(600), plan(bootstrap=199), 1).mediation.set_index("estimand")
    again = analyse(town(600), plan(bootstrap=199), 1).mediation.set_index("estimand")
    assert rows["bootstrap_low"].equals(again["bootstrap_low"])
    own = rows.loc["natural_indirect"]
    assert own["bootstrap_low"] < own["estimate"] < own["bootstrap_high"]
    width = own["bootstrap_high"] - own["bootstrap_low"]
    assert width == pytest.approx(own["conf_high"] - own["conf_low"], rel=0.35)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"g": 1}, "one_cluster"),
        ({"m": 3.0}, "model_constant_variable"),
        ({"y": 1.0}, "outcome_constant"),
        ({"y": lambda data: (data["m"] > 0) * 1.0}, "separat"),
        ({"x": lambda data: data["m"] * 2}, "term_determined"),
    ],
)
def test_a_mediation_that_cannot_be_fitted_is_a_reason_and_no_verdict(changes, code):
    found = analyse(town(300).assign(**changes), plan(), 1)
    (row,) = found.mediation.to_dict("records")
    assert code in row["reason"] or code in read(row["reason"])[0].code
    assert found.mediation_robustness["reason"].iloc[0] == row["reason"]
    assert found.verdicts["verdict"].tolist() == ["not_estimable"]
    assert found.verdicts["reason"].tolist() == [row["reason"]]


def test_a_mediation_that_failed_in_one_imputed_table_is_not_pooled_over_the_others():
    planned = plan().mediations[0]
    good = Found(*(pd.DataFrame() for _ in range(4)))
    failed = Note("outcome_constant", {"model": "through", "name": "y", "n": 9})
    effects, by, robust = pooled_mediation(planned, [good, failed, good])
    (note,) = read(effects["reason"].iloc[0])
    assert note.code == "failed_in_imputations" and note.values["n"] == 1 and note.values["m"] == 3
    assert by.empty and robust["reason"] == effects["reason"].iloc[0]


@pytest.mark.parametrize(
    ("mediators", "family", "code"),
    [
        ([("m", "gaussian"), ("t", "gaussian")], "probit", "rho_of_several_mediators"),
        ([("t", "binomial")], "probit", "rho_of_no_normal_mediator"),
        ([("m", "gaussian")], "binomial", "rho_of_no_normal_outcome"),
    ],
)
def test_where_the_correlation_of_errors_is_not_defined_a_code_says_so(mediators, family, code):
    own = [{"variable": name, "family": each} for name, each in mediators]
    data = town().assign(t=(town()["m"] + np.sin(np.arange(1200)) > 0.5) * 1.0)
    changed = plan_of({"mediations": [THROUGH | {"mediators": own, "family": family}]})
    found = analyse(data, changed, 1)
    assert found.mediation_robustness["reason"].iloc[0].startswith(code)
    assert found.mediation_sensitivity.empty and found.mediation["estimate"].notna().all()


def test_the_interval_reaches_no_effect_before_the_estimate_does():
    rho = np.array([-0.2, 0.0, 0.2, 0.4])
    table = pd.DataFrame({"rho": rho, "conf_low": 0.1 - rho, "conf_high": 0.3 - rho})
    assert limit(table, 0.2) == pytest.approx(0.1)
    flipped = pd.DataFrame({"rho": -rho, "conf_low": 0.1 - rho, "conf_high": 0.3 - rho})
    assert limit(flipped, -0.2) == pytest.approx(-0.1)
    assert limit(table.assign(conf_low=-0.1 - rho), 0.2) == 0
