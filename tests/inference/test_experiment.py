"""Randomised experiments against R and against every assignment; see tests/reference/experiment."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import experiment_of, experiments_of

from coproduction.inference.experiment import (
    ARM_COLUMNS,
    BALANCE_COLUMNS,
    EFFECT_COLUMNS,
    arms,
    balance,
    experiment_effects,
    experiments,
)
from coproduction.notes import sentences

FOLDER = Path(__file__).parents[1] / "reference" / "experiment"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
DATA = pd.read_csv(FOLDER / "experiment.csv")
PLANNED = {
    "id": "vignette",
    "outcome": "rating",
    "factors": ["pay", "benefits"],
    "balance": ["motive", "education"],
    "permutations": 499,
}


def test_arms_equal_r():
    table = arms(DATA, experiment_of(PLANNED))
    assert list(table.columns) == list(ARM_COLUMNS)
    assert table["experiment"].eq("vignette").all()
    for found in table.to_dict("records"):
        expected = REFERENCE["arms"][found["arm"]]
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-10)
    assert table["arm"].tolist() == list(REFERENCE["arms"])


def test_balance_equals_r():
    table = balance(DATA, experiment_of(PLANNED))
    assert list(table.columns) == list(BALANCE_COLUMNS)
    assert len(table) == 2 * (1 + 4)
    for found in table.to_dict("records"):
        expected = REFERENCE["balance"][found["factor"]][found["variable"]]
        expected = expected[found["level"]] if found["level"] else expected
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-10)


def test_effects_are_neymans_in_every_column():
    table = experiment_effects(DATA, experiment_of(PLANNED), np.random.default_rng(1))
    assert list(table.columns) == list(EFFECT_COLUMNS)
    assert table["term"].tolist() == ["pay", "benefits", "pay:benefits"]
    for found in table.to_dict("records"):
        expected = REFERENCE["effects"][found["term"]]
        assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-10)
    assert (
        table["n"].eq(240).all() and table["draws"].eq(499).all() and table["reason"].eq("").all()
    )


@pytest.mark.parametrize("name", ["one_factor", "two_factors"])
def test_the_randomisation_test_is_exact_but_for_monte_carlo_error(name):
    expected = REFERENCE[name]
    factors = ["pay", "benefits"] if "benefits" in expected else ["pay"]
    table = pd.DataFrame({key: expected[key] for key in ("y", *factors)})
    planned = {"id": "small", "outcome": "y", "factors": factors, "permutations": 9999}
    found = experiment_effects(table, experiment_of(planned), np.random.default_rng(6)).iloc[0]
    assert found["estimate"] == pytest.approx(expected["estimate"], rel=1e-12)
    exact = expected["p_value"]
    error = np.sqrt(exact * (1 - exact) / 9999)
    assert found["randomisation_p_value"] == pytest.approx(exact, abs=4 * error + 1e-4)


def test_randomisation_tests_keep_their_level_where_nothing_has_an_effect():
    rng = np.random.default_rng(11)
    rejected = np.zeros(3)
    for _ in range(120):
        table = DATA.assign(
            pay=rng.permutation(DATA["pay"]),
            benefits=rng.permutation(DATA["benefits"]),
            rating=rng.exponential(size=len(DATA)),
        )
        found = experiment_effects(
            table.head(60), experiment_of({**PLANNED, "permutations": 99}), rng
        )
        rejected += found["randomisation_p_value"].to_numpy() <= 0.2
    # Binomial with n = 120: 0.20 ± 4 standard errors of 0.037.
    assert (abs(rejected / 120 - 0.2) < 4 * 0.037).all()


def test_rows_without_an_arm_or_an_answer_are_left_out():
    table = DATA.astype(float)
    table.loc[0, "rating"], table.loc[1, "pay"] = np.nan, np.nan
    assert (
        experiment_effects(table, experiment_of(PLANNED), np.random.default_rng(1))["n"]
        .eq(238)
        .all()
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pay": 2.0}, "Experiment `vignette`: `pay` must be 0 or 1"),
        ({"pay": 1.0}, "Experiment `vignette`: an arm has fewer than two respondents"),
    ],
)
def test_an_experiment_that_cannot_be_analysed_has_its_reason_and_stops_no_other(changes, message):
    table = DATA.assign(other=DATA["pay"], **changes)
    sound = {**PLANNED, "id": "sound", "factors": ["other", "benefits"]}
    found_arms, found_balance, effects = experiments(
        table, experiments_of([PLANNED, sound]), seed=1
    )
    broken = effects[effects["experiment"] == "vignette"]
    assert len(broken) == 1 and message in sentences(broken["reason"].iloc[0])
    assert broken["estimate"].isna().all()
    assert set(found_arms["experiment"]) == set(found_balance["experiment"]) == {"sound"}
    assert (effects["experiment"] == "sound").sum() == 3


def test_no_experiment_gives_empty_tables_with_their_columns():
    tables = experiments(DATA, experiments_of([]), seed=1)
    columns = (ARM_COLUMNS, BALANCE_COLUMNS, EFFECT_COLUMNS)
    assert all(
        each.empty and list(each.columns) == list(names)
        for each, names in zip(tables, columns, strict=True)
    )


def test_equal_seeds_give_equal_tables():
    one, other = (experiments(DATA, experiments_of([PLANNED]), seed=8)[2] for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
