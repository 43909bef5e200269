"""Number of dimensions: closed forms against psych (1e-10), parallel analysis against truth.

See tests/reference/exploratory. Random eigenvalues have no reference but the truth they find.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.exploratory.dimensionality import (
    COLUMNS,
    average_partials,
    dimensionality,
    sampling_adequacy,
    sphericity,
)
from coproduction.measurement.exploratory.parallel_analysis import (
    correlation_matrix,
    eigenvalues,
    parallel_analysis,
    reduced_eigenvalues,
)
from coproduction.notes import sentences

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "exploratory" / "reference.json").read_text("utf-8"))


@pytest.fixture(scope="module", params=["bfi", "forty"])
def case(request, root) -> tuple[pd.DataFrame, dict]:
    if request.param == "forty":
        items = pd.read_csv(FOLDER / "polychoric" / "items_1000.csv")
    else:
        names = [f"{scale}{i}" for scale in "ACENO" for i in range(1, 6)]
        items = pd.read_csv(root / "data/raw/bfi/bfi.csv")[names].dropna()
    return items, REFERENCE[request.param]


def two_dimensions(n: int = 600, missing: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    latent = np.repeat(rng.standard_normal((n, 2)), 4, axis=1) + rng.standard_normal((n, 8))
    items = pd.DataFrame(np.clip(np.round(latent), -2, 2) + 3, columns=list("abcdefgh"))
    return items.mask(rng.random(items.shape) < missing)


def test_closed_forms_equal_psych(case):
    items, expected = case
    matrix = correlation_matrix(items)
    total, each = sampling_adequacy(matrix)
    assert total == pytest.approx(expected["kmo"]["MSA"], abs=1e-10)
    reference = expected["kmo"]["MSAi"]
    reference = list(reference.values()) if isinstance(reference, dict) else reference
    np.testing.assert_allclose(each, reference, atol=1e-10)
    test = sphericity(matrix, len(items))
    assert test.chisq == pytest.approx(expected["bartlett"]["chisq"], rel=1e-10)
    assert test.df == expected["bartlett"]["df"]
    assert test.p_value == pytest.approx(expected["bartlett"]["p.value"], abs=1e-10)
    # psych leaves out the value before any component.
    np.testing.assert_allclose(average_partials(matrix)[1:9], expected["map"], atol=1e-10)
    np.testing.assert_allclose(eigenvalues(matrix), expected["eigenvalues"], atol=1e-10)
    np.testing.assert_allclose(
        reduced_eigenvalues(matrix), expected["factor_eigenvalues"], atol=1e-10
    )


def test_pairwise_correlations_equal_pandas():
    items = two_dimensions(missing=0.2)
    expected = items.corr(min_periods=3).to_numpy()
    np.testing.assert_allclose(correlation_matrix(items), expected, atol=1e-12)


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_parallel_analysis_finds_the_dimensions(correlation, missing):
    items = two_dimensions(missing=missing)
    result = parallel_analysis(items, 20, np.random.default_rng(1), correlation)
    assert (result.n_components, result.n_factors) == (2, 2)
    # Shuffled answers have the first eigenvalues above one, the last below.
    assert result.random_components[0] > 1 > result.random_components[-1]


def test_nothing_is_found_in_noise():
    noise = pd.DataFrame(np.random.default_rng(2).integers(1, 6, (500, 6)))
    assert parallel_analysis(noise, 50, np.random.default_rng(1)).n_components == 0


def test_the_table_holds_every_check_and_repeats_itself():
    items = two_dimensions()
    table = dimensionality(items, 20, np.random.default_rng(1))
    assert list(table.columns) == list(COLUMNS)
    single = table.set_index("check")["estimate"]
    assert (single["n_components"], single["n_factors"], single["n_map"]) == (2, 2, 2)
    assert table["check"].value_counts().to_dict() == {
        "kmo_item": 8, "component": 8, "factor": 8, "map": 7,
        "kmo": 1, "bartlett": 1, "n_components": 1, "n_factors": 1, "n_map": 1,
    }  # fmt: skip
    assert (table["n"] == 600).all() and (table["warning"] == "").all()
    pd.testing.assert_frame_equal(table, dimensionality(items, 20, np.random.default_rng(1)))


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_every_value_of_the_table_is_the_one_its_check_computes(correlation):
    items = two_dimensions(missing=0.1)
    table = dimensionality(items, 10, np.random.default_rng(1), correlation)
    matrix = correlation_matrix(items, correlation)
    parallel = parallel_analysis(items, 10, np.random.default_rng(1), correlation)
    rows = {check: part for check, part in table.groupby("check")}
    total, each = sampling_adequacy(matrix)
    assert rows["kmo"]["estimate"].item() == total
    assert rows["kmo_item"]["item"].tolist() == list(items)
    np.testing.assert_array_equal(rows["kmo_item"]["estimate"], each)
    answered = items.notna().to_numpy(int)
    n = (answered.T @ answered).min()
    test = sphericity(matrix, n)
    found = rows["bartlett"][["estimate", "df", "p_value"]].iloc[0].tolist()
    assert found == [test.chisq, test.df, test.p_value]
    for check, observed, random in (
        ("component", parallel.components, parallel.random_components),
        ("factor", parallel.factors, parallel.random_factors),
    ):
        assert rows[check]["number"].tolist() == list(range(1, 9))
        np.testing.assert_array_equal(rows[check]["estimate"], observed)
        np.testing.assert_array_equal(rows[check]["random"], random)
    assert rows["map"]["number"].tolist() == list(range(7))
    np.testing.assert_array_equal(rows["map"]["estimate"], average_partials(matrix))
    assert rows["n_components"]["estimate"].item() == parallel.n_components
    assert rows["n_factors"]["estimate"].item() == parallel.n_factors
    assert rows["n_map"]["estimate"].item() == np.argmin(average_partials(matrix))
    assert (table["correlation"] == correlation).all() and (table["n"] == n).all()
    np.testing.assert_array_equal(parallel.components, eigenvalues(matrix))
    np.testing.assert_array_equal(parallel.factors, reduced_eigenvalues(matrix))


def test_checks_of_polychoric_correlations_equal_psych():
    """psych searches each correlation to about 1e-4, which its closed forms inherit."""
    items, expected = pd.read_csv(FOLDER / "polychoric" / "items_1000.csv"), REFERENCE
    expected = expected["polychoric_forty"]
    matrix = correlation_matrix(items, "polychoric")
    total, each = sampling_adequacy(matrix)
    assert total == pytest.approx(expected["kmo"]["MSA"], abs=5e-4)
    reference = expected["kmo"]["MSAi"]
    reference = list(reference.values()) if isinstance(reference, dict) else reference
    np.testing.assert_allclose(each, reference, atol=5e-4)
    test = sphericity(matrix, len(items))
    assert test.chisq == pytest.approx(expected["bartlett"]["chisq"], rel=5e-4)
    np.testing.assert_allclose(average_partials(matrix)[1:9], expected["map"], atol=5e-4)
    np.testing.assert_allclose(eigenvalues(matrix), expected["eigenvalues"], atol=5e-4)


def test_items_that_determine_each_other_are_reported():
    items = two_dimensions()
    table = dimensionality(items.assign(i=items["a"]), 5, np.random.default_rng(1))
    kmo = table[table["check"] == "kmo"].iloc[0]
    assert np.isnan(kmo["estimate"]) and "some items determine others" in sentences(kmo["warning"])
    assert np.isnan(table.loc[table["check"] == "bartlett", "p_value"].item())
    assert (table["check"] == "n_components").any()


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_a_constant_item_is_named(correlation):
    table = dimensionality(two_dimensions().assign(h=3.0), 5, np.random.default_rng(1), correlation)
    assert table["check"].tolist() == ["failed"] and "`h`" in sentences(table["warning"].item())


def test_two_items_have_no_dimensions_to_explore():
    table = dimensionality(two_dimensions()[["a", "b"]], 5, np.random.default_rng(1))
    assert table["warning"].item() == "too_few_for_dimensions"
