"""Bivariate normal probabilities against Owen's T function, which another algorithm computes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, owens_t

from coproduction.measurement.ordinal.normal import bivariate_normal_cdf, bivariate_normal_pdf

limits = st.floats(-6, 6).filter(lambda value: abs(value) > 1e-6)


def by_owen(h: float, k: float, rho: float) -> float:
    """Owen (1956, Annals of Mathematical Statistics 27, 1075–1090), equation 2.1."""
    spread = np.sqrt((1 - rho) * (1 + rho))
    tails = owens_t(h, (k - rho * h) / (h * spread)) + owens_t(k, (h - rho * k) / (k * spread))
    return (ndtr(h) + ndtr(k)) / 2 - tails - (0.5 if h * k < 0 else 0)


@given(limits, limits, st.floats(-0.9999, 0.9999))
def test_probabilities_equal_those_from_owens_function(h, k, rho):
    assert bivariate_normal_cdf(h, k, rho) == pytest.approx(by_owen(h, k, rho), abs=2e-14)


@given(st.floats(-0.999, 0.999))
def test_the_quadrant_has_its_closed_form(rho):
    expected = 0.25 + np.arcsin(rho) / (2 * np.pi)
    assert bivariate_normal_cdf(0, 0, rho) == pytest.approx(expected, abs=1e-14)


def test_limits_and_perfect_correlations():
    h, k = np.meshgrid([-np.inf, -1.0, 0.3, np.inf], [-np.inf, -0.5, 0.3, 2.0])
    np.testing.assert_allclose(bivariate_normal_cdf(h, k, 1), ndtr(np.minimum(h, k)), atol=1e-15)
    opposite = np.maximum(ndtr(h) + ndtr(k) - 1, 0)
    np.testing.assert_allclose(bivariate_normal_cdf(h, k, -1), opposite, atol=1e-15)
    np.testing.assert_allclose(bivariate_normal_cdf(h, k, 0), ndtr(h) * ndtr(k), atol=1e-15)


def test_many_at_once_equal_each_alone_in_any_shape():
    rng = np.random.default_rng(1)
    h, k, rho = rng.normal(size=(100, 1)), rng.normal(size=99), rng.uniform(-0.99, 0.99, (100, 99))
    together = bivariate_normal_cdf(h, k, rho)
    assert together.shape == (100, 99)
    alone = [bivariate_normal_cdf(h[i, 0], k[j], rho[i, j]) for i, j in ((0, 0), (57, 3), (99, 98))]
    np.testing.assert_array_equal(together[[0, 57, 99], [0, 3, 98]], alone)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.95, 0.95))
def test_the_density_is_the_slope_of_the_probability_by_the_correlation(h, k, rho):
    step = 1e-5
    above, below = (bivariate_normal_cdf(h, k, rho + sign * step) for sign in (1, -1))
    slope = (above - below) / (2 * step)
    assert bivariate_normal_pdf(h, k, rho) == pytest.approx(float(slope), abs=1e-7)
