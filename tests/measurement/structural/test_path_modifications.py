"""Score tests of what structural models leave out: against lavaan, and against what is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.structural import (
    PathEffect,
    effect_table,
    measure,
    path_modifications,
    structural,
    structure_after,
)

FOLDER = Path(__file__).parents[2] / "reference" / "structural"
REFERENCE = json.loads((FOLDER / "modifications.json").read_text("utf-8"))
FACTORS = {f: [f"{f}{i}" for i in range(1, 5)] for f in "abc"}
ITEMS = [item for items in FACTORS.values() for item in items]
PROCESS = {"factors": FACTORS, "regressions": {"b": ["a", "x1"], "c": ["b"], "y": ["c", "x1"]}}
CHAIN = {"factors": FACTORS, "regressions": {"b": ["a"], "c": ["b"]}}


def compared(found: pd.DataFrame, name: str, scale: float = 1.0) -> int:
    """Compare every candidate that lavaan has too; their number."""
    wanted = pd.DataFrame(REFERENCE["cases"][name]).set_index(["lhs", "op", "rhs"])
    n = 0
    for row in found.to_dict("records"):
        if " ~~ " in row["term"]:
            one, other = row["term"].split(" ~~ ")
            keys = [(one, "~~", other), (other, "~~", one)]
        else:
            cause, outcome = row["term"].split(" > ")
            keys = [(outcome, "~", cause)]
        known = [key for key in keys if key in wanted.index]
        if not known:
            continue
        one = wanted.loc[known[0]]
        assert row["modification_index"] == pytest.approx(one["mi"] * scale, rel=2e-4, abs=1e-3)
        assert row["standardised_change"] == pytest.approx(one["sepc.all"], rel=2e-4, abs=1e-4)
        n += 1
    return n


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "continuous.csv").select_dtypes("number")
    return table - table.mean()


def test_indices_and_changes_of_maximum_likelihood_are_those_of_lavaan(data):
    found = path_modifications(structural(data, PROCESS, "ML", draws=0), robust=False)
    assert {"a > c", "x1 > c", "b > y", "a > y", "b ~~ c"} <= set(found["term"])
    assert not {"c > b", "y > c", "y > b", "c > y"} & set(found["term"])
    assert compared(found, "ml") >= 5


@pytest.mark.parametrize(
    ("name", "file", "missing"),
    [("mlr", "continuous.csv", "listwise"), ("fiml", "gaps.csv", "fiml")],
)
def test_indices_beside_robust_errors_are_those_of_lavaan_with_and_without_gaps(
    name, file, missing
):
    data = pd.read_csv(FOLDER / file).select_dtypes("number")
    fit = structural(data, PROCESS, "MLR", missing=missing, draws=0)
    assert compared(path_modifications(fit, robust=True), name) >= 5


def test_indices_of_ordinal_items_are_those_of_lavaan_but_for_its_count_of_cases():
    data = pd.read_csv(FOLDER / "ordinal.csv")[ITEMS]
    found = path_modifications(structural(data, CHAIN, "WLSMV", draws=0), robust=True)
    n = REFERENCE["n"]
    # lavaan takes n - 1 for the score and n for its variance; see `modification_indices`.
    found["standardised_change"] *= (n - 1) / n
    assert compared(found, "wlsmv", n / (n - 1)) >= 1


def test_the_second_step_has_the_indices_of_a_model_of_the_factors_covariances(data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS)
    found = structure_after(measured, {"b": ["a"], "c": ["b"]}).left_out
    assert "a > c" in set(found["term"])
    assert compared(found, "sam_chain") >= 1


def test_the_expected_change_and_its_error_are_about_those_of_the_freed_model():
    rng = np.random.default_rng(3)
    n = 4000
    x = rng.normal(size=n)
    m = 0.5 * x + rng.normal(size=n)
    y = 0.5 * m + 0.06 * x + rng.normal(size=n)
    values, names = np.column_stack([x, m, y]), ["x", "m", "y"]
    measured = measure(values - values.mean(0), names, {})
    row = (
        structure_after(measured, {"m": ["x"], "y": ["m"]}).left_out.set_index("term").loc["x > y"]
    )
    freed = structure_after(measured, {"m": ["x"], "y": ["m", "x"]})
    asked = {"direct": PathEffect("path", ("x", "y"))}
    (direct,) = effect_table(freed.derived, asked, 0.95, 1, 0).to_dict("records")
    assert row["standardised_change"] == pytest.approx(direct["standardised"], abs=0.003)
    assert row["change_std_error"] == pytest.approx(direct["standardised_std_error"], rel=0.03)


def test_under_a_true_model_the_test_of_a_left_out_path_holds_its_level():
    rng = np.random.default_rng(5)
    names, rejected = ["x", "m", "y"], 0
    for _ in range(400):
        x = rng.normal(size=300)
        m = 0.5 * x + rng.standard_t(5, size=300)
        y = 0.5 * m + rng.standard_t(5, size=300)
        values = np.column_stack([x, m, y])
        measured = measure(values - values.mean(0), names, {})
        left = structure_after(measured, {"m": ["x"], "y": ["m"]}).left_out
        rejected += abs(left["standardised_change"] / left["change_std_error"]).iloc[0] > 1.96
    assert rejected / 400 == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))
