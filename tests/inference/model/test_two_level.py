"""Two-level models against R (lme4, lmerTest, ordinal); see tests/reference/two_level.

`glmer`'s deviance is maximised there by Newton's steps on numerical derivatives, so that estimates
agree to 1e-5 at least; standard errors rest there on second derivatives by extrapolation.
The number of quadrature points is the same on both sides; with a slope both use Laplace's
approximation, the only one `glmer` has then.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import estimand_of, model_of

from coproduction.inference.data.design import design
from coproduction.inference.effects.estimands import row
from coproduction.inference.model.regression import Fit, coefficients, estimate, fit
from coproduction.inference.variance.variance_components import variance_components

FOLDER = Path(__file__).parents[2] / "reference" / "two_level"
REFERENCE = json.loads((FOLDER / "reference.json").read_text("utf-8"))
CLUSTERS = (12, 60, 300)
TERMS = ["intercept", "x", "z", "w", "group[2]", "group[3]", "x:z"]
ESTIMANDS = {
    "x": {"kind": "average_marginal_effect", "variable": "x"},
    "w": {"kind": "average_marginal_effect", "variable": "w"},
    "group[2]": {"kind": "average_marginal_effect", "variable": "group[2]"},
    "x:z": {"kind": "cross_partial", "variables": ["x", "z"]},
}
RESIDUAL = "residual_standard_deviation"
INTERVAL = ["estimate", "std_error", "conf_low", "conf_high"]


def nested(n_clusters: int) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"nested_{n_clusters}.csv")


def spec(family: str, **changes) -> dict:
    outcome = {"binomial": "chosen", "ordinal": "rating", "gaussian": "score"}[family]
    base = {
        "id": "m",
        "outcome": outcome,
        "family": family,
        "predictors": [
            {"variable": "x"},
            {"variable": "z"},
            {"variable": "w"},
            {"variable": "group", "categorical": True},
        ],
        "interactions": [["x", "z"]],
        "cluster": "cluster",
        "covariance": "classical",
        "random": "intercept",
    }
    return {**base, **changes}


def fitted(n_clusters: int, family: str, **changes) -> Fit:
    return fit(design(nested(n_clusters), model_of(spec(family, **changes))))


def in_order(reference: dict, values: list[float]) -> np.ndarray:
    """R's order of terms has the product after the main terms, and so has ours but for names."""
    names = {"(Intercept)": "intercept", "group2": "group[2]", "group3": "group[3]"}
    known = dict(zip([names.get(each, each) for each in reference["terms"]], values, strict=True))
    return np.array([known[term] for term in TERMS])


def check_components(result: Fit, expected: dict, count: int) -> pd.DataFrame:
    table = variance_components(result)
    wanted = expected["components"]
    rows = list(wanted.values()) if isinstance(wanted, dict) else wanted
    assert len(table) == len(rows) == count
    for place, values in enumerate(rows):
        found = table.loc[place, INTERVAL].to_numpy(float)
        values = np.array(values, dtype=float)
        # R leaves out the profiles of 300 clusters, for they take it half an hour.
        found = np.where(np.isnan(values) & np.isfinite(found), np.nan, found)
        if result.two_level.singular and table.loc[place, "component"] != RESIDUAL:
            # Derivatives mean nothing at the edge, so that no error and no interval is given.
            assert np.isnan(found[1:]).all()
            found, values = found[:1], values[:1]
        np.testing.assert_allclose(found, values, rtol=2e-5, atol=1e-7)
    assert table["log_likelihood"].iloc[0] == pytest.approx(expected["log_likelihood"], rel=1e-9)
    return table


CASES = [
    (n, kind, points)
    for n in CLUSTERS
    for kind, points in (("intercept", 15), ("intercept", 7), ("intercept", 1), ("slope", 1))
    if f"binomial_{kind}_{points}" in REFERENCE[f"clusters_{n}"]
]


@pytest.mark.parametrize(("n_clusters", "kind", "points"), CASES)
def test_the_logit_equals_glmer_with_the_same_number_of_points(n_clusters, kind, points):
    reference = REFERENCE[f"clusters_{n_clusters}"]
    expected = reference[f"binomial_{kind}_{points}"]
    extra = {"quadrature_points": points} if kind == "intercept" else {"random_slope": "x"}
    result = fitted(n_clusters, "binomial", **extra)
    table = coefficients(result)
    assert list(table["term"]) == TERMS
    np.testing.assert_allclose(
        table["estimate"], in_order(reference, expected["estimate"]), rtol=1e-5, atol=1e-7
    )
    np.testing.assert_allclose(
        table["std_error"], in_order(reference, expected["std_error"]), rtol=1e-5
    )
    np.testing.assert_allclose(
        table["estimate"], in_order(reference, expected["glmer"]), rtol=1e-4, atol=1e-5
    )
    root = np.abs(result.two_level.root[np.tril_indices(len(result.two_level.root))])
    np.testing.assert_allclose(root, np.abs(np.atleast_1d(expected["root"])), rtol=1e-5, atol=1e-7)
    components = check_components(result, expected, 3)
    tested = components["statistic"].dropna()
    assert tested.iloc[0] == pytest.approx(expected["statistic"], rel=1e-6, abs=1e-6)
    assert components["p_value"].dropna().iloc[0] == pytest.approx(expected["p_value"], rel=1e-5)
    assert components["n"].eq(reference["n"]).all()
    assert components["n_clusters"].eq(n_clusters).all()
    assert components["smallest_cluster"].eq(reference["sizes"][0]).all()
    assert components["largest_cluster"].eq(reference["sizes"][1]).all()
    method = "laplace" if points == 1 else f"quadrature_{points}"
    assert components["method"].eq(method).all()


WITH_EFFECTS = [
    (n, kind, points)
    for n, kind, points in CASES
    if "effects" in REFERENCE[f"clusters_{n}"][f"binomial_{kind}_{points}"]
]


@pytest.mark.parametrize(("n_clusters", "kind", "points"), WITH_EFFECTS)
def test_effects_are_averaged_over_the_clusters(n_clusters, kind, points):
    expected = REFERENCE[f"clusters_{n_clusters}"][f"binomial_{kind}_{points}"]["effects"]
    assert expected
    extra = {} if kind == "intercept" else {"random_slope": "x"}
    result = fitted(n_clusters, "binomial", **extra)
    for name, values in expected.items():
        found = row(result, estimand_of(ESTIMANDS[name]))
        assert found["estimate"] == pytest.approx(values["estimate"], rel=1e-5, abs=1e-7)
        assert found["std_error"] == pytest.approx(values["std_error"], rel=1e-4)


@pytest.mark.parametrize("n_clusters", CLUSTERS)
def test_proportional_odds_equal_clmm_with_15_points(n_clusters):
    reference = REFERENCE[f"clusters_{n_clusters}"]
    expected = reference["ordinal_intercept_15"]
    result = fitted(n_clusters, "ordinal")
    table = coefficients(result)
    names = {"group2": "group[2]", "group3": "group[3]"}
    terms = [names.get(each, each) for each in reference["terms"][1:]] + ["1|2", "2|3", "3|4"]
    table = table.set_index("term").loc[terms]
    np.testing.assert_allclose(table["estimate"], expected["estimate"], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(table["std_error"], expected["std_error"], rtol=1e-5)
    np.testing.assert_allclose(table["estimate"], expected["clmm"], rtol=1e-3, atol=1e-4)
    assert result.log_likelihood == pytest.approx(expected["log_likelihood"], rel=1e-9)
    components = variance_components(result)
    found = components.loc[0, ["estimate", "std_error"]].to_numpy(float)
    np.testing.assert_allclose(found, expected["sigma"], rtol=1e-5)
    assert components["statistic"].iloc[0] == pytest.approx(expected["statistic"], rel=1e-6)


LINEAR = [(n, kind, way) for n in CLUSTERS for kind in ("intercept", "slope") for way in "RM"]


@pytest.mark.parametrize(("n_clusters", "kind", "way"), LINEAR)
def test_the_linear_model_equals_lmer_with_degrees_of_freedom_of_lmertest(n_clusters, kind, way):
    reference = REFERENCE[f"clusters_{n_clusters}"]
    expected = reference[f"gaussian_{kind}_{'REML' if way == 'R' else 'ML'}"]
    extra = {"restricted_likelihood": way == "R"}
    if kind == "slope":
        extra["random_slope"] = "x"
    result = fitted(n_clusters, "gaussian", **extra)
    table = coefficients(result)
    for name, tolerance in (("estimate", 1e-7), ("std_error", 1e-6), ("df", 1e-5)):
        wanted = in_order(reference, expected[name])
        np.testing.assert_allclose(table[name], wanted, rtol=tolerance, atol=1e-8)
    np.testing.assert_allclose(
        table["statistic"], in_order(reference, expected["statistic"]), rtol=1e-6
    )
    np.testing.assert_allclose(
        table["p_value"], in_order(reference, expected["p_value"]), rtol=1e-4, atol=1e-12
    )
    level = result.two_level.linear
    np.testing.assert_allclose(
        np.abs(level.scale), np.abs(np.atleast_1d(expected["theta"])), rtol=1e-5, atol=1e-7
    )
    assert level.sigma == pytest.approx(expected["sigma"], rel=1e-7)
    # The difference of the coefficients of x and z, as a contrast.
    contrast = np.array([0.0, 1, -1, 0, 0, 0, 0])
    value = estimate(result, float(contrast @ result.params), contrast, 0.95)
    found = [value[name] for name in ("estimate", "std_error", "df")]
    np.testing.assert_allclose(found, expected["contrast"], rtol=1e-5)
    components = check_components(result, expected, 3 if kind == "intercept" else 4)
    assert components["statistic"].dropna().iloc[0] == pytest.approx(expected["lr"], rel=1e-6)
    assert components["p_value"].dropna().iloc[0] == pytest.approx(expected["lr_p_value"], rel=1e-5)
    method = "restricted_likelihood" if way == "R" else "likelihood"
    assert components["method"].eq(method).all()
