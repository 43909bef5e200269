"""E-values and robustness values: published examples, R, and what they claim put to the test."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import model_of, plan_of

from coproduction.inference.checks.sensitivity import (
    COLUMNS,
    e_value,
    e_value_limit,
    robustness_value,
    sensitivity,
)
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, fit
from coproduction.notes import sentences

FOLDER = Path(__file__).parents[2] / "reference"
REFERENCE = json.loads((FOLDER / "sensitivity" / "reference.json").read_text("utf-8"))
OUTCOMES = {"binomial": "binary", "gaussian": "linear", "poisson": "count"}
AVERAGE, COEFFICIENT = "average_marginal_effect", "coefficient"
RATIOS = ("estimate", "conf_low", "conf_high", "e_value", "e_value_limit")
SHARES = ("partial_r2", "robustness_value", "robustness_value_limit")


@pytest.mark.parametrize(
    ("ratio", "low", "high", "published", "limit"),
    [
        # Examples of VanderWeele and Ding 2017; the first is 7.2 in their text, 7.26 worked out.
        (3.9, 1.8, 8.7, 7.26, 3.0),
        (0.5, 0.3, 0.8, 3.41, 1.81),
        (0.80, 0.71, 0.91, 1.81, 1.43),
    ],
)
def test_e_values_are_the_published_ones(ratio, low, high, published, limit):
    assert e_value(ratio) == pytest.approx(published, abs=0.005)
    assert e_value_limit(low, high) == pytest.approx(limit, abs=0.005)


def test_robustness_values_are_those_of_the_darfur_example():
    from scipy.stats import t

    assert round(100 * robustness_value(4.18, 783), 1) == 13.9
    assert round(100 * robustness_value(4.18, 783, t.ppf(0.975, 782)), 1) == 7.6


def weakest(f: float, share: float) -> float:
    """Smallest partial f that confounders leave that explain no more than a share of either."""
    of_predictor, of_outcome = np.meshgrid(*[np.linspace(0, share, 1500)] * 2)
    left = f * np.sqrt(1 - of_predictor) - np.sqrt(of_predictor * of_outcome)
    return float((left / np.sqrt(1 - of_outcome)).min())


@pytest.mark.parametrize(
    ("statistic", "df", "critical"),
    [(4.18, 783, 1.96), (30, 60, 2.0), (12, 10, 2.26), (8, 6, 2.57), (9, 4, 3.18), (40, 9, 2.3)],
)
def test_confounders_of_that_strength_and_no_weaker_take_the_significance_away(
    statistic, df, critical
):
    f, least = statistic / np.sqrt(df), critical / np.sqrt(df - 1)
    value = robustness_value(statistic, df, critical)
    assert 0 < value < 1
    assert weakest(f, value) == pytest.approx(least, abs=2e-3 * (1 + f))
    assert weakest(f, 0.98 * value) > least


def test_what_is_not_significant_needs_no_confounder():
    assert robustness_value(3.2, 4, 3.18) == robustness_value(1, 100, 1.98) == 0


def test_robustness_values_meet_where_their_formulas_change():
    # f = 2 and f* = 1/2, so that f f* = 1.
    below, above = (robustness_value(2 * 3, 9, c * np.sqrt(8)) for c in (0.4999999, 0.5000001))
    assert below == pytest.approx(above, abs=1e-6) and above == pytest.approx(0.75, abs=1e-6)


@given(st.floats(0.01, 100))
def test_a_confounder_of_just_that_strength_explains_the_ratio_away(ratio):
    strength = e_value(ratio)
    bound = strength * strength / (2 * strength - 1)
    assert bound == pytest.approx(max(ratio, 1 / ratio), rel=1e-9)
    assert strength == pytest.approx(e_value(1 / ratio), rel=1e-9)


@pytest.mark.parametrize(("low", "high"), [(0.8, 1.2), (1.0, 1.4), (0.7, 1.0)])
def test_the_limit_is_one_if_the_interval_includes_one(low, high):
    assert e_value_limit(low, high) == 1


def confounded(d: np.ndarray, y: np.ndarray, share: float) -> np.ndarray:
    """Make a confounder that explains the share of d, and of what d leaves of y."""
    rng = np.random.default_rng(3)
    axes = [d / np.linalg.norm(d)]
    for vector in (y, rng.standard_normal(len(d))):
        rest = vector - vector.mean()
        rest = rest - sum((axis @ rest) * axis for axis in axes)
        axes.append(rest / np.linalg.norm(rest))
    sign = np.sign(d @ y)
    inner = sign * np.sqrt(share) * axes[1] + np.sqrt(1 - share) * axes[2]
    return np.sqrt(share) * axes[0] + np.sqrt(1 - share) * inner


def least_squares(y: np.ndarray, *columns: np.ndarray) -> tuple[float, float]:
    """Coefficient of the first column and its t statistic, an intercept added."""
    x = np.column_stack([*columns, np.ones(len(y))])
    inverse = np.linalg.inv(x.T @ x)
    params = inverse @ x.T @ y
    residual = y - x @ params
    error = np.sqrt(inverse[0, 0] * (residual @ residual) / (len(y) - x.shape[1]))
    return params[0], params[0] / error


@pytest.mark.parametrize("slope", [0.3, -0.4])
def test_a_confounder_with_just_those_shares_brings_estimate_and_test_to_their_limits(slope):
    from scipy.stats import t

    rng = np.random.default_rng(8)
    d = rng.standard_normal(200)
    d -= d.mean()
    y = slope * d + rng.standard_normal(200)
    _, statistic = least_squares(y, d)
    critical = t.ppf(0.975, 197)
    removed = confounded(d, y, robustness_value(statistic, 198))
    assert least_squares(y, d, removed)[0] == pytest.approx(0, abs=1e-10)
    weakened = confounded(d, y, robustness_value(statistic, 198, critical))
    assert abs(least_squares(y, d, weakened)[1]) == pytest.approx(critical, rel=1e-8)
    halved = confounded(d, y, robustness_value(statistic, 198, q=0.5))
    assert least_squares(y, d, halved)[0] == pytest.approx(least_squares(y, d)[0] / 2)


def nested() -> pd.DataFrame:
    data = pd.read_csv(FOLDER / "regression" / "nested_60.csv")
    return data.assign(high=(data["z"] > 0.5) * 1.0)


@cache
def fitted(family: str, covariance: str = "CR2", **changes) -> Fit:
    names = ("x", "high", "offered")
    group = {"variable": "group", "categorical": True}
    spec = {
        "id": family,
        "outcome": OUTCOMES[family],
        "family": family,
        "predictors": [*({"variable": name} for name in names), group],
        "cluster": "cluster",
        "covariance": covariance,
    }
    return fit(design(nested(), model_of({**spec, **changes})))


def hypothesis(kind: str, variable: str, model: str, **changes) -> dict:
    estimand = {"kind": kind, "variable": variable}
    return {"id": f"H {variable}", "model": model, "estimand": estimand, **changes}


def tabulated(model: Fit, *hypotheses: dict, **plan) -> pd.DataFrame:
    estimates = {each["id"]: {"estimate": 0.1} for each in hypotheses}
    known = {**plan, "hypotheses": hypotheses}
    return sensitivity({model.design.model: model}, estimates, plan_of(known))


@pytest.mark.parametrize(
    ("family", "kind", "measure"),
    [
        ("binomial", AVERAGE, "risk_ratio"),
        ("poisson", COEFFICIENT, "rate_ratio"),
        ("gaussian", AVERAGE, "linear"),
    ],
)
def test_every_column_equals_r(family, kind, measure):
    model, known = fitted(family), REFERENCE[measure]
    table = tabulated(model, *(hypothesis(kind, term, family) for term in known))
    assert list(table) == list(COLUMNS) and table["term"].tolist() == list(known)
    filled, empty = (SHARES, RATIOS[3:]) if measure == "linear" else (RATIOS[3:], SHARES)
    for row, expected in zip(table.to_dict("records"), known.values(), strict=True):
        for column in (*RATIOS[:3], *filled):
            assert row[column] == pytest.approx(expected[column], rel=1e-6, abs=1e-9), column
    assert table[list(empty)].isna().all(axis=None)
    assert table["measure"].eq(measure).all() and table["model"].eq(family).all()
    assert table["n"].eq(len(nested())).all() and table["n_clusters"].eq(60).all()
    assert table["covariance"].eq("CR2").all() and table["reason"].eq("").all()


def test_with_the_classical_covariance_the_limit_is_that_of_the_paper():
    model = fitted("gaussian", "classical")
    table = tabulated(model, *(hypothesis(AVERAGE, each, "gaussian") for each in ("x", "high")))
    expected = [REFERENCE["linear"][term]["classical_limit"] for term in ("x", "high")]
    np.testing.assert_allclose(table["robustness_value_limit"], expected, rtol=1e-9)


CROSS = {"kind": "cross_partial", "variables": ["x", "high"]}


@pytest.mark.parametrize(
    ("family", "asked", "plan"),
    [
        ("binomial", hypothesis(AVERAGE, "x", "binomial", comparison="non_inferiority"), {}),
        ("binomial", hypothesis(AVERAGE, "x", "binomial", estimand=CROSS), {}),
        ("binomial", hypothesis(COEFFICIENT, "x", "binomial"), {}),
        ("gaussian", hypothesis(COEFFICIENT, "x", "gaussian"), {}),
        ("poisson", hypothesis(AVERAGE, "x", "poisson"), {}),
        ("gaussian", hypothesis(AVERAGE, "high", "gaussian"), {"experiments": ["high"]}),
        ("binomial", hypothesis(AVERAGE, "group[2]", "binomial"), {"experiments": ["group"]}),
    ],
)
def test_hypotheses_that_neither_measure_suits_have_no_row(family, asked, plan):
    experiments = [{"factors": factors} for factors in plan.values()]
    assert tabulated(fitted(family), asked, experiments=experiments).empty


def test_a_coefficient_that_stands_in_a_product_too_is_no_rate_ratio_of_its_own():
    names = [{"variable": "x"}, {"variable": "high"}]
    model = fitted.__wrapped__("poisson", predictors=names, interactions=[["x", "high"]])
    assert tabulated(model, hypothesis(COEFFICIENT, "x", "poisson")).empty


def test_what_was_not_estimable_has_no_row():
    asked = hypothesis(AVERAGE, "x", "failed")
    found = sensitivity({}, {"H x": {"reason": "Why."}}, plan_of({"hypotheses": [asked]}))
    assert found.empty and list(found) == list(COLUMNS)


def test_an_effect_beyond_the_mean_probability_is_no_risk_ratio_and_says_so():
    rare = nested().assign(binary=lambda d: (d["x"] < -1) * 1.0)
    rare.loc[::40, "binary"] = 1 - rare.loc[::40, "binary"]
    spec = {
        "id": "binomial",
        "outcome": "binary",
        "family": "binomial",
        "predictors": [{"variable": "x"}],
        "covariance": "classical",
    }
    table = tabulated(fit(design(rare, model_of(spec))), hypothesis(AVERAGE, "x", "binomial"))
    expected = "Model `binomial`: the effect of `x` is too large to be a risk ratio."
    assert table["reason"].map(sentences).tolist() == [expected]
    assert table["e_value"].isna().all()
