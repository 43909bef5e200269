"""ICC(1), ICC(2), agreement against psych, aov and the formulas; see tests/reference/aggregation.

All values are closed form and agree to 1e-10.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.validity.aggregation import (
    aggregation,
    intraclass,
    within_group_agreement,
)
from coproduction.rows import Rows, clustered, rows_of

FOLDER = Path(__file__).parents[2] / "reference" / "aggregation"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))


def answers(name: str) -> tuple[pd.DataFrame, Rows]:
    data = pd.read_csv(FOLDER / f"{name}.csv")
    return data.drop(columns="cluster"), rows_of(data, "cluster")


@pytest.mark.parametrize("name", ["equal", "unequal"])
def test_variance_components_and_icc_equal_the_analysis_of_variance(name):
    items, rows = answers(name)
    result, expected = intraclass(items.mean(axis=1), rows), REFERENCE[name]
    for field, value in expected.items():
        if not field.startswith("rwg"):
            assert getattr(result, field) == pytest.approx(value, abs=1e-10), field


def test_with_equal_clusters_both_icc_equal_psych():
    items, rows = answers("equal")
    result, expected = intraclass(items.mean(axis=1), rows), REFERENCE["psych_equal"]
    assert result.icc_1 == pytest.approx(expected["icc_1"], abs=1e-10)
    assert result.icc_2 == pytest.approx(expected["icc_2"], abs=1e-10)
    assert result.statistic == pytest.approx(expected["F"], abs=1e-10)


@pytest.mark.parametrize("name", ["equal", "unequal"])
def test_agreement_equals_the_published_formula(name):
    items, rows = answers(name)
    several = within_group_agreement(items, rows, 2.0)["agreement"]
    single = within_group_agreement(items.iloc[:, :1], rows, 2.0)["agreement"]
    np.testing.assert_allclose(several, REFERENCE[name]["rwg_j"], atol=1e-10)
    np.testing.assert_allclose(single, REFERENCE[name]["rwg"], atol=1e-10)


def test_the_effective_size_lies_below_the_mean_size_of_unequal_clusters():
    items, rows = answers("unequal")
    result = intraclass(items.mean(axis=1), rows)
    assert result.size < result.n / result.n_clusters


def test_missing_scores_missing_clusters_and_clusters_of_one_do_no_harm():
    items, rows = answers("equal")
    score = items.mean(axis=1)
    gaps = score.copy()
    gaps.iloc[0] = np.nan
    clusters = pd.Series(rows.cluster.names[rows.cluster.codes])
    nowhere, alone = clustered(clusters.where(items.index > 0)), clusters.copy()
    assert intraclass(gaps, rows) == intraclass(score, nowhere)
    alone.iloc[0] = "alone"
    assert "alone" not in set(within_group_agreement(items, clustered(alone), 2.0)["cluster"])


@pytest.mark.parametrize(
    ("score", "clusters"),
    [
        ([1.0, 2, 3, 4], ["a"] * 4),
        ([1.0, 2, 3, 4], list("abcd")),
        ([2.0] * 4, list("aabb")),
    ],
)
def test_no_comparison_is_possible_without_clusters_or_variance(score, clusters):
    assert np.isnan(intraclass(pd.Series(score), clustered(pd.Series(clusters))).icc_1)


def test_clusters_that_differ_and_agree_are_aggregated_and_noise_is_not():
    rng = np.random.default_rng(3)
    rows = clustered(pd.Series(np.repeat([f"c{i}" for i in range(20)], 15)))
    level = np.repeat(rng.choice([2.0, 3.0, 4.0], 20), 15)
    steady = pd.DataFrame({f"s{i}": level + rng.choice([0, 0, 0, 1], 300) for i in range(3)})
    noise = pd.DataFrame({f"n{i}": rng.integers(1, 6, 300).astype(float) for i in range(3)})
    scores = pd.DataFrame({"steady": steady.mean(axis=1), "noise": noise.mean(axis=1)})
    scales = {"steady": steady, "noise": noise}
    table = aggregation(scores, scales, {"steady": 2.0, "noise": 2.0}, rows).set_index("construct")
    assert table.loc["steady", "decision"] == "aggregate"
    assert table.loc["noise", "decision"] == "individual_only"
    assert "unreliable" in table.loc["noise", "warning"]
