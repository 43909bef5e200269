from __future__ import annotations

import numpy as np
import pytest

from coproduction.missing.categories import draw_multinomial, draw_ordinal, pick
from coproduction.missing.matching import draw_line, match


def test_a_drawn_regression_has_the_posterior_of_a_flat_prior():
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(80), rng.normal(size=(80, 2)) @ [[1, 0.6], [0, 0.8]]])
    y = x @ [1.0, 2.0, -1.0] + rng.normal(size=80)
    draws = [draw_line(x.T @ x, x.T @ y, y @ y, 80, rng) for _ in range(20_000)]
    expected = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(draws[0].estimated, expected, atol=1e-4)
    drawn = np.array([each.drawn for each in draws])
    left = y - x @ expected
    spread = left @ left / (77 - 2) * np.linalg.inv(x.T @ x)
    np.testing.assert_allclose(drawn.mean(axis=0), expected, atol=0.005)
    np.testing.assert_allclose(np.cov(drawn.T), spread, atol=0.04 * spread.max())
    assert not draws[0].exact


def test_a_donor_is_one_of_the_nearest_and_each_of_them_alike_often():
    rng = np.random.default_rng(2)
    observed, wanted = rng.normal(size=200), rng.normal(size=50) * 3
    counts = np.zeros((50, 200))
    for _ in range(2000):
        counts[np.arange(50), match(observed, wanted, 5, rng)] += 1
    for place, value in enumerate(wanted):
        nearest = np.argsort(np.abs(observed - value))[:5]
        assert set(np.flatnonzero(counts[place])) == set(nearest)
        assert np.abs(counts[place, nearest] / 2000 - 0.2).max() < 0.05


def test_ties_are_drawn_evenly_and_few_donors_are_all_taken():
    rng = np.random.default_rng(3)
    chosen = np.concatenate([match(np.zeros(20), np.zeros(50), 5, rng) for _ in range(400)])
    assert np.abs(np.bincount(chosen) / len(chosen) - 1 / 20).max() < 0.02
    assert set(match(np.array([1.0, 2.0]), np.zeros(100), 5, rng)) == {0, 1}


@pytest.mark.parametrize("draw", [draw_multinomial, draw_ordinal])
def test_drawn_coefficients_spread_as_their_information_says(draw):
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(500), rng.normal(size=500)])
    codes = (rng.random(500) < 1 / (1 + np.exp(-x[:, 1]))).astype(int)
    draws = [draw(x, codes, x[:1], None, rng) for _ in range(4000)]
    start = draws[0].start
    slope, constant = (start[1], start[0]) if draw is draw_multinomial else (start[0], -start[1])
    chance = 1 / (1 + np.exp(-(constant + slope * x[:, 1])))
    information = (x * (chance * (1 - chance))[:, None]).T @ x
    expected = np.sqrt(x[0] @ np.linalg.inv(information) @ x[0])
    odds = np.array([each.probabilities[0] for each in draws])
    logits = np.log(odds[:, 1] / odds[:, 0])
    assert logits.mean() == pytest.approx(constant + slope * x[0, 1], abs=0.02)
    assert logits.std() == pytest.approx(expected, rel=0.06)
    assert x.T @ (codes - chance) == pytest.approx([0, slope / 2.5**2], abs=0.05)


def test_categories_are_drawn_by_their_probabilities():
    rng = np.random.default_rng(5)
    found = pick(np.tile([0.2, 0.5, 0.3], (30_000, 1)), rng)
    np.testing.assert_allclose(np.bincount(found) / 30_000, [0.2, 0.5, 0.3], atol=0.01)
