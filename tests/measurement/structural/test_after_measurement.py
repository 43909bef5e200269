"""Structure after measurement against lavaan's `sam`, and against what is known of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.measurement.structural import (
    PathEffect,
    disturbance_correlations,
    effect_table,
    measure,
    structure_after,
)
from coproduction.rows import clustered

FOLDER = Path(__file__).parents[2] / "reference" / "structural"
SAM = json.loads((FOLDER / "sam.json").read_text("utf-8"))["cases"]
FACTORS = {f: [f"{f}{i}" for i in range(1, 5)] for f in "abc"}
ITEMS = [item for items in FACTORS.values() for item in items]
PATHS = {
    "saturated": {"b": ["a"], "c": ["b", "a"]},
    "chain": {"b": ["a"], "c": ["b"]},
    "both": {"b": ["a"], "c": ["a"]},
}


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "continuous.csv").select_dtypes("number")
    return table - table.mean()


def estimates(measured, regressions) -> dict[str, tuple[float, float]]:
    found = structure_after(measured, regressions)
    errors = np.sqrt(found.covariance.diagonal())
    terms = [
        found.model.parameters[int(np.argmax(found.model.free == k))].term
        for k in range(len(errors))
    ]
    return dict(zip(terms, zip(found.theta, errors, strict=True), strict=True))


@pytest.mark.parametrize("name", PATHS)
def test_estimates_are_those_of_sam_and_so_are_errors_where_paths_are_free(name, data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS, robust=False)
    found, table = estimates(measured, PATHS[name]), pd.DataFrame(SAM[name])
    for row in table.to_dict("records"):
        value, error = found[f"{row['lhs']} {row['op']} {row['rhs']}"]
        # sam's own search stops a few 1e-7 before the optimum.
        assert value == pytest.approx(row["est"], abs=1e-5)
        # Of a chain sam takes the errors of another second step, see `after_measurement`.
        assert error == pytest.approx(row["se"], rel=3e-3 if name == "chain" else 1e-5)


@pytest.mark.parametrize("name", PATHS)
def test_errors_are_what_moved_covariances_make_of_the_paths_whether_or_not_these_hold(name, data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS)
    found, step = structure_after(measured, PATHS[name]), 1e-4
    slopes = []
    for one, other in zip(*np.tril_indices(3), strict=True):
        ends = []
        for sign in (1, -1):
            moved = measured.covariances.copy()
            moved[one, other] = moved[other, one] = moved[one, other] + sign * step
            again = structure_after(replace(measured, covariances=moved), PATHS[name])
            ends.append(again.theta)
        slopes.append((ends[0] - ends[1]) / (2 * step))
    slope = np.array(slopes).T
    wanted = slope @ measured.sampling @ slope.T
    scale = np.sqrt(np.outer(wanted.diagonal(), wanted.diagonal()))
    np.testing.assert_allclose(found.covariance / scale, wanted / scale, atol=2e-4)


@pytest.mark.parametrize("name", PATHS)
def test_standardised_paths_their_errors_and_explained_shares_are_those_of_sam(name, data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS, robust=False)
    found = structure_after(measured, PATHS[name])
    rows = [row for row in pd.DataFrame(SAM[name]).to_dict("records") if row["op"] == "~"]
    asked = {row: PathEffect("path", (each["rhs"], each["lhs"])) for row, each in enumerate(rows)}
    table = effect_table(found.derived, asked, 0.95, 1, 0)
    told = table[["standardised", "standardised_std_error"]].to_numpy()
    for row, (value, error) in zip(rows, told, strict=True):
        assert value == pytest.approx(row["standardised"], abs=1e-5)
        # As above.
        assert error == pytest.approx(row["standardised_std_error"], rel=5e-3)
        assert found.explained[row["lhs"]] == pytest.approx(row["r_squared"], abs=1e-5)


def test_the_correlation_of_disturbances_is_the_standardised_covariance_of_sam(data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS, robust=False)
    (row,) = disturbance_correlations(structure_after(measured, PATHS["both"]).derived).to_dict(
        "records"
    )
    table = pd.DataFrame(SAM["both"]).set_index(["lhs", "op", "rhs"])
    wanted = table.loc[("b", "~~", "c")]
    assert row["term"] == "b ~~ c"
    assert row["estimate"] == pytest.approx(wanted["standardised"], abs=1e-5)
    assert row["std_error"] == pytest.approx(wanted["standardised_std_error"], rel=1e-4)


def test_an_observed_variable_measures_itself(data):
    measured = measure(data[["x1", "y"]].to_numpy(), ["x1", "y"], {})
    slope, _ = estimates(measured, {"y": ["x1"]})["y ~ x1"]
    assert slope == pytest.approx(np.polyfit(data["x1"], data["y"], 1)[0], rel=1e-8)


def test_errors_of_observed_variables_are_the_sandwich_of_clusters(data):
    rows = clustered(pd.read_csv(FOLDER / "continuous.csv")["community"])
    measured = measure(data[["x1", "y"]].to_numpy(), ["x1", "y"], {}, rows=rows)
    slope, error = estimates(measured, {"y": ["x1"]})["y ~ x1"]
    x, left = data["x1"].to_numpy(), data["y"].to_numpy() - slope * data["x1"].to_numpy()
    sums = rows.cluster.sums((x * left)[:, None])
    wanted = np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / (x @ x)
    assert error == pytest.approx(wanted, rel=1e-6)


def test_agreement_is_taken_out_of_factors_with_reversed_items():
    rng = np.random.default_rng(5)
    n = 20_000
    a, style = rng.normal(size=n), 0.6 * rng.normal(size=n)
    b = 0.5 * a + rng.normal(size=n)
    signs = [1, 1, -1, -1]
    items = {f"a{i}": s * a + style + rng.normal(size=n) for i, s in enumerate(signs, 1)}
    items |= {f"b{i}": s * b + style + rng.normal(size=n) for i, s in enumerate(signs, 1)}
    columns = [*items, "y"]
    y = 0.3 * b + style + rng.normal(size=n)  # the report of y is shaped by agreement too
    answers = np.column_stack([*items.values(), y])
    factors = {f: [f"{f}{i}" for i in range(1, 5)] for f in "ab"}
    measured = measure(answers - answers.mean(0), columns, factors, agreement=True)
    found = estimates(measured, {"b": ["a"], "y": ["b", "a"]})
    assert found["b ~ a"][0] == pytest.approx(0.5, abs=0.03)
    assert found["y ~ b"][0] == pytest.approx(0.3, abs=0.03)
    assert measured.agreement == pytest.approx(0.36, abs=0.03)


def test_a_restriction_that_does_not_hold_is_rejected_and_one_that_holds_is_not(data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS)
    assert structure_after(measured, PATHS["chain"]).p_value < 1e-6
    saturated = structure_after(measured, PATHS["saturated"])
    assert saturated.df == 0 and np.isnan(saturated.p_value)


def test_a_search_from_answers_nearby_ends_where_one_from_the_start_ends(data):
    answers = data[ITEMS].to_numpy()
    first = measure(answers, ITEMS, FACTORS)
    moved = answers + 0.01 * np.sin(np.arange(answers.size)).reshape(answers.shape)
    near, far = measure(moved, ITEMS, FACTORS, start=first.theta), measure(moved, ITEMS, FACTORS)
    np.testing.assert_allclose(near.covariances, far.covariances, atol=1e-7)


def test_an_effect_of_standardised_variables_is_the_product_of_standardised_paths(data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS)
    derived = structure_after(measured, PATHS["saturated"]).derived
    asked = {
        "one": PathEffect("path", ("a", "b")),
        "other": PathEffect("path", ("b", "c")),
        "both": PathEffect("indirect", ("a", "b", "c")),
        "around": PathEffect("indirect", ("a", "c")),
        "straight": PathEffect("path", ("a", "c")),
        "total": PathEffect("total_effect", ("a", "c")),
        "share": PathEffect("share_mediated", ("a", "b", "c")),
    }
    found = effect_table(derived, asked, 0.95, 1, 500).set_index("effect")
    for column in ("estimate", "standardised"):
        value = found[column]
        assert value["both"] == pytest.approx(value["one"] * value["other"])
        assert value["around"] == pytest.approx(value["both"])
        assert value["total"] == pytest.approx(value["both"] + value["straight"])
        assert value["share"] == pytest.approx(value["both"] / value["total"])
    low, high = found.loc["both", ["monte_carlo_low", "monte_carlo_high"]]
    assert low < found.loc["both", "estimate"] < high
    # The distribution of a product of two positive paths leans to the right.
    assert high - found.loc["both", "estimate"] > found.loc["both", "estimate"] - low


def test_draws_are_the_same_for_the_same_seed(data):
    measured = measure(data[ITEMS].to_numpy(), ITEMS, FACTORS)
    derived = structure_after(measured, PATHS["saturated"]).derived
    asked = {"both": PathEffect("indirect", ("a", "b", "c"))}
    once, again = (effect_table(derived, asked, 0.95, 7, 200) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_factors_that_are_one_are_refused():
    # Items of different factors share more than items of the same one.
    matrix = np.full((6, 6), 0.35)
    matrix[:3, :3] = matrix[3:, 3:] = 0.3
    np.fill_diagonal(matrix, 1)
    answers = np.random.default_rng(3).multivariate_normal(np.zeros(6), matrix, 3000)
    factors = {f: [f"{f}{i}" for i in range(1, 4)] for f in "ab"}
    with pytest.raises(StudyError, match="cannot be told apart"):
        measure(answers, [item for items in factors.values() for item in items], factors)
