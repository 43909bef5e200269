"""The joint test of a grid: against full refits in R, its parts, and its level."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import model_of
from scipy import stats

from coproduction.inference.data.design import design
from coproduction.inference.effects.standardised import standardised_effect
from coproduction.inference.grid.draws import Drawn, drawn, unit_weights
from coproduction.inference.grid.joint import joint_test, pooled_draws, z_values
from coproduction.inference.model.regression import Fit, estimate, fit
from coproduction.missing.pooling import pool

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "grid" / "reference.json").read_text("utf-8"))
# R's expand.grid varies its first column fastest.
EVERY = np.array([draw[::-1] for draw in product((-1.0, 1.0), repeat=8)])
X, Z = {"variable": "x"}, {"variable": "z"}


def eight() -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "regression" / "nested_12.csv")
    return data[data["cluster"] < 8]


def cell(data: pd.DataFrame, outcome: str, terms: list[dict], family: str = "gaussian") -> Fit:
    spec = {"id": "m", "outcome": outcome, "family": family, "predictors": terms}
    return fit(design(data, model_of({**spec, "cluster": "cluster", "covariance": "CR1"})))


def joint_of(fits: list[Fit], weights: np.ndarray, units: pd.Index) -> pd.DataFrame:
    parts, estimates, p_values = [], [], []
    for each in fits:
        value, gradient = standardised_effect(each, "x")
        row = estimate(each, value, gradient, 0.95)
        parts.append(drawn(each, value, gradient, row["df"], weights, units))
        estimates.append(value)
        p_values.append(row["p_value"])
    found = joint_test(parts, pd.Series(estimates), pd.Series(p_values), positive=True)
    return found.set_index("statistic")


def test_every_draw_of_a_linear_grid_equals_full_refits_in_r():
    data = eight()
    fits = [cell(data, name, terms) for name in ("linear", "binary") for terms in ([X, Z], [X])]
    values = [standardised_effect(each, "x")[0] for each in fits]
    assert values == pytest.approx(REFERENCE["cells"]["estimate"], rel=1e-10)
    found = joint_of(fits, EVERY, pd.Index([str(code) for code in range(8)]))
    for name, value in REFERENCE["value"].items():
        assert found.loc[name, "value"] == pytest.approx(value, rel=1e-9), name
        assert found.loc[name, "p_value"] == pytest.approx(REFERENCE["p"][name], rel=1e-12), name
    assert (found["draws"] == 256).all() and (found["n_cells"] == 4).all()


def test_the_monte_carlo_error_is_that_of_a_share():
    fits = [cell(eight(), "linear", [X, Z])]
    found = joint_of(fits, unit_weights(199, 8, 1), pd.Index([str(code) for code in range(8)]))
    p = found["p_value"]
    assert found["mc_error"].to_numpy() == pytest.approx(np.sqrt(p * (1 - p) / 199).to_numpy())


@pytest.mark.parametrize("df", [3.5, 40.0, np.inf])
def test_z_values_have_the_p_values_of_their_t_statistics(df):
    t = np.array([-60.0, -2.0, -0.1, 0.0, 0.3, 4.0])
    expected = stats.t.sf(np.abs(t), df) if np.isfinite(df) else stats.norm.sf(np.abs(t))
    assert stats.norm.sf(np.abs(z_values(t, df))) == pytest.approx(expected, rel=1e-8)
    assert (np.sign(z_values(t, df)) == np.sign(t)).all()


def test_draws_over_imputed_tables_have_the_variance_of_rubins_rules():
    rng = np.random.default_rng(1)
    values, error = np.array([0.3, 0.5, 0.1, 0.35]), 0.2
    within = error * rng.standard_normal(40_000)
    parts = [Drawn(np.append(value, within), np.full(40_001, error), 30.0) for value in values]
    found = pooled_draws(parts, np.random.default_rng(2))
    expected = pool(values[:, None], np.full((4, 1), error), np.full((4, 1), 30.0))
    assert found.estimates[0] == pytest.approx(expected.estimate[0])
    assert found.errors == pytest.approx(expected.std_error[0])
    assert found.estimates[1:].std() == pytest.approx(expected.std_error[0], rel=0.02)
    assert found.estimates[1:].mean() == pytest.approx(0.0, abs=0.01)


def replicate(seed: int, effect: float) -> pd.DataFrame:
    """People of 20 places; what they do does not depend on x but by the effect."""
    rng = np.random.default_rng([seed, 7])
    place = np.repeat(np.arange(20), 12)
    shared = rng.standard_normal((2, 20))[:, place]
    x, z = 0.6 * rng.standard_normal(240) + 0.8 * shared[0], rng.standard_normal(240)
    eta = effect * x + 0.4 * z + 0.6 * shared[1]
    return pd.DataFrame(
        {
            **{"cluster": place, "x": x, "z": z},
            "binary": (rng.random(240) < 1 / (1 + np.exp(-eta))) * 1.0,
            "linear": eta + rng.standard_normal(240),
            "count": rng.poisson(np.exp(0.4 * eta)).astype(float),
        }
    )


def p_values(seed: int, effect: float) -> pd.Series:
    data = replicate(seed, effect)
    kinds = (("binary", "binomial"), ("linear", "gaussian"), ("count", "pseudo_poisson"))
    fits = [cell(data, name, terms, kind) for name, kind in kinds for terms in ([X, Z], [X])]
    units = pd.Index([str(code) for code in range(20)])
    return joint_of(fits, unit_weights(199, 20, seed), units)["p_value"]


def test_a_true_null_is_rejected_about_as_often_as_it_should_be():
    """A benchmark has the level to a half per cent; here chance alone gives 1 to 17 of 160."""
    rejected = pd.DataFrame([p_values(seed, 0.0) for seed in range(160)]) < 0.05
    low, high = stats.binom.ppf([0.001, 0.999], 160, 0.05)
    for name in ("median_effect", "stouffer_z"):
        assert low <= rejected[name].sum() <= high, name
    assert rejected["share_significant"].sum() <= high


def test_an_effect_is_found():
    rejected = pd.DataFrame([p_values(seed, 0.9) for seed in range(5)]) < 0.05
    assert rejected.all(axis=None)


def test_the_predicted_sign_counts_for_the_share_alone():
    fits = [cell(eight(), "linear", [X, Z])]
    value, gradient = standardised_effect(fits[0], "x")
    units = pd.Index([str(code) for code in range(8)])
    part = drawn(fits[0], value, gradient, 7.0, EVERY, units)
    given = pd.Series([value]), pd.Series([0.001])
    one, other = (joint_test([part], *given, positive=way) for way in (True, False))
    p = [each.set_index("statistic")["p_value"] for each in (one, other)]
    assert p[0]["median_effect"] == p[1]["median_effect"]
    assert p[0]["share_significant"] < p[1]["share_significant"] == 1.0
