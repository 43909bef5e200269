"""Polychoric correlations against lavaan and psych; see tests/reference/polychoric.

Thresholds are closed form. Correlations differ from lavaan's by what its optimiser leaves (1e-7);
its covariance is an exact function of them, so that it differs by little more. psych stops its
one-dimensional search at 1e-5 or so.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from coproduction.errors import StudyError
from coproduction.measurement.factor.confirmatory import fit_polychoric
from coproduction.measurement.ordinal.contingency import code_items, pair_tables
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.notes import sentence

FOLDER = Path(__file__).parents[2] / "reference" / "polychoric"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
DATA = ("items_1000.csv", "items_10000.csv.gz", "hard.csv", "bfi")


def load(name: str, root: Path) -> pd.DataFrame:
    if name != "bfi":
        return pd.read_csv(FOLDER / name)
    items = [f"{scale}{i}" for scale in "AN" for i in range(1, 6)]
    return pd.read_csv(root / "data/raw/bfi/bfi.csv")[items]


@pytest.mark.parametrize("name", DATA)
def test_every_estimate_equals_lavaan(name, root):
    items, expected = load(name, root), REFERENCE[name]
    result = polychoric(items)
    assert result.n == expected["n"] and result.warnings == ()
    assert result.items == tuple(items)
    np.testing.assert_allclose(np.concatenate(result.thresholds), expected["thresholds"], atol=1e-9)
    pairs = np.triu_indices(len(result.items), 1)
    np.testing.assert_allclose(result.correlations[pairs], expected["correlations"], atol=3e-7)


@pytest.mark.parametrize("name", DATA)
def test_the_sampling_covariance_equals_lavaan(name, root):
    covariance, expected = polychoric(load(name, root)).covariance, REFERENCE[name]
    place = 1 + np.arange(len(covariance))
    np.testing.assert_allclose(np.diag(covariance), expected["diagonal"], rtol=1e-6)
    for weights, field in ((np.sin(place), "sines"), (np.cos(place), "cosines")):
        scale = np.abs(expected[field]).max()
        np.testing.assert_allclose(covariance @ weights, expected[field], atol=1e-6 * scale)


def test_correlations_equal_psych_without_its_correction():
    result = polychoric(pd.read_csv(FOLDER / "items_1000.csv"), gamma=False)
    pairs = np.triu_indices(40, 1)
    np.testing.assert_allclose(result.correlations[pairs], REFERENCE["psych"], atol=3e-5)
    assert result.covariance is None and np.isnan(result.standard_errors).all()


def test_hard_margins_are_met(root):
    result = polychoric(load("hard.csv", root))
    items = load("hard.csv", root)
    assert [list(observed) for observed in result.categories] == [
        [1, 2, 3, 4], [1, 2, 3], [1, 2, 4, 5], [1, 2, 3],
    ]  # fmt: skip
    assert result.correlations[0, 1] < -0.9
    answered = items.notna().to_numpy(int)
    np.testing.assert_array_equal(result.pairs_n, answered.T @ answered)


def four_cells(a: int, b: int, c: int, d: int) -> pd.DataFrame:
    cells = [(0, 0), (0, 1), (1, 0), (1, 1)]
    rows = [cell for cell, times in zip(cells, (a, b, c, d), strict=True) for _ in range(times)]
    return pd.DataFrame(rows, columns=["x", "y"], dtype="float64")


@pytest.mark.parametrize("table", [(40, 10, 10, 40), (70, 5, 5, 20), (10, 40, 40, 10)])
def test_a_fourfold_table_is_reproduced(table):
    """With one threshold each the model is saturated, so its cells are the observed ones."""
    from coproduction.measurement.ordinal.normal import bivariate_normal_cdf

    result = polychoric(four_cells(*table))
    (h,), (k,) = result.thresholds
    assert h == pytest.approx(ndtri((table[0] + table[1]) / sum(table)), abs=1e-12)
    cell = bivariate_normal_cdf(h, k, result.correlations[0, 1])
    assert cell == pytest.approx(table[0] / sum(table), abs=1e-10)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(2, 9), st.floats(-0.9, 0.9))
def test_swapping_items_or_reversing_one_swaps_or_reverses_the_estimates(seed, rows, columns, rho):
    rng = np.random.default_rng(seed)
    latent = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=400)
    x, y = (
        np.searchsorted(np.linspace(-1, 1, k - 1), v)
        for k, v in zip((rows, columns), latent.T, strict=True)
    )
    items = pd.DataFrame({"x": x, "y": y})
    one, other = polychoric(items), polychoric(items[["y", "x"]])
    reverse = polychoric(items.assign(y=-items["y"]))
    assert other.correlations[0, 1] == pytest.approx(one.correlations[0, 1], abs=1e-9)
    assert reverse.correlations[0, 1] == pytest.approx(-one.correlations[0, 1], abs=1e-9)
    np.testing.assert_allclose(reverse.thresholds[1], -one.thresholds[1][::-1], atol=1e-12)
    np.testing.assert_allclose(reverse.covariance[-1, -1], one.covariance[-1, -1], rtol=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(2, 7), st.sampled_from([30, 3000]))
def test_every_pair_table_is_the_count_of_its_pair(seed, p, categories, n):
    rng = np.random.default_rng(seed)
    answers = rng.integers(0, categories, (n, p)).astype(float)
    answers[rng.random((n, p)) < 0.2] = np.nan
    coded = code_items(pd.DataFrame(answers, columns=[f"v{i}" for i in range(p)]))
    tables = pair_tables(coded)
    for table, i, j in zip(tables, *np.triu_indices(p, 1), strict=True):
        expected = np.zeros_like(table)
        np.add.at(expected, (coded.codes[i], coded.codes[j]), 1)
        np.testing.assert_array_equal(table, expected)


@pytest.mark.parametrize("last", [2.5, -300.0, 7.0, 3.0])
def test_answers_are_coded_the_same_however_many_there_are(last):
    """A long column is coded in chunks; what comes last may be new, no whole number or far off."""
    values = np.tile([4.0, 3.0, np.nan, 6.0], 20_000)
    values[-1] = last
    coded = code_items(pd.DataFrame({"x": values, "y": np.arange(80_000) % 2}))
    observed, places = np.unique(values[~np.isnan(values)], return_inverse=True)
    np.testing.assert_array_equal(coded.categories[0], observed)
    np.testing.assert_array_equal(coded.codes[0][~np.isnan(values)], places)
    assert (coded.codes[0][np.isnan(values)] == coded.base - 1).all()
    assert coded.base == 1 + len(observed)


def test_repeating_every_respondent_changes_nothing():
    """The covariance is that of √n times the estimates, so it does not change with n."""
    items = pd.read_csv(FOLDER / "hard.csv")
    one, two = polychoric(items), polychoric(pd.concat([items, items]))
    np.testing.assert_allclose(two.correlations, one.correlations, atol=1e-9)
    np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-6, atol=1e-9)


def test_codes_are_names_only():
    items = pd.read_csv(FOLDER / "hard.csv")
    other = items.assign(gap=items["gap"].map({1: -5.5, 2: 0.25, 4: 7, 5: 4000}))
    one, two = polychoric(items, gamma=False), polychoric(other, gamma=False)
    np.testing.assert_array_equal(one.correlations, two.correlations)
    assert list(two.categories[2]) == [-5.5, 0.25, 7, 4000]


def test_respondents_without_any_answer_do_not_count():
    items = pd.read_csv(FOLDER / "hard.csv")
    empty = pd.DataFrame(np.nan, index=range(50), columns=items.columns)
    one, two = polychoric(items), polychoric(pd.concat([items, empty]))
    assert two.n == one.n
    np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-9)


def test_the_standard_error_is_that_of_repeated_samples():
    rng = np.random.default_rng(5)
    estimates, errors = [], []
    for _ in range(300):
        latent = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=500)
        items = pd.DataFrame({"x": latent[:, 0] > 0.8, "y": np.searchsorted([-1, 1], latent[:, 1])})
        result = polychoric(items.astype(float))
        estimates.append(result.correlations[0, 1])
        errors.append(result.standard_errors[0, 1])
    # 300 samples know a standard deviation to 4 %.
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.12)


def test_a_correction_fills_empty_cells_only_if_asked():
    items = four_cells(40, 0, 10, 40)
    assert polychoric(items).correlations[0, 1] == pytest.approx(0.9999)
    assert polychoric(items, correct=0.5).correlations[0, 1] < 0.98
    filled = four_cells(40, 3, 10, 40)
    assert polychoric(filled, correct=0.5).correlations == pytest.approx(
        polychoric(filled).correlations
    )


def sample(**columns) -> pd.DataFrame:
    base = {"a": [1.0, 2, 3, 1, 2, 3, 2, 2], "b": [1.0, 1, 2, 1, 2, 2, 1, 2]}
    return pd.DataFrame({**base, **columns})


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (sample()[["a"]], "at least two"),
        (sample(c=[4.0] * 8), "answered `c` gave the same answer"),
        (sample(c=[np.nan] * 8), "Nobody answered `c`"),
        (sample(c=list("xyxyxyxy")), "`c` has answers that are not finite numbers"),
        (
            sample(c=[1.0, 2, 1, 2, *[np.nan] * 4], d=[*[np.nan] * 4, 1.0, 2, 1, 2]),
            "Nobody answered both `c` and `d`",
        ),
        (
            sample(c=[1.0, 2, 2, 2, *[np.nan] * 4], d=[1.0, np.nan, np.nan, np.nan, 1, 2, 1, 2]),
            "both `c` and `d` one of them does not vary",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(items, message):
    with pytest.raises(StudyError, match=message):
        polychoric(items)


def test_identical_items_and_lonely_answers_are_named_and_the_rest_still_arrives():
    items = pd.read_csv(FOLDER / "hard.csv").iloc[:, 2:]
    items = items.assign(copy=items["gap"], lonely=(np.arange(800) % 2 + 1.0))
    items.loc[7, "lonely"] = 3
    result = polychoric(items)
    assert any("`gap` and `copy`" in sentence(note) for note in result.warnings)
    assert any(
        "`lonely`" in text and "only answered 3" in text for text in map(sentence, result.warnings)
    )
    pairs = list(zip(*np.triu_indices(4, 1), strict=True))
    first_correlation = sum(map(len, result.thresholds))
    broken = first_correlation + pairs.index((0, 2))
    assert np.isnan(result.covariance[broken]).all()
    assert np.isfinite(np.delete(np.delete(result.covariance, broken, 0), broken, 1)).all()


def test_many_categories_are_no_different():
    rng = np.random.default_rng(2)
    latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=4000)
    items = pd.DataFrame(np.clip(np.round(latent * 12), -45, 45), columns=["x", "y"])
    rho = polychoric(items, gamma=False).correlations[0, 1]
    assert rho == pytest.approx(np.corrcoef(items.T)[0, 1], abs=2e-3)


def test_a_factor_model_of_correlations_without_their_covariance_is_refused():
    found = polychoric(pd.read_csv(FOLDER / "items_1000.csv"), gamma=False)
    with pytest.raises(StudyError, match="estimate them with `gamma`"):
        fit_polychoric({"factors": {"f": list(found.items)}}, found)
