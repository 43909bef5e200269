"""What weights mean: laws that hold in every family, and what is standardised with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import curve_of, estimand_of, model_of

from coproduction.errors import Refusal
from coproduction.inference.checks.diagnostics import diagnostics
from coproduction.inference.data.design import design
from coproduction.inference.data.split import split
from coproduction.inference.effects.estimands import row
from coproduction.inference.effects.predictions import curves
from coproduction.inference.model.regression import Fit, coefficients, fit
from coproduction.inference.not_at_random.outcomes import drawing
from coproduction.inference.variance.bootstrap import bootstrap
from coproduction.numerics.families import FAMILIES
from coproduction.rows import membership, rows_of

RNG = np.random.default_rng(5)
N = 400
X, PLACE = RNG.normal(size=N), np.arange(N) % 20
MEAN = np.exp(0.4 + 0.3 * X)
ANY = (RNG.random(N) < 0.6) * 1.0
TABLE = pd.DataFrame(
    {
        "x": X,
        "kind": RNG.integers(1, 4, N),
        "place": PLACE,
        "times": RNG.integers(1, 4, N),
        "number": X + RNG.normal(size=N),
        "binary": (X + RNG.logistic(size=N) > 0) * 1.0,
        "rating": np.digitize(X + RNG.logistic(size=N), [-1, 0.5]) + 1.0,
        "count": RNG.negative_binomial(1.5, 1.5 / (1.5 + MEAN)) * 1.0,
        "positive": RNG.gamma(2.0, MEAN / 2) + 0.01,
        "amount": ANY * (RNG.gamma(2.0, MEAN / 2) + 0.01),
        "visits": ANY * (RNG.negative_binomial(1.5, 1.5 / (2.5 + MEAN)) + 1.0),
    }
)
OUTCOMES = {
    **dict.fromkeys(("binomial", "probit", "cloglog"), "binary"),
    **dict.fromkeys(("poisson", "negative_binomial"), "count"),
    **dict.fromkeys(("gamma", "inverse_gaussian"), "positive"),
    **dict.fromkeys(("pseudo_poisson", "tweedie", "two_part_gamma", "two_part_poisson"), "amount"),
    "gaussian": "number",
    "ordinal": "rating",
    "hurdle_negative_binomial": "visits",
}


def fitted(family: str, table: pd.DataFrame, weight: str = "", covariance: str = "CR1") -> Fit:
    model = model_of(
        {
            "id": "m",
            "outcome": OUTCOMES[family],
            "family": family,
            "predictors": [
                {"variable": "x", "standardise": True},
                {"variable": "kind", "categorical": True},
            ],
            "interactions": [["x", "kind[2]"]],
            "cluster": "place",
            "covariance": covariance,
        }
    )
    rows = rows_of(table, "place")
    if weight:
        rows = replace(rows, weight=table[weight].to_numpy(float))
    return fit(design(table, model, rows))


def repeated() -> pd.DataFrame:
    """Every row as often as its weight says."""
    return TABLE.loc[TABLE.index.repeat(TABLE["times"])].reset_index(drop=True)


def test_every_family_has_a_case():
    assert set(OUTCOMES) == set(FAMILIES)


@pytest.mark.parametrize("family", OUTCOMES)
def test_a_row_with_weight_three_estimates_what_three_rows_of_its_cluster_do(family):
    weighted, many = fitted(family, TABLE, "times"), fitted(family, repeated())
    # The unit is a standard deviation, with n − 1 of the rows that there are.
    ratio = np.sqrt((N / (N - 1)) / (many.n / (many.n - 1)))
    for name in ("estimate", "std_error"):
        one, other = (coefficients(each).set_index("term")[name] for each in (weighted, many))
        scaled = one.where(~one.index.str.startswith("x"), one / ratio)
        np.testing.assert_allclose(scaled, other, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("family", OUTCOMES)
@pytest.mark.parametrize(
    "estimand",
    [
        {"kind": "average_marginal_effect", "variable": "kind[3]"},
        {"kind": "cross_partial", "variables": ["x", "kind[2]"]},
    ],
)
def test_effects_of_weighted_rows_are_those_of_repeated_rows(family, estimand):
    asked = estimand_of(estimand)
    one, other = row(fitted(family, TABLE, "times"), asked), row(fitted(family, repeated()), asked)
    unit = 1.0
    if "variables" in estimand:
        unit = np.sqrt((N / (N - 1)) / (len(repeated()) / (len(repeated()) - 1)))
    for name in ("estimate", "std_error"):
        assert one[name] == pytest.approx(other[name] * unit, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("family", OUTCOMES)
def test_checks_of_weighted_rows_are_those_of_repeated_rows(family):
    one, other = (diagnostics(fitted(family, *each)) for each in ((TABLE, "times"), (repeated(),)))
    free = {"smallest_df", "dispersion", "extreme_probabilities", "proportional_odds"}
    kept = ~one["check"].isin(free)
    np.testing.assert_allclose(one["value"][kept], other["value"][kept], rtol=1e-6)
    assert list(one["check"]) == list(other["check"])


@pytest.mark.parametrize("family", OUTCOMES)
def test_there_is_no_likelihood_of_weighted_rows(family):
    assert np.isnan(fitted(family, TABLE, "times").log_likelihood)


def test_curves_average_over_the_population():
    one, other = (
        curves(fitted("binomial", *each), curve_of({"variable": "kind[2]"}))
        for each in ((TABLE, "times"), (repeated(),))
    )
    np.testing.assert_allclose(one["estimate"], other["estimate"], rtol=1e-6)


def test_the_bootstrap_heeds_weights():
    gradient = np.eye(5)[1]
    found = []
    for each in (fitted("binomial", TABLE, "times"), fitted("binomial", repeated())):
        rng = np.random.default_rng(1)
        value = float(each.params.to_numpy() @ gradient)
        found.append(bootstrap(each, value, gradient, 199, rng))
    assert found[0].statistic == pytest.approx(found[1].statistic, rel=1e-6)
    assert found[0].p_value == found[1].p_value


def test_means_of_clusters_are_those_of_their_populations():
    values, places = pd.Series([1.0, 4.0, np.nan, 7.0]), membership(pd.Series([1, 1, 1, 2]))
    weights = np.array([3.0, 1.0, 5.0, 2.0])
    parts = split(values, places, "within_cluster", weights)
    np.testing.assert_allclose(parts["mean"], [1.75, 1.75, 1.75, 7.0])
    np.testing.assert_allclose(parts["within"], [-0.75, 2.25, np.nan, 0.0])
    others = split(values, places, "own_and_others", weights)["others"]
    np.testing.assert_allclose(others, [4.0, 1.0, 1.75, np.nan])


def test_equal_weights_split_like_none():
    values, places = pd.Series(X), membership(pd.Series(PLACE))
    for kind in ("within_cluster", "own_and_others", "others"):
        one, other = split(values, places, kind), split(values, places, kind, np.full(N, 2.5))
        for part in one:
            np.testing.assert_allclose(one[part], other[part], rtol=1e-12, atol=1e-14)


def test_two_level_models_refuse_weights():
    model = model_of(
        {"id": "m", "outcome": "number", "family": "gaussian", "predictors": [{"variable": "x"}]}
        | {"cluster": "place", "random": "intercept", "covariance": "classical"}
    )
    rows = replace(rows_of(TABLE, "place"), weight=np.ones(N))
    with pytest.raises(Refusal, match="`weight`"):
        design(TABLE, model, rows)


def test_missing_outcomes_are_shifted_by_the_spread_of_the_population():
    known = fitted("gaussian", TABLE, "times")
    draws = []
    for shift in (0.0, 1.0):
        draw = drawing(known, known.design.matrix[:5], 1, np.random.default_rng(2))
        draws.append(draw(np.full(5, shift)))
    values, often = TABLE["number"].to_numpy(), TABLE["times"].to_numpy()
    spread = np.sqrt(np.cov(values, aweights=often, ddof=0) * N / (N - 1))
    np.testing.assert_allclose(draws[1] - draws[0], spread)
