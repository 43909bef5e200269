from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.missing.joint import joint_test
from coproduction.missing.pooling import imputations_asked, inference, pool, relative_efficiency
from coproduction.missing.tidy import pool_tables


@pytest.fixture(scope="module")
def reference(root):
    return json.loads((root / "tests/reference/missing/reference.json").read_text("utf-8"))


def freedom(given: dict) -> float:
    return np.inf if given["df"] is None else given["df"]


@pytest.mark.parametrize("place", range(3))
def test_a_pooled_number_is_that_of_mice(reference, place):
    case = reference["scalars"][place]
    values, variances = np.array(case["q"])[:, None], np.array(case["u"])[:, None]
    found = pool(values, np.sqrt(variances), np.full_like(values, freedom(case)))
    expected = {name: case[name] for name in ("estimate", "fmi")} | {"df": case["pooled_df"]}
    for name, value in expected.items():
        assert getattr(found, name)[0] == pytest.approx(value, rel=1e-12), name
    assert found.std_error[0] ** 2 == pytest.approx(case["total"], rel=1e-12)
    assert found.mc_error[0] ** 2 * 6 == pytest.approx(case["between"], rel=1e-12)


def test_a_pooled_regression_is_that_of_mice(reference):
    case = reference["regression"]
    parts = [np.array([fit[name] for fit in case["fits"]]) for name in ("estimate", "std_error")]
    found = inference(pool(*parts, np.full_like(parts[0], case["df"])), 0.95)
    for name, values in case["pooled"].items():
        np.testing.assert_allclose(found[name], values, rtol=1e-12, atol=1e-300, err_msg=name)


@pytest.mark.parametrize("place", range(2))
def test_a_joint_test_is_that_of_mitml(reference, place):
    case, fits = reference["joint"][place], reference["regression"]["fits"]
    at = case["terms"]
    estimates = np.array([fit["estimate"] for fit in fits])[:, at]
    covariances = np.array([fit["covariance"] for fit in fits])[:, at][:, :, at]
    found = joint_test(estimates, covariances, freedom(case))
    assert found.df1 == case["df1"]
    for name, key in (("statistic",) * 2, ("df2",) * 2, ("p_value",) * 2, ("increase", "riv")):
        assert getattr(found, name) == pytest.approx(case[key], rel=1e-12), name


def test_one_coefficient_tested_jointly_is_its_t_test():
    rng = np.random.default_rng(1)
    values, errors = rng.normal(0.4, 0.1, (9, 1)), rng.uniform(0.1, 0.2, (9, 1))
    (row,) = inference(pool(values, errors, np.full((9, 1), np.inf)), 0.95).to_dict("records")
    found = joint_test(values, (errors**2)[:, :, None])
    assert found.statistic == pytest.approx(row["statistic"] ** 2, rel=1e-12)


def test_imputations_that_agree_to_the_last_digit_change_nothing():
    same = np.full((4, 1), 0.1 + 0.2)
    found = pool(same, np.full((4, 1), 0.5), np.full((4, 1), 7.0))
    assert (found.estimate, found.std_error, found.df) == (same[0], 0.5, 7.0)
    assert found.fmi == found.mc_error == 0
    covariance = np.tile(np.eye(2), (4, 1, 1))
    assert joint_test(np.ones((4, 2)), covariance, 30.0).df2 == 30.0


def test_pooled_intervals_cover_and_their_error_is_that_of_repeated_imputation():
    """A mean with two fifths missing at random, imputed by the exact posterior in this test."""
    rng = np.random.default_rng(2)
    covered, pooled = [], []
    for _ in range(2000):
        known = rng.normal(size=60)
        found, errors = [], []
        for _ in range(5):
            spread = np.sqrt(known.var(ddof=1) * 59 / rng.chisquare(59))
            centre = rng.normal(known.mean(), spread / np.sqrt(60))
            whole = np.append(known, rng.normal(centre, spread, 40))
            found.append(whole.mean())
            errors.append(whole.std(ddof=1) / 10)
        each = pool(*(np.array(part)[:, None] for part in (found, errors)), np.full((5, 1), 99.0))
        row = inference(each, 0.95).iloc[0]
        covered.append(row["conf_low"] < 0 < row["conf_high"])
        pooled.append((row["fmi"], row["mc_error"] ** 2, np.mean(found) - known.mean()))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.013)
    fmi, error, apart = np.array(pooled).T
    assert np.mean(apart**2) == pytest.approx(np.mean(error), rel=0.1)
    assert np.median(fmi) == pytest.approx(0.43, abs=0.06)


def test_as_many_imputations_are_asked_for_as_the_missing_information_needs():
    assert [imputations_asked(fmi) for fmi in (0.0, 0.1, 0.3, 0.5)] == [2, 3, 19, 51]
    assert imputations_asked(0.3, stable=0.1) == 6
    assert relative_efficiency(0.5, 5) == pytest.approx(10 / 11)


def table(shift: float, n: int, terms: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": "m",
            "term": terms,
            "at": [None] * len(terms),
            "estimate": np.arange(len(terms)) + shift,
            "std_error": 0.5,
            "statistic": 99.0,
            "df": 40.0,
            "p_value": 99.0,
            "conf_low": 99.0,
            "conf_high": 99.0,
            "n": n,
            "covariance": "CR2",
            "outcome_sd": 2 + shift,
        }
    )


def test_tables_are_pooled_row_by_row_whatever_their_order():
    tables = [table(0.1, 50, ["a", "b"]), table(0.3, 53, ["a", "b"]).iloc[::-1]]
    found = pool_tables(tables, ["model", "term", "at"], 0.95)
    assert found["term"].tolist() == ["a", "b"] and found["n_imputations"].tolist() == [2, 2]
    expected = inference(
        pool(np.array([[0.1, 1.1], [0.3, 1.3]]), *np.full((2, 2, 2), 0.5) * [[[1]], [[80]]]), 0.95
    )
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], err_msg=name)
    assert found["n"].tolist() == [52, 52] and found["outcome_sd"].tolist() == [2.2, 2.2]
    assert found["covariance"].tolist() == ["CR2", "CR2"]


def test_a_row_that_one_imputation_lacks_is_pooled_over_the_others():
    tables = [table(0.1, 50, ["a"]), table(0.2, 50, ["a", "b"]), table(0.3, 50, ["a", "b"])]
    found = pool_tables(tables, ["model", "term", "at"], 0.95)
    assert found["n_imputations"].tolist() == [3, 2]
    assert found["estimate"].tolist() == pytest.approx([0.2, 1.25])


def test_a_row_without_a_standard_error_keeps_its_estimate_alone():
    tables = [table(0.1, 50, ["a"]).assign(std_error=np.nan, df=np.nan), table(0.3, 50, ["a"])]
    (row,) = pool_tables(tables, ["model", "term", "at"], 0.95).to_dict("records")
    assert row["estimate"] == pytest.approx(0.2)
    assert all(np.isnan(row[name]) for name in ("std_error", "p_value", "conf_low", "df"))


def test_no_rows_stay_no_rows_with_the_columns_of_pooling():
    found = pool_tables([table(0, 5, []), table(0, 5, [])], ["model", "term", "at"], 0.95)
    assert found.empty and {"fmi", "mc_error", "n_imputations"} <= set(found)


def test_one_imputation_cannot_be_pooled():
    with pytest.raises(StudyError, match="fewer than two imputations"):
        pool(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)))
    with pytest.raises(StudyError, match="fewer than two imputations"):
        joint_test(np.ones((1, 1)), np.ones((1, 1, 1)))
