"""Exploratory factor analysis against psych and GPArotation; see tests/reference/exploratory.

Extraction agrees to what psych's optimiser leaves (1e-5; chi-squared 1e-6 relative). The rotations
of the reference run to full precision; psych's own calls, which stop earlier, are met to 1e-3.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.errors import StudyError
from coproduction.measurement.exploratory.extraction import factor_analysis
from coproduction.measurement.exploratory.parallel_analysis import correlation_matrix
from coproduction.measurement.exploratory.rotation import rotate
from coproduction.measurement.exploratory.schmid_leiman import schmid_leiman
from coproduction.notes import Note, sentence

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "exploratory" / "reference.json").read_text("utf-8"))
DATA = ("bfi", "forty")
METHODS = ("minres", "ml")
ROTATIONS = ("varimax", "promax", "oblimin", "geomin")


def load(name: str, root: Path) -> pd.DataFrame:
    if name == "forty":
        return pd.read_csv(FOLDER / "polychoric" / "items_1000.csv")
    items = [f"{scale}{i}" for scale in "ACENO" for i in range(1, 6)]
    return pd.read_csv(root / "data/raw/bfi/bfi.csv")[items].dropna()


def assert_same_factors(loadings, correlations, expected, tolerance):
    """Factors have neither order nor direction."""
    theirs = np.array(expected["loadings"])
    agreement = loadings.T @ theirs
    order = np.abs(agreement).argmax(axis=0)
    sign = np.sign(agreement[order, np.arange(len(order))])
    assert sorted(order) == list(range(len(order)))
    np.testing.assert_allclose(loadings[:, order] * sign, theirs, atol=tolerance)
    found = correlations[np.ix_(order, order)] * np.outer(sign, sign)
    np.testing.assert_allclose(found, expected["correlations"], atol=tolerance)


def assert_same_structure_and_shares(result, expected, tolerance):
    """Correlations with the factors and shares of variance, in the reference's order and signs."""
    agreement = result.loadings.T @ np.array(expected["loadings"])
    order = np.abs(agreement).argmax(axis=0)
    sign = np.sign(agreement[order, np.arange(len(order))])
    structure = result.structure[:, order] * sign
    np.testing.assert_allclose(structure, expected["structure"], atol=tolerance)
    shares = result.variance_accounted[order]
    np.testing.assert_allclose(shares, expected["variance"], atol=tolerance)


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("method", METHODS)
def test_extraction_and_fit_equal_psych(name, method, root):
    items, expected = load(name, root), REFERENCE[name][method]
    result = factor_analysis(items.corr(), len(items), 5, method, "none")
    unrotated = {"loadings": expected["loadings"], "correlations": np.eye(5)}
    assert_same_factors(result.loadings, result.factor_correlations, unrotated, 1e-5)
    np.testing.assert_allclose(result.communalities, expected["communalities"], atol=1e-5)
    np.testing.assert_allclose(result.uniquenesses, 1 - result.communalities, atol=1e-12)
    np.testing.assert_allclose(
        result.variance_accounted, (result.loadings**2).mean(axis=0), atol=1e-12
    )
    assert result.df == expected["df"]
    rmsea = (result.rmsea, result.rmsea_conf_low, result.rmsea_conf_high)
    np.testing.assert_allclose(rmsea, expected["rmsea"], atol=1e-6)
    for found, field in (
        (result.chi2, "chi2"),
        (result.p_value, "p_value"),
        (result.tli, "tli"),
        (result.bic, "bic"),
        (result.rms_residual, "rms"),
    ):
        rtol = 5e-4 if field == "p_value" else 5e-6
        assert found == pytest.approx(expected[field], rel=rtol), field
    assert result.converged and result.warnings == ()


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_rotations_equal_gparotation_and_stats(name, method, rotation, root):
    items = load(name, root)
    result = factor_analysis(items.corr(), len(items), 5, method, rotation)
    expected = REFERENCE[name][method][rotation]
    assert_same_factors(result.loadings, result.factor_correlations, expected, 1e-5)
    assert_same_structure_and_shares(result, expected, 1e-5)
    # Rotation leaves how much the factors explain, and their fit, as the extraction left them.
    plain = factor_analysis(items.corr(), len(items), 5, method, "none")
    for field in ("communalities", "uniquenesses", "chi2", "df", "p_value", "tli", "bic", "rmsea"):
        np.testing.assert_allclose(getattr(result, field), getattr(plain, field), rtol=1e-6)
    for field in ("rmsea_conf_low", "rmsea_conf_high", "rms_residual"):
        np.testing.assert_allclose(getattr(result, field), getattr(plain, field), rtol=1e-6)
    assert result.converged and result.warnings == ()


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_psych_itself_is_met_at_its_own_tolerance(rotation, root):
    items = load("bfi", root)
    result = factor_analysis(items.corr(), len(items), 5, "minres", rotation)
    expected = REFERENCE["psych_bfi"]["geominQ" if rotation == "geomin" else rotation]
    assert_same_factors(result.loadings, result.factor_correlations, expected, 1e-3)
    assert_same_structure_and_shares(result, expected, 1e-3)


def test_factors_of_polychoric_correlations_equal_psych():
    """psych searches each correlation to about 1e-4, which its other values inherit."""
    items, expected = load("forty", FOLDER), REFERENCE["polychoric_forty"]
    matrix = correlation_matrix(items, "polychoric")
    result = factor_analysis(matrix, len(items), 5, "minres", "none")
    unrotated = {"loadings": expected["loadings"], "correlations": np.eye(5)}
    assert_same_factors(result.loadings, result.factor_correlations, unrotated, 5e-4)
    np.testing.assert_allclose(result.communalities, expected["communalities"], atol=5e-4)
    assert result.chi2 == pytest.approx(expected["chi2"], rel=5e-4)
    assert result.tli == pytest.approx(expected["tli"], rel=5e-4)
    assert result.rms_residual == pytest.approx(expected["rms"], rel=5e-4)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(ROTATIONS))
def test_no_rotation_changes_what_the_factors_explain(seed, rotation):
    rng = np.random.default_rng(seed)
    loadings = rng.uniform(-0.8, 0.8, (9, 3))
    result = rotate(loadings, rotation)
    implied = result.loadings @ result.factor_correlations @ result.loadings.T
    np.testing.assert_allclose(implied, loadings @ loadings.T, atol=1e-9)
    np.testing.assert_allclose(np.diag(result.factor_correlations), 1, atol=1e-9)


def test_a_perfect_simple_structure_is_found_by_every_rotation():
    simple = np.kron(np.eye(2), np.full((3, 1), 0.7))
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    for rotation in ROTATIONS:
        found = np.sort(np.abs(rotate(simple @ turn, rotation).loadings), axis=1)
        np.testing.assert_allclose(found, [[0, 0.7]] * 6, atol=1e-3)


def test_an_item_that_the_factors_explain_wholly_is_named():
    matrix = np.full((4, 4), 0.5)
    matrix[0, 1:] = matrix[1:, 0] = 0.75
    np.fill_diagonal(matrix, 1)
    names = ["a", "b", "c", "d"]
    result = factor_analysis(pd.DataFrame(matrix, names, names), 200, 1, "ml")
    assert "Heywood" in sentence(result.warnings[0]) and "`a`" in sentence(result.warnings[0])


@pytest.mark.parametrize(
    ("matrix", "k", "method", "words"),
    [
        (np.eye(3), 2, "minres", "3 items cannot identify 2 factors"),
        (np.ones((4, 4)), 1, "ml", "not positive definite"),
        (np.full((4, 4), np.nan), 1, "minres", "have gaps"),
    ],
)
def test_what_cannot_be_factored_is_refused_with_a_reason(matrix, k, method, words):
    with pytest.raises(StudyError, match=words):
        factor_analysis(matrix, 100, k, method)


def test_schmid_leiman_keeps_communalities_and_splits_them():
    pattern = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]]))
    between = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])
    result = schmid_leiman(pattern, between)
    np.testing.assert_allclose(result.second_order, [0.8, 0.7, 0.6], atol=1e-5)
    np.testing.assert_allclose(
        result.general**2 + (result.group**2).sum(axis=1), result.communalities, atol=1e-5
    )
    np.testing.assert_allclose(result.general_share, np.repeat([0.64, 0.49, 0.36], 3), atol=1e-5)
    assert result.warnings == ()


def test_a_second_order_heywood_case_has_no_solution_but_a_reason():
    pattern = np.kron(np.eye(3), np.full((2, 1), 0.7))
    between = np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]])
    result = schmid_leiman(pattern, between)
    assert np.isnan(result.general).all() and np.isnan(result.group).all()
    assert result.warnings == (Note("general_explains_all"),)


def test_two_factors_share_their_general_loading():
    pattern = np.kron(np.eye(2), np.full((3, 1), 0.7))
    result = schmid_leiman(pattern, np.array([[1, -0.49], [-0.49, 1]]))
    np.testing.assert_allclose(result.second_order, [0.7, -0.7])
    assert "do not identify" in sentence(result.warnings[0])
    with pytest.raises(StudyError, match="at least two"):
        schmid_leiman(pattern[:, :1], np.eye(1))
