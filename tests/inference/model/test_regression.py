"""Regressions against R: stats, clubSandwich, sandwich; see tests/reference/regression.

What is closed form must agree to 1e-8, what is iterated to 1e-5; both do far better for estimates,
which are converged to 1e-13.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import model_of

from coproduction.errors import StudyError
from coproduction.inference.data.design import design
from coproduction.inference.model.regression import coefficients, fit

FOLDER = Path(__file__).parents[2] / "reference" / "regression"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
TERMS = {
    "(Intercept)": "intercept",
    "group2": "group[2]",
    "group3": "group[3]",
}
FAMILY = {"binary": "binomial", "linear": "gaussian", "count": "poisson"}
CASES = [(n, outcome) for n in (12, 60, 300) for outcome in FAMILY]


def model(outcome: str, covariance: str = "CR2", **changes) -> dict:
    spec = {
        "id": "m",
        "outcome": outcome,
        "family": FAMILY.get(outcome, "gaussian"),
        "predictors": [
            {"variable": "x"},
            {"variable": "z"},
            {"variable": "group", "categorical": True},
            {"variable": "offered"},
        ],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": covariance,
    }
    return {**spec, **changes}


def nested(n_clusters: int) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"nested_{n_clusters}.csv")


def reference(n_clusters: int, outcome: str, name: str) -> pd.Series:
    entry = REFERENCE[f"clusters_{n_clusters}"][outcome]
    return pd.Series(entry[name], index=[TERMS.get(term, term) for term in entry["term"]])


@pytest.mark.parametrize(("n_clusters", "outcome"), CASES)
def test_coefficients_cr2_errors_and_satterthwaite_df_equal_clubsandwich(n_clusters, outcome):
    result = fit(design(nested(n_clusters), model_of(model(outcome))))
    table = coefficients(result).set_index("term")
    for column, name, tolerance in (
        ("estimate", "estimate", 1e-7),
        ("std_error", "CR2", 1e-6),
        ("df", "df", 1e-5),
        ("p_value", "p_value", 1e-5),
    ):
        expected = reference(n_clusters, outcome, name)
        np.testing.assert_allclose(
            table.loc[expected.index, column], expected, rtol=tolerance, err_msg=name
        )
    entry = REFERENCE[f"clusters_{n_clusters}"][outcome]
    assert result.log_likelihood == pytest.approx(entry["log_likelihood"], rel=1e-10)
    assert table["n"].eq(len(nested(n_clusters))).all()
    assert table["n_clusters"].eq(n_clusters).all()
    assert table["covariance"].eq("CR2").all()


@pytest.mark.parametrize(("n_clusters", "outcome"), CASES)
@pytest.mark.parametrize("kind", ["CR1", "HC1", "HC2", "HC3", "classical"])
def test_other_standard_errors_equal_their_r_counterparts(n_clusters, outcome, kind):
    table = coefficients(fit(design(nested(n_clusters), model_of(model(outcome, kind))))).set_index(
        "term"
    )
    expected = reference(n_clusters, outcome, kind)
    np.testing.assert_allclose(table.loc[expected.index, "std_error"], expected, rtol=1e-6)


def test_a_contrast_on_which_no_cluster_bears_has_no_degrees_of_freedom():
    result = fit(design(nested(12), model_of(model("linear"))))
    with np.errstate(all="raise"):
        assert np.isnan(result.degrees_of_freedom(np.zeros(len(result.params))))


def test_intervals_hold_estimate_error_and_quantile_of_t():
    from scipy.stats import t

    row = coefficients(fit(design(nested(12), model_of(model("binary"))))).iloc[1]
    assert row["statistic"] == pytest.approx(row["estimate"] / row["std_error"])
    half = t.ppf(0.975, row["df"]) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(half)
    assert row["exp_conf_low"] == pytest.approx(np.exp(row["conf_low"]))


def test_a_published_logit_is_matched(root):
    data = pd.read_csv(root / "data/raw/cowles/cowles.csv")
    data["sex"] = (data["sex"] == "male").astype(float)
    data["volunteer"] = (data["volunteer"] == "yes").astype(float)
    spec = {
        "id": "published",
        "outcome": "volunteer",
        "family": "binomial",
        "predictors": [{"variable": name} for name in ("neuroticism", "extraversion", "sex")],
        "interactions": [["neuroticism", "extraversion"]],
        "covariance": "classical",
    }
    table = coefficients(fit(design(data, model_of(spec)))).set_index("term")
    known = {
        "intercept": (-2.35821, 0.501320),
        "neuroticism": (0.110777, 0.0376485),
        "extraversion": (0.166816, 0.0377186),
        "sex": (-0.247152, 0.111631),
        "neuroticism:extraversion": (-0.00855247, 0.00293351),
    }
    for term, (estimate, error) in known.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, rel=1e-5)
        assert table.loc[term, "std_error"] == pytest.approx(error, rel=1e-5)


def test_separation_is_named():
    data = nested(60).assign(perfect=lambda d: (d["binary"] == 1).astype(float))
    spec = model("binary", predictors=[{"variable": "perfect"}], interactions=[])
    with pytest.raises(StudyError, match="the outcome `binary` is separated by `perfect`"):
        fit(design(data, model_of(spec)))
