"""Convergent and discriminant validity against semTools; see tests/reference/validity.

HTMT is closed form and agrees to 1e-10; average variance extracted of given loadings is exact.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.validity.validity import (
    average_variance_extracted,
    bootstrap_correlations,
    composite_reliability,
    correlations,
    heterotrait_monotrait,
    validity,
)
from coproduction.notes import sentences
from coproduction.numerics.resampling import bootstrap_counts, generator
from coproduction.rows import Rows, membership

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "validity" / "reference.json").read_text("utf-8"))
SCALES = "ACENO"


def simulated(n: int = 400) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    rng = np.random.default_rng(11)
    traits = rng.multivariate_normal([0, 0, 0], [[1, 0.95, 0.2], [0.95, 1, 0.2], [0.2, 0.2, 1]], n)
    scales = {
        name: pd.DataFrame({f"{name}{i}": trait + rng.normal(0, 0.8, n) for i in range(4)})
        for name, trait in zip("abc", traits.T, strict=True)
    }
    return scales, pd.DataFrame({name: items.mean(axis=1) for name, items in scales.items()})


NO_FACTORS = pd.DataFrame(columns=["construct_1", "construct_2", "estimate"])


def test_both_ratios_equal_semtools(personality):
    matrix = correlations(personality.dropna())
    for place, (one, two) in enumerate(combinations(range(5), 2)):
        first, second = np.arange(5) + 5 * one, np.arange(5) + 5 * two
        arithmetic, geometric = heterotrait_monotrait(matrix, first, second)
        assert arithmetic == pytest.approx(REFERENCE["htmt"][place], abs=1e-10)
        assert geometric == pytest.approx(REFERENCE["htmt2"][place], abs=1e-10)


def test_extracted_variance_and_composite_reliability_of_an_ordinal_model_equal_semtools():
    loadings = np.array(REFERENCE["loadings"]).reshape(5, 5)
    for scale, expected in zip(loadings, REFERENCE["ave"], strict=True):
        assert average_variance_extracted(scale) == pytest.approx(expected, abs=1e-10)
    omega = json.loads((FOLDER / "omega" / "reference.json").read_text("utf-8"))
    for scale in SCALES:
        loadings = np.array(omega[scale]["loadings_wls"])
        expected = omega[scale]["composite_reliability_wls"]
        assert composite_reliability(loadings) == pytest.approx(expected, abs=1e-10)
        assert expected == pytest.approx(omega[scale]["omega_latent"], abs=1e-10)


@pytest.mark.parametrize("clustered", [False, True])
def test_resampled_correlations_are_those_of_the_rows_drawn(personality, clustered):
    items = personality.iloc[:90, :6]
    assert items.isna().any().any()
    rows = Rows(items.index, membership(pd.Series(np.arange(90) // 7)) if clustered else None)
    units = rows.sampling_units
    counts = bootstrap_counts(units, 3, np.random.default_rng(4))
    resampled = bootstrap_correlations(items, 3, np.random.default_rng(4), rows)
    for row, matrix in zip(counts.astype(int), resampled, strict=True):
        drawn = items.iloc[np.repeat(np.arange(90), row[units])]
        np.testing.assert_allclose(matrix, drawn.corr(), atol=1e-12)


def test_constructs_that_are_one_are_found_and_those_apart_are_distinct():
    scales, scores = simulated()
    table = validity(scales, scores, NO_FACTORS, {}, 200, np.random.default_rng(1))
    decisions = table.set_index(["construct_1", "construct_2"])["decision"]
    assert decisions["a", "b"] == "not_distinct"
    assert decisions["a", "c"] == decisions["b", "c"] == "distinct"
    assert "cannot be told apart" in sentences(table["warning"].iloc[0])
    inside = table["htmt2"].between(table["htmt2_conf_low"], table["htmt2_conf_high"])
    assert inside.all()


def test_fornell_and_larcker_compare_squared_correlation_with_extracted_variance():
    scales, scores = simulated(60)
    latent = pd.DataFrame(
        {"construct_1": ["b", "a"], "construct_2": ["a", "c"], "estimate": [0.9, 0.2]}
    )
    table = validity(scales, scores, latent, {"a": 0.6, "b": 0.5}, 0, np.random.default_rng(1))
    table = table.set_index(["construct_1", "construct_2"])
    assert table.loc[("a", "b"), "fornell_larcker"] is False
    assert table.loc[("a", "b"), "latent_correlation"] == 0.9
    assert table.loc[("a", "c"), "fornell_larcker"] is None
    assert table["htmt_conf_low"].isna().all() and (table["decision"] == "").all()


def test_the_bootstrap_depends_on_the_seed_and_the_name_alone():
    one, two = generator(1, "mi").normal(), generator(1, "mi").normal()
    assert one == two
    assert len({one, generator(2, "mi").normal(), generator(1, "cr").normal()}) == 3
