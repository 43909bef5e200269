"""Links and families: every derivative is the derivative of what stands before it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from coproduction.numerics import links
from coproduction.numerics.families import FAMILIES

STEP = 1e-30
ROWS = np.linspace(-5, 4, 19)


@pytest.mark.parametrize("name", links.__all__)
def test_each_derivative_of_a_link_is_exact_for_complex_arguments_too(name):
    link, eta = getattr(links, name)(), 1 + ROWS**2 if name == "InversePower" else ROWS
    kinds = (link.inverse, link.inverse_deriv, link.inverse_deriv2)
    for known, derivative in pairwise(kinds):
        stepped = known(eta + 1j * STEP).imag / STEP
        np.testing.assert_allclose(stepped, derivative(eta), rtol=1e-12, atol=1e-300)
    third = link.inverse_deriv2(eta + 1j * STEP).imag / STEP
    numeric = (link.inverse_deriv2(eta + 1e-5) - link.inverse_deriv2(eta - 1e-5)) / 2e-5
    np.testing.assert_allclose(third, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["Logit", "Probit", "CLogLog", "LogLog"])
def test_a_probability_far_out_hardly_moves(name):
    link, far = getattr(links, name)(), np.array([-300.0, -50.0, 50.0, 300.0])
    for derivative in (link.inverse_deriv, link.inverse_deriv2):
        assert (np.abs(derivative(far)) < 1e-15).all()


@pytest.mark.parametrize("name", FAMILIES)
def test_the_partials_of_every_family_are_derivatives_of_its_expected_outcome(name):
    family = FAMILIES[name]
    linear = [ROWS / (1 + place) for place in range(len(family.parts))]
    further = np.array([-0.5, 0.3, 1.0]) if family.ordered else np.array([-0.5])
    for place in range(len(linear)):
        moved = [each + 1j * STEP * (spot == place) for spot, each in enumerate(linear)]
        exact, stepped = family.partials(linear, further), family.partials(moved, further)
        np.testing.assert_allclose(stepped.value.imag / STEP, exact.first[place], rtol=1e-11)
        for other in range(len(linear)):
            found = stepped.first[other].imag / STEP
            np.testing.assert_allclose(found, exact.second[place][other], rtol=1e-11, atol=1e-14)
