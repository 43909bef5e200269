"""Formulas of power agree with R's and with what other mechanisms find."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from coproduction.dictionary import dictionary
from coproduction.planning.formula import (
    by_formula,
    costs,
    design_effect,
    detectable,
    power,
    std_error,
)
from coproduction.planning.settings import Assumed, Costs, Design, Planning

DESIGN = Design(
    id="small",
    label={"en": "Small"},
    communities=30,
    drawn={"address": 16, "roster": 4},
    response_rate=0.5,
    intraclass_correlations={},
)
ASSUMED = Assumed(
    outcome_sd=1.0,
    predictor_sd=1.0,
    outcome_explained=0.0,
    predictor_explained=0.0,
    outcome_icc=0.1,
    predictor_icc=1.0,
    reliability=1.0,
    kept=1.0,
    size_variation=0.0,
    weighting=1.0,
)

PLANNING = Planning(
    scenario=None,
    power=0.8,
    budget=1000,
    currency="",
    costs=Costs(fixed=10, community=5, contact=1, interview=2),
    hypotheses={"H1": ("supported",)},
    assumed={"H1": ASSUMED},
    designs=(DESIGN, replace(DESIGN, id="large", communities=60)),
)


@pytest.fixture(scope="module")
def reference(root) -> dict:
    return json.loads((root / "tests/reference/planning/reference.json").read_text("utf-8"))


def test_power_of_the_t_test_is_that_of_power_t_test(reference):
    for each in reference["power"]:
        found = power(each["effect"] * np.sqrt(each["n"]), each["n"] - 1)
        assert found == pytest.approx(each["power"], abs=1e-8)


def test_detectable_effects_are_those_of_power_t_test(reference):
    for each in reference["detectable"]:
        found = detectable(each["power"], each["n"] - 1) / np.sqrt(each["n"])
        assert found == pytest.approx(each["effect"], rel=1e-6)


def test_communities_compared_are_found_as_often_as_the_formula_says():
    """By exact t tests of means of communities, in data made here."""
    rng, repeats, effect = np.random.default_rng(11), 4000, 0.25
    groups, size = DESIGN.communities, 10
    x = np.tile([-1.0, 1.0], groups // 2)
    between = rng.normal(0, np.sqrt(0.1), (repeats, groups))
    within = rng.normal(0, np.sqrt(0.9), (repeats, groups, size)).mean(axis=2)
    means = effect * x + between + within
    slopes = means @ x / groups
    left = means - means.mean(axis=1, keepdims=True) - slopes[:, None] * x
    errors = np.sqrt((left**2).sum(axis=1) / (groups - 2) / groups)
    share = np.mean(np.abs(slopes / errors) > student.ppf(0.975, groups - 2))
    error = std_error(DESIGN, ASSUMED)
    assert slopes.std() == pytest.approx(error, rel=0.04)
    expected = power(effect / error, groups - 2)
    assert share == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / repeats))


def test_slopes_of_clustered_predictors_vary_as_the_formula_says():
    """By least squares through data with predictor and outcome shared within communities."""
    rng, repeats, share = np.random.default_rng(12), 3000, 0.4
    shape = (repeats, DESIGN.communities, 10)

    def clustered(icc: float) -> np.ndarray:
        common = rng.normal(0, np.sqrt(icc), shape[:2])[..., None]
        return (common + rng.normal(0, np.sqrt(1 - icc), shape)).reshape(repeats, -1)

    x, y = clustered(share), clustered(0.3)
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    slopes = (x * y).sum(axis=1) / (x**2).sum(axis=1)
    assumed = replace(ASSUMED, outcome_icc=0.3, predictor_icc=share)
    assert design_effect(DESIGN, assumed) == pytest.approx(1 + 9 * 0.12)
    assert slopes.std() == pytest.approx(std_error(DESIGN, assumed), rel=0.06)


def test_what_is_explained_lost_or_unreliable_moves_the_error_as_it_should():
    usual = std_error(DESIGN, ASSUMED)
    moved = {"outcome_explained": 0.75, "outcome_sd": 2.0, "predictor_sd": 0.5}
    ratios = {
        name: std_error(DESIGN, replace(ASSUMED, **{name: value})) / usual
        for name, value in moved.items()
    }
    assert ratios == pytest.approx(
        {"outcome_explained": 0.5, "outcome_sd": 2.0, "predictor_sd": 2.0}
    )
    for name in ("reliability", "predictor_explained"):
        assert std_error(DESIGN, replace(ASSUMED, **{name: 0.75})) > usual


def test_designs_are_charged_for_communities_contacts_and_interviews():
    found = costs(PLANNING)
    assert found["cost"].tolist() == [10 + 150 + 600 + 600, 10 + 300 + 1200 + 1200]
    assert found["within_budget"].tolist() == [False, False]
    told = by_formula(PLANNING, {"H1": 0.3})
    assert told["power_at_smallest_effect"].is_monotonic_increasing
    assert told["minimum_detectable_effect"].is_monotonic_decreasing


def test_tables_of_planning_have_the_columns_that_are_declared():
    declared = dictionary().tables
    for name, table in (("designs", costs(PLANNING)), ("formula", by_formula(PLANNING, {"H1": 1}))):
        assert list(table) == list(declared[f"planning/{name}.csv"])
