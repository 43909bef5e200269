"""Products of factors: against the paper's formulas in R, least squares, and what is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.inference.calibrated.residuals import residuals
from coproduction.measurement.structural import PathEffect, effect_table, measure, structure_after
from coproduction.rows import Rows, clustered

FOLDER = Path(__file__).parents[2] / "reference" / "structural"
REFERENCE = json.loads((FOLDER / "products.json").read_text("utf-8"))["cases"]
FACTORS = {f: [f"{f}{i}" for i in range(1, 5)] for f in "abc"}
ITEMS = [item for items in FACTORS.values() for item in items]


@pytest.fixture(scope="module")
def continuous() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "continuous.csv")


def effects(measured, regressions) -> pd.DataFrame:
    asked = {
        f"{cause} > {outcome}": PathEffect("path", (cause, outcome))
        for outcome, causes in regressions.items()
        for cause in causes
    }
    derived = structure_after(measured, regressions).derived
    return effect_table(derived, asked, 0.95, 1, 0).set_index("effect")


@pytest.mark.parametrize("name", REFERENCE)
def test_estimates_are_those_of_the_formulas_and_errors_those_of_leaving_out_clusters(
    name, continuous
):
    case = pd.DataFrame(REFERENCE[name]).set_index("term")
    products = [term for term in case.index if ":" in term]
    columns = [*ITEMS, *(["x1"] if "x1" in case.index else [])]
    answers = continuous[columns] - continuous[columns].mean()
    rows = clustered(continuous["community"])
    measured = measure(answers.to_numpy(), columns, FACTORS, rows=rows, products=products)
    found = effects(measured, {"c": list(case.index)})
    np.testing.assert_allclose(found["estimate"], case["estimate"], atol=2e-5)
    np.testing.assert_allclose(found["standardised"], case["standardised"], atol=2e-5)
    # The jackknife of 30 clusters is no more than near to the sandwich.
    np.testing.assert_allclose(found["standardised_std_error"], case["error"], rtol=0.12)


def town(n: int, seed: int) -> pd.DataFrame:
    """Skewed variables of people in 50 places, where slopes differ between places."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 50, n)
    shared = rng.normal(size=(50, 3))[place]
    one = rng.gamma(2.0, size=n) + shared[:, 0]
    two = 0.4 * one + rng.normal(size=n) + shared[:, 1]
    y = 0.3 * one + 0.2 * two - 0.25 * one * two + rng.normal(size=n) + shared[:, 2]
    return pd.DataFrame({"one": one, "two": two, "y": y, "place": place.astype(float)})


def regressed(table: pd.DataFrame, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Least squares of what clusters leave, with the sandwich of clusters."""
    none = np.empty((len(table), 0))
    left = residuals(table[["one", "two", "y"]].to_numpy(), none, rows).values
    products = residuals((left[:, 0] * left[:, 1])[:, None], none, rows).values
    x, y = np.column_stack([left[:, :2], products]), left[:, 2]
    slopes, bread = np.linalg.lstsq(x, y, rcond=None)[0], np.linalg.inv(x.T @ x)
    sums = rows.cluster.sums(x * (y - x @ slopes)[:, None])
    spread = bread @ sums.T @ sums @ bread * len(sums) / (len(sums) - 1)
    return slopes, np.sqrt(spread.diagonal())


def test_without_measurement_error_it_is_least_squares_with_the_sandwich_of_clusters():
    table = town(1500, 1)
    rows = clustered(table["place"])
    left = residuals(table[["one", "two", "y"]].to_numpy(), np.empty((len(table), 0)), rows)
    measured = measure(
        left.values,
        ["one", "two", "y"],
        {},
        rows=rows,
        df=left.df,
        products=["one:two"],
        leave=lambda columns: residuals(columns, np.empty((len(columns), 0)), rows).values,
    )
    found = effects(measured, {"y": ["one", "two", "one:two"]})
    slopes, errors = regressed(table, rows)
    np.testing.assert_allclose(found["estimate"], slopes, rtol=1e-7)
    np.testing.assert_allclose(found["std_error"], errors, rtol=1e-6)


def test_a_product_counts_in_the_standard_deviations_of_its_parts():
    table = town(1500, 2)[["one", "two", "y"]]
    alike = (table - table.mean()) / table.std(ddof=0)
    measured = measure((table - table.mean()).to_numpy(), list(table), {}, products=["one:two"])
    found = effects(measured, {"y": ["one", "two", "one:two"]})["standardised"]
    x = np.column_stack(
        [np.ones(len(alike)), alike["one"], alike["two"], alike["one"] * alike["two"]]
    )
    slopes = np.linalg.lstsq(x, alike["y"], rcond=None)[0]
    np.testing.assert_allclose(found, slopes[1:], rtol=1e-7)


def test_units_of_the_answers_change_nothing_that_is_standardised(continuous):
    answers = continuous[ITEMS] - continuous[ITEMS].mean()
    units = np.repeat([3.0, 0.2, 7.0], 4)
    paths = {"c": ["a", "b", "a:b"]}
    plain, scaled = (
        effects(measure(values, ITEMS, FACTORS, products=["a:b"]), paths)
        for values in (answers.to_numpy(), answers.to_numpy() * units)
    )
    for column in ("standardised", "standardised_std_error"):
        np.testing.assert_allclose(scaled[column], plain[column], rtol=1e-5)


@pytest.mark.parametrize("draw", ["normal", "skewed"])
def test_a_true_interaction_is_found_whatever_the_distribution_of_the_constructs(draw):
    rng = np.random.default_rng(8)
    n = 60_000
    drawn = rng.normal(size=(2, n)) if draw == "normal" else rng.exponential(size=(2, n)) - 1
    a = drawn[0]
    b = 0.4 * a + np.sqrt(1 - 0.4**2) * drawn[1]
    c = 0.3 * a + 0.2 * b - 0.15 * a * b + 0.8 * rng.normal(size=n)
    answers = {
        item: loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=n)
        for name, factor in {"a": a, "b": b, "c": c}.items()
        for item, loading in zip(FACTORS[name], [0.8, 0.7, 0.75, 0.6], strict=True)
    }
    table = pd.DataFrame(answers)
    measured = measure((table - table.mean()).to_numpy(), ITEMS, FACTORS, products=["a:b"])
    paths = {"b": ["a"], "c": ["a", "b", "a:b"]}
    row = effects(measured, paths).loc["a:b > c"]
    spread = c.std(ddof=0)
    truth = -0.15 / spread * a.std() * b.std()
    assert abs(row["standardised"] - truth) < 3 * row["standardised_std_error"]
    assert row["standardised_std_error"] < 0.015


def test_a_product_leaves_the_paths_of_the_part_that_is_explained_as_they_are(continuous):
    answers = (continuous[ITEMS] - continuous[ITEMS].mean()).to_numpy()
    regressions = {"b": ["a"], "c": ["a", "b"]}
    without = effects(measure(answers, ITEMS, FACTORS), regressions)
    extended = regressions | {"c": ["a", "b", "a:b"]}
    with_it = effects(measure(answers, ITEMS, FACTORS, products=["a:b"]), extended)
    for column in ("estimate", "std_error"):
        one, other = (found.loc["a > b", column] for found in (with_it, without))
        assert one == pytest.approx(other, rel=1e-6)


def test_products_that_are_errors_alone_are_refused():
    rng = np.random.default_rng(4)
    a = np.where(rng.random(400) < 0.5, 1.0, -1.0)  # its square does not vary
    table = np.column_stack([a - a.mean(), rng.normal(size=400)])
    with pytest.raises(StudyError, match="do not vary on their own"):
        measure(table, ["a", "y"], {}, products=["a:a"])
