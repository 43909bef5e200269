"""Path models with constructs: measurement error and agreement are out, errors are by cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plans import plan_of

from coproduction.inference.analysis import analyse
from coproduction.inference.paths.composites import composites
from coproduction.instrument.item_scales import Scale
from coproduction.plan.paths.questions import Composite

ITEMS = {name: tuple(f"{name}{i}" for i in range(1, 5)) for name in ("one", "two")}
SCALES = {name: Scale(items, reversed=items[:1], spans=(4.0,) * 4) for name, items in ITEMS.items()}
BETA, GAMMA = 0.4, 0.3


def town(n: int, seed: int) -> pd.DataFrame:
    """Ordinal answers of people in 40 places: one acts on two, two on y, age on all."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 40, n)
    age = rng.normal(size=n)
    one = 0.5 * age + rng.normal(size=n) + 0.4 * rng.normal(size=40)[place]
    two = BETA * one - 0.3 * age + np.sqrt(1 - BETA**2) * rng.normal(size=n)
    y = GAMMA * two + 0.2 * age + np.sqrt(1 - GAMMA**2) * rng.normal(size=n)
    style = 0.4 * rng.normal(size=n)
    table = {"place": place.astype(float), "age": age, "y": y + style}
    for name, factor in (("one", one), ("two", two)):
        for item in ITEMS[name]:
            sign = -1 if item in SCALES[name].reversed else 1
            answer = sign * 0.8 * factor + style + 0.6 * rng.normal(size=n)
            table[item] = 1.0 + np.digitize(answer, [-1.4, -0.5, 0.4, 1.3])
        signed = [6 - table[i] if i in SCALES[name].reversed else table[i] for i in ITEMS[name]]
        table[name] = np.mean(signed, axis=0)
    return pd.DataFrame(table)


PATHS = {
    "id": "along",
    "regressions": {"two": ["one"], "y": ["two", "one"]},
    "covariates": ["age"],
    "cluster": "place",
    "within_clusters": True,
    "standardise": True,
}


def effects(table: pd.DataFrame, **changed) -> pd.DataFrame:
    found = analyse(table, plan_of({"paths": [PATHS | changed]}), 1, scales=SCALES)
    return found.paths.set_index(["estimand", "term"])


@pytest.fixture(scope="module")
def large() -> pd.DataFrame:
    return town(20_000, 3)


def test_paths_among_constructs_are_the_true_ones_although_items_err_and_agreement_is_shared(large):
    found = effects(large)["estimate"]
    assert found["path", "one > two"] == pytest.approx(BETA, abs=0.03)
    assert found["path", "one > y"] == pytest.approx(0, abs=0.03)
    spread = np.sqrt(1 + 0.4**2)  # agreement shapes the report of y
    assert found["path", "two > y"] == pytest.approx(GAMMA / spread, abs=0.03)


def test_without_a_factor_of_agreement_it_is_taken_for_content(large):
    found = effects(large, agreement=False)["estimate"]
    assert abs(found["path", "one > two"] - BETA) > 0.01


def test_errors_hold_for_clusters_and_have_their_degrees_of_freedom():
    found = effects(town(1500, 4))
    assert (found["df"] == 39).all() and (found["n_clusters"] == 40).all()
    assert (found["n"] == 1500).all()


@pytest.mark.parametrize("estimator", ["MLR", "FIML"])
def test_estimating_both_parts_at_once_gives_about_the_same(estimator):
    table = town(3000, 5)
    plain = {"covariates": [], "within_clusters": False}
    one, other = (
        effects(table, **plain),
        effects(table, estimator=estimator, agreement=True, **plain),
    )
    key = ("path", "one > two")
    assert other.loc[key, "estimate"] == pytest.approx(one.loc[key, "estimate"], abs=0.03)
    assert other.loc[key, "std_error"] == pytest.approx(one.loc[key, "std_error"], rel=0.15)


def test_two_orders_are_compared_by_fit_and_called_weak_evidence():
    table = town(2000, 6)
    chain = {"id": "along", "regressions": {"two": ["one"], "y": ["two"]}}
    turned = {"id": "turned", "regressions": {"one": ["two"], "y": ["one"]}, "rival_of": "along"}
    shared = {key: PATHS[key] for key in ("covariates", "cluster", "within_clusters")}
    plan = plan_of({"paths": [chain | shared, turned | shared]})
    models = analyse(table, plan, 1, scales=SCALES).path_models.set_index("path")
    assert models.loc["turned", "aic_difference"] > 0
    assert "order_by_fit" in models.loc["turned", "note"]


def test_orders_that_imply_the_same_are_said_to_fit_alike():
    whole = {"id": "along", "regressions": {"two": ["one"], "y": ["two", "one"]}}
    turned = {"id": "turned", "regressions": {"one": ["two"], "y": ["one", "two"]}}
    plan = plan_of({"paths": [whole, turned | {"rival_of": "along"}]})
    models = analyse(town(800, 7), plan, 1, scales=SCALES).path_models.set_index("path")
    assert models.loc["turned", "aic_difference"] == 0
    assert "orders_fit_alike" in models.loc["turned", "note"]


def test_what_a_path_model_leaves_out_is_tested_and_found_where_it_is_there(large):
    chain = PATHS | {"regressions": {"y": ["one"], "two": ["y"]}}
    found = analyse(large, plan_of({"paths": [chain]}), 1, scales=SCALES).path_modifications
    row = found.set_index("term").loc["one > two"]
    assert row["p_value"] < 1e-6 and row["standardised_change"] > 0.1
    assert row["df"] == 39


def test_a_path_model_that_leaves_nothing_out_has_nothing_to_test(large):
    found = analyse(large, plan_of({"paths": [PATHS]}), 1, scales=SCALES).path_modifications
    assert found.empty


def judged(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["hypothesis", "p_value", "verdict"])


TWO_OF_THREE = [Composite(id="C", at_least=2, of=("A", "B", "D"), level=0.05)]


@pytest.mark.parametrize(
    ("rows", "verdict", "p_value"),
    [
        ([(0.001, "supported"), (0.02, "supported"), (0.9, "inconclusive")], "supported", 0.04),
        ([(0.001, "supported"), (0.03, "supported"), (0.9, "inconclusive")], "inconclusive", 0.06),
        (
            [(0.001, "supported"), (0.4, "inconclusive"), (0.9, "practically_null")],
            "inconclusive",
            0.8,
        ),
        (
            [(0.001, "supported"), (0.4, "effect_ruled_out"), (0.9, "practically_null")],
            "effect_ruled_out",
            0.8,
        ),
        (
            [(0.001, "supported"), (np.nan, "not_estimable"), (np.nan, "not_estimable")],
            "not_estimable",
            np.nan,
        ),
    ],
)
def test_a_composite_hypothesis_needs_so_many_supported_and_their_joint_test(
    rows, verdict, p_value
):
    named = [(name, *row) for name, row in zip("ABD", rows, strict=True)]
    (row,) = composites(judged(*named), TWO_OF_THREE).to_dict("records")
    assert row["verdict"] == verdict
    assert row["p_value"] == pytest.approx(p_value, nan_ok=True)


def test_the_joint_test_of_two_of_three_holds_its_level_where_one_is_true():
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(2000):
        p_values = [1e-9, *rng.random(2)]  # one is true, so that two of three is not
        rows = [(name, p, "supported") for name, p in zip("ABD", p_values, strict=True)]
        (row,) = composites(judged(*rows), TWO_OF_THREE).to_dict("records")
        rejected += row["verdict"] == "supported"
    assert rejected / 2000 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)
