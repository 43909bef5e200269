"""The measurement step and what is made of it, against R; see tests/reference/calibrated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import model_of

from coproduction.inference.data.design import design
from coproduction.inference.model.regression import Fit, coefficients, fit
from coproduction.instrument.item_scales import Scale, Scales

FOLDER = Path(__file__).parents[2] / "reference" / "calibrated"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
SIZES = {"a": (4, "a4"), "b": (3, None), "c": (4, "c4")}
SCALES = Scales(
    {
        name: Scale(
            tuple(f"{name}{place}" for place in range(1, size + 1)),
            (reversed_,) if reversed_ else (),
            (4.0,) * size,
        )
        for name, (size, reversed_) in SIZES.items()
    }
)
UNIT = 4.0**2
"""The measurement step takes items in units of their span."""


@pytest.fixture(scope="module")
def fitted() -> Fit:
    split = {"split": "within_cluster"}
    model = model_of(
        {
            **{"id": "m", "outcome": "y", "family": "binomial", "cluster": "place"},
            "predictors": [{"construct": "a", **split}, {"construct": "b", **split}],
            **{"covariates": ["z1", "z2"], "interactions": [["a_within", "b_within"]]},
            "covariance": "CR2",
        }
    )
    return fit(design(pd.read_csv(FOLDER / "data.csv"), model, None, SCALES))


def test_the_factor_model_is_that_of_lavaan(fitted):
    calibration = fitted.design.calibration
    factors = calibration.estimation.factors
    assert calibration.residuals.df == REFERENCE["df"]
    np.testing.assert_allclose(factors.loadings, REFERENCE["loadings"], atol=5e-6)
    np.testing.assert_allclose(factors.covariances * UNIT, REFERENCE["covariances"], atol=5e-6)
    np.testing.assert_allclose(factors.errors * UNIT, REFERENCE["errors"], atol=5e-6)
    assert factors.agreement * UNIT == pytest.approx(REFERENCE["agreement"], abs=5e-6)


def test_standard_deviations_of_constructs_and_their_rulers_are_those_of_r(fitted):
    calibration = fitted.design.calibration
    spread = [calibration.spread(name) * np.sqrt(UNIT) for name in "ab"]
    np.testing.assert_allclose(spread, REFERENCE["sd"], rtol=1e-6)
    np.testing.assert_allclose(
        [calibration.ruler(name) for name in "ab"], REFERENCE["ruler"], rtol=1e-6
    )


def test_coefficients_are_those_of_glm_and_errors_those_of_clubsandwich(fitted):
    table = coefficients(fitted)
    np.testing.assert_allclose(table["estimate"], REFERENCE["estimate"], atol=1e-6)
    alone = table["std_error"] / fitted.inflation.to_numpy()
    np.testing.assert_allclose(alone, REFERENCE["std_error"], rtol=1e-5)
    np.testing.assert_allclose(table["df"], REFERENCE["freedom"], rtol=1e-5)


def test_the_jackknife_of_both_steps_is_that_of_lavaan_and_glm(fitted):
    """One step stands for each fit here: the less exact the fewer clusters bear on a term."""
    known = np.array(REFERENCE["freedom"]) > 15
    found, expected = fitted.inflation.to_numpy()[known], np.array(REFERENCE["ratio"])[known]
    assert known.sum() >= 7
    # Without any factor the first would be off by 0.017.
    np.testing.assert_allclose(found, expected, atol=0.012)
