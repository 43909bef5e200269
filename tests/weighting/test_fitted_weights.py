"""Weights fitted to margins: those of R's survey, and what margins that cannot be met are told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.errors import Refusal
from coproduction.weighting.calibration import Limits, Margin, fit_to_margins

FOLDER = Path(__file__).parents[1] / "reference/survey"
REFERENCE = json.loads((FOLDER / "weights.json").read_text("utf-8"))
PLACES = pd.read_csv(FOLDER / "places.csv")
WEIGHT = PLACES["weight"].to_numpy()
TOTAL = float(sum(REFERENCE["population"]["sex"]))
LIMITS = Limits(0.55, 1.9)


def margin(name: str, codes: np.ndarray, population: list[float]) -> Margin:
    names = tuple(str(number) for number in range(len(population)))
    return Margin(name, names, np.array(population, float), np.asarray(codes))


MARGINS = [
    margin(name, PLACES[name] - PLACES[name].min(), counts)
    for name, counts in REFERENCE["population"].items()
]


@pytest.mark.parametrize(
    ("name", "method", "limits", "near"),
    [
        ("raking", "raking", None, 1e-9),
        ("by_turns", "raking", None, 1e-8),
        ("linear", "linear", None, 1e-9),
        ("raking_limited", "raking", LIMITS, 1e-8),
        ("linear_limited", "linear", LIMITS, 1e-8),
    ],
)
def test_fitted_weights_are_those_of_survey(name, method, limits, near):
    found = fit_to_margins(WEIGHT, MARGINS, TOTAL, method, limits)
    assert found.weight == pytest.approx(REFERENCE[name], rel=near)
    if limits is not None:
        ends = np.array([limits.least, limits.most]) * TOTAL / len(WEIGHT)
        at_end = np.isclose(found.weight[:, None], ends).any(axis=1)
        assert found.limited.sum() > 3 and (at_end == found.limited).all()


@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_margins_are_met_and_unknown_categories_keep_their_share(seed, limited, linear):
    rng = np.random.default_rng(seed)
    weight = rng.uniform(1, 2, 300) * (rng.uniform(size=300) > 0.05)
    codes = [np.where(rng.uniform(size=300) < 0.1, -1, rng.integers(0, k, 300)) for k in (2, 3, 4)]
    margins = [
        margin(str(k), each, list(rng.uniform(2, 3, each.max() + 1)))
        for k, each in enumerate(codes)
    ]
    limits = Limits(0.2, 4) if limited or linear else None
    found = fit_to_margins(weight, margins, 700.0, "linear" if linear else "raking", limits)
    assert found.weight.sum() == pytest.approx(700) and (found.weight[weight == 0] == 0).all()
    for each in margins:
        sums = np.bincount(each.codes + 1, weights=found.weight) / 700
        unknown = weight[each.codes < 0].sum() / weight.sum()
        assert sums[0] == pytest.approx(unknown, abs=1e-9)
        expected = each.population / each.population.sum() * (1 - unknown)
        assert sums[1:] == pytest.approx(expected, abs=1e-9)


def test_weights_that_meet_the_margins_stay():
    population = np.bincount(PLACES["sex"] - 1, weights=WEIGHT)
    alike = margin("sex", PLACES["sex"] - 1, list(population))
    assert fit_to_margins(WEIGHT, [alike], WEIGHT.sum()).weight == pytest.approx(WEIGHT)
    assert fit_to_margins(WEIGHT, [], 2 * WEIGHT.sum()).weight == pytest.approx(2 * WEIGHT)


def test_weights_without_margins_are_brought_within_limits_in_proportion():
    weight = np.array([1.0, 1, 1, 1, 6])
    found = fit_to_margins(weight, [], 10.0, limits=Limits(0, 1.5))
    assert found.weight == pytest.approx([1.75, 1.75, 1.75, 1.75, 3])
    assert found.limited.tolist() == [False] * 4 + [True]


def refusal(*arguments) -> str:
    with pytest.raises(Refusal) as error:
        fit_to_margins(*arguments)
    return str(error.value)


def test_a_category_without_respondents_is_named():
    lacking = margin("sex", np.zeros(104, int), [10, 20])
    assert "Margin `sex`: some of the population are in category 1" in refusal(
        WEIGHT, [lacking], 30.0
    )


def test_margins_that_contradict_one_another_are_named():
    same = PLACES["sex"] - 1
    contradicting = [margin("sex", same, [50, 50]), margin("again", same, [20, 80])]
    assert "cannot be fitted to the margins: in `" in refusal(WEIGHT, contradicting, 100.0)


def test_limits_that_are_too_narrow_and_negative_weights_are_refused():
    assert "No weights between 0.99 and 1.01 times their mean" in refusal(
        WEIGHT, MARGINS, TOTAL, "raking", Limits(0.99, 1.01)
    )
    steep = [
        margin("sex", PLACES["sex"] - 1, [1, 30]),
        margin("age", PLACES["age"] - 1, [1, 1, 30]),
    ]
    assert "Linear calibration makes" in refusal(WEIGHT, steep, TOTAL, "linear")
