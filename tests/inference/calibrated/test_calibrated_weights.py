"""The measurement step heeds weights: items, scores, standard deviations and the jackknife."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from known_answers import BOTH, items, latents, scales
from plans import model_of

from coproduction.inference.calibrated.residuals import residuals
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, fit
from coproduction.rows import rows_of

N = 1600
RNG = np.random.default_rng(31)
TRUE, PLACE = latents(RNG, N, 40)
#: Who is asked more often is more alike in `a`, and `a` does more among them.
OFTEN = np.where(TRUE["a"] + RNG.normal(size=N) > 0.5, 4, 1)
SLOPE = np.where(OFTEN > 1, 1.0, 0.3)
TABLE = items(RNG, TRUE).assign(
    y=SLOPE * TRUE["a"] - 0.4 * TRUE["b"] + RNG.normal(size=N), place=PLACE, times=OFTEN
)


def fitted(table: pd.DataFrame, weighted: bool = False) -> Fit:
    spec = {"id": "m", "outcome": "y", "family": "gaussian", "covariance": "CR1"}
    model = model_of(spec | {"cluster": "place", "predictors": BOTH})
    rows = rows_of(table, "place")
    if weighted:
        rows = replace(rows, weight=table["times"].to_numpy(float) * 3)
    return fit(design(table, model, rows, scales()))


@pytest.fixture(scope="module")
def fits() -> dict[str, Fit]:
    many = TABLE.loc[TABLE.index.repeat(TABLE["times"])].reset_index(drop=True)
    return {"weighted": fitted(TABLE, True), "many": fitted(many), "plain": fitted(TABLE)}


def test_estimates_of_weighted_answers_are_those_of_repeated_ones(fits):
    # Both divide by degrees of freedom of their own, which differ by a percent.
    weighted, many, plain = (fits[name].params["mean"] for name in ("weighted", "many", "plain"))
    pd.testing.assert_series_equal(weighted, many, rtol=0.01, atol=0.002)
    assert abs(plain["a_within"] - many["a_within"]) > 0.05


def test_standard_errors_with_the_measurement_step_are_those_of_repeated_answers(fits):
    weighted, many = (fits[name] for name in ("weighted", "many"))
    pd.testing.assert_series_equal(weighted.inflation, many.inflation, rtol=0.02)
    one, other = (np.sqrt(np.diag(each.covariance)) for each in (weighted, many))
    np.testing.assert_allclose(one, other, rtol=0.02)


def test_rulers_and_spreads_are_those_of_repeated_answers(fits):
    weighted, many = (fits[name].design.calibration for name in ("weighted", "many"))
    for name in ("a", "b"):
        assert weighted.ruler(name) == pytest.approx(many.ruler(name), rel=4e-3)
        assert weighted.spread(name) == pytest.approx(many.spread(name), rel=4e-3)


def test_equal_weights_are_none():
    alike = fitted(TABLE.assign(times=2), True)
    plain = fitted(TABLE)
    np.testing.assert_allclose(alike.params, plain.params, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(alike.covariance, plain.covariance, rtol=1e-6, atol=1e-12)


def test_residuals_are_those_of_weighted_least_squares():
    rows = replace(rows_of(TABLE, "place"), weight=OFTEN * 1.0)
    covariates = RNG.normal(size=(N, 2))
    answers = TABLE[["a1", "a2"]].to_numpy()
    found = residuals(answers, covariates, rows)
    inside = np.column_stack([np.eye(40)[PLACE], covariates])
    root = np.sqrt(OFTEN)[:, None]
    slopes = np.linalg.lstsq(inside * root, answers * root, rcond=None)[0]
    np.testing.assert_allclose(found.values, answers - inside @ slopes, atol=1e-10)
    out = PLACE < 3
    left = found.values[~out]
    expected = (left * found.weights[~out, None]).T @ left / found.weights[~out].mean()
    np.testing.assert_allclose(found.without(out, 3), expected / (found.df - out.sum() + 3))
