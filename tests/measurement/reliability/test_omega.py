"""Omega and alpha against lavaan, semTools and psych; see tests/reference/omega.

Closed forms agree to 1e-10. Iterative values agree to 1e-5: lavaan stops where the gradient is
small, which leaves its loadings within 2e-6 of the optimum on these data.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.measurement.factor.one_factor import maximum_likelihood
from coproduction.measurement.ordinal.polychoric import polychoric
from coproduction.measurement.reliability.alpha import alpha_of
from coproduction.measurement.reliability.omega import (
    omega_categorical,
    omega_categorical_slopes,
    omega_total,
)
from coproduction.measurement.reliability.ordinal import ordinal_reliability
from coproduction.rows import clustered

FILE = Path(__file__).parents[2] / "reference" / "omega" / "reference.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))
SCALES = "ACENO"


@pytest.fixture(scope="module")
def complete(scales) -> dict[str, pd.DataFrame]:
    return {name: items.dropna() for name, items in scales.items()}


def covariance_of(items: pd.DataFrame) -> np.ndarray:
    return np.cov(items.to_numpy(float), rowvar=False)


@pytest.mark.parametrize("scale", SCALES)
def test_one_factor_equals_lavaan(complete, scale):
    n = len(complete[scale])
    fit = maximum_likelihood(covariance_of(complete[scale]) * (n - 1) / n)
    np.testing.assert_allclose(fit.loadings, REFERENCE[scale]["loadings_ml"], atol=1e-5)
    np.testing.assert_allclose(fit.uniquenesses, REFERENCE[scale]["uniquenesses_ml"], atol=1e-5)


@pytest.mark.parametrize("scale", SCALES)
def test_omega_total_equals_semtools_with_the_observed_variance(complete, scale):
    covariance = covariance_of(complete[scale])
    assert omega_total(covariance) == pytest.approx(REFERENCE[scale]["omega_total"], abs=1e-5)


@pytest.mark.parametrize("scale", SCALES)
def test_standardised_alpha_equals_psych(complete, scale):
    correlations = np.corrcoef(complete[scale].to_numpy(float), rowvar=False)
    expected = REFERENCE[scale]["alpha_standardised"]
    assert alpha_of(correlations) == pytest.approx(expected, abs=1e-10)


def test_a_stack_of_matrices_gives_what_each_gives_alone(complete):
    stack = np.stack([covariance_of(complete[scale]) for scale in SCALES])
    together, alone = omega_total(stack), [omega_total(matrix) for matrix in stack]
    np.testing.assert_allclose(together, alone, atol=1e-12)
    np.testing.assert_allclose(alpha_of(stack), [alpha_of(matrix) for matrix in stack], atol=1e-14)


@given(st.lists(st.floats(0.3, 0.9), min_size=3, max_size=8), st.floats(0.1, 10))
def test_a_one_factor_population_gives_its_own_omega_in_any_unit(loadings, unit):
    loadings = np.array(loadings)
    population = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    expected = loadings.sum() ** 2 / population.sum()
    assert omega_total(population * unit**2) == pytest.approx(expected, abs=1e-6)
    if np.ptp(loadings) == 0:
        assert alpha_of(population) == pytest.approx(expected, abs=1e-12)
    assert alpha_of(population) <= expected + 1e-12


def test_too_few_items_a_constant_item_and_an_improper_solution_give_no_omega():
    assert np.isnan(omega_total(np.array([[1, 0.5], [0.5, 1]])))
    assert np.isnan(omega_total(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 0.0]])))
    heywood = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    assert np.isnan(omega_total(heywood))
    assert maximum_likelihood(heywood).uniquenesses[0] < 0


def test_one_failure_in_a_stack_leaves_the_others():
    good = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    bad = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    values = omega_total(np.stack([bad, good]))
    assert np.isnan(values[0]) and values[1] == pytest.approx(0.75, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_slopes_of_categorical_omega_are_those_of_small_changes(seed):
    """Also where the one-factor model does not hold, so that residuals enter the slopes."""
    rng = np.random.default_rng(seed)
    loadings = rng.uniform(0.4, 0.8, (5, 1)) * np.array([1, 0.5])
    correlations = loadings @ loadings.T + 0.1 * np.cov(rng.normal(size=(5, 9)))
    scale = np.sqrt(np.diag(correlations) + 0.4)
    correlations = correlations / np.outer(scale, scale)
    np.fill_diagonal(correlations, 1)
    cuts = [np.sort(rng.normal(size=size)) for size in (1, 4, 2, 3, 4)]
    pairs, weights = np.triu_indices(5, 1), rng.uniform(0.5, 2, 10)
    slopes = omega_categorical_slopes(cuts, correlations, weights)
    point = np.concatenate([*cuts, correlations[pairs]])

    def omega(values: np.ndarray) -> float:
        matrix = np.eye(5)
        matrix[pairs] = matrix.T[pairs] = values[-10:]
        lengths = np.cumsum([len(each) for each in cuts])[:-1]
        return omega_categorical(np.split(values[:-10], lengths), matrix, weights)

    steps = 1e-5 * np.eye(len(point))
    numerical = [(omega(point + step) - omega(point - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(slopes, numerical, atol=1e-8)


def test_clusters_of_twins_say_no_more_than_one_of_each(complete):
    """Doubling every respondent within a cluster leaves the intervals, up to J / (J − 1)."""
    one = complete["A"].reset_index(drop=True).iloc[:500]
    twins = pd.concat([one, one], ignore_index=True)
    rows = clustered(pd.Series(np.arange(1000) % 500))
    alone = ordinal_reliability(polychoric(one))
    nested = ordinal_reliability(polychoric(twins, rows=rows))
    naive = ordinal_reliability(polychoric(twins))
    for low, high in (("alpha_conf_low", "alpha_conf_high"), ("omega_conf_low", "omega_conf_high")):
        width = [getattr(each, high) - getattr(each, low) for each in (alone, nested, naive)]
        assert width[1] == pytest.approx(width[0] * np.sqrt(500 / 499), rel=1e-4)
        assert width[2] < 0.72 * width[0]
    assert nested.omega == pytest.approx(alone.omega, abs=1e-10)
    everyone = ordinal_reliability(polychoric(one, rows=clustered(pd.Series(0, one.index))))
    assert np.isnan(everyone.omega_conf_low) and everyone.omega == pytest.approx(alone.omega)
