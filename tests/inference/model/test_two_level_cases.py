"""Two-level models: laws, edges, refusals, recovery of a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import estimand_of, model_of, plan_of

from coproduction.errors import StudyError
from coproduction.inference.analysis import analyse
from coproduction.inference.data.design import design
from coproduction.inference.effects.averaging import averaged
from coproduction.inference.effects.estimands import effects, row
from coproduction.inference.effects.moderation import binned_slopes
from coproduction.inference.model.laplace import Slopes
from coproduction.inference.model.quadrature import Intercepts
from coproduction.inference.model.regression import coefficients, fit
from coproduction.inference.model.two_level_logit import likelihood
from coproduction.inference.variance.cluster_freedom import ClusterFreedom
from coproduction.inference.variance.variance_components import (
    latent_icc,
    median_odds_ratio,
    variance_components,
)
from coproduction.notes import sentences


def nested(seed: int, n_clusters: int = 25, spread: float = 0.7, slope: float = 0.0):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_clusters), rng.integers(5, 30, n_clusters))
    n = len(cluster)
    x, w = rng.standard_normal(n), rng.standard_normal(n_clusters)[cluster]
    shift = spread * rng.standard_normal(n_clusters)[cluster]
    tilt = slope * rng.standard_normal(n_clusters)[cluster]
    eta = -0.3 + (0.5 + tilt) * x + 0.4 * w + shift
    latent = eta + rng.logistic(size=n)
    return pd.DataFrame(
        {
            "cluster": cluster,
            "x": x,
            "w": w,
            "chosen": (latent > 0).astype(float),
            "rating": np.digitize(latent, [-1.0, 0.5]) + 1.0,
            "score": eta + rng.standard_normal(n),
        }
    )


OUTCOMES = {"binomial": "chosen", "ordinal": "rating", "gaussian": "score"}


def spec(family: str = "binomial", **changes) -> dict:
    base = {
        "id": "m",
        "outcome": OUTCOMES.get(family, "chosen"),
        "family": family,
        "predictors": [{"variable": "x"}, {"variable": "w"}],
        "cluster": "cluster",
        "covariance": "classical",
        "random": "intercept",
    }
    return {**base, **changes}


def fitted(data: pd.DataFrame, family: str = "binomial", **changes):
    return fit(design(data, model_of(spec(family, **changes))))


@pytest.mark.parametrize("family", ["binomial", "ordinal"])
@pytest.mark.parametrize("slope", [None, "x"])
def test_the_gradient_is_that_of_the_likelihood(family, slope):
    changes = {"random_slope": slope} if slope else {"quadrature_points": 4}
    objective = likelihood(design(nested(1), model_of(spec(family, **changes))))
    thresholds = [] if family == "binomial" else [-0.8, 0.7]
    fixed = [-0.2, 0.4, 0.3] if family == "binomial" else [0.4, 0.3]
    params = np.array([*fixed, *thresholds, 0.6, *([0.2, 0.3] if slope else [])])
    value, gradient = objective(params)
    for place in range(len(params)):
        step = np.eye(len(params))[place] * 1e-5
        moved = (objective(params + step)[0] - objective(params - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(moved, rel=1e-6, abs=1e-6)
    assert np.isfinite(value)


def test_the_integral_is_that_of_a_fine_grid():
    data = nested(2, n_clusters=3)
    outcome, sizes = data["chosen"].to_numpy(), data.groupby("cluster").size().to_numpy()
    eta, sigma = 0.4 * data["x"].to_numpy(), 0.8
    v = np.linspace(-9, 9, 3001)
    signs = 2 * outcome - 1
    rows = -np.log1p(np.exp(-signs[:, None] * (eta[:, None] + sigma * v)))
    sums = np.add.reduceat(rows, np.cumsum(sizes) - sizes, axis=0)
    weight = np.exp(-(v**2) / 2) / np.sqrt(2 * np.pi) * (v[1] - v[0])
    expected = np.log((np.exp(sums) * weight).sum(axis=1)).sum()
    found = Intercepts(outcome, sizes, 25)(eta, np.array([sigma])).value
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_slope_without_spread_leaves_laplace_for_the_intercept():
    data = nested(3)
    sizes, eta = data.groupby("cluster").size().to_numpy(), 0.3 * data["x"].to_numpy()
    outcome = data["chosen"].to_numpy()
    one = Intercepts(outcome, sizes, 1)(eta, np.array([0.7]))
    two = Slopes(outcome, data["x"].to_numpy(), sizes)(eta, np.array([0.7, 0.0, 0.0]))
    assert one.value == pytest.approx(two.value, rel=1e-12)
    np.testing.assert_allclose(one.rows, two.rows, atol=1e-10)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_clusters_do_not_matter(random):
    data = nested(4)
    names = [f"c{place}" for place in range(data["cluster"].nunique())]
    random.shuffle(names)
    moved = data.assign(cluster=[names[place] for place in data["cluster"]])
    moved = moved.iloc[random.sample(range(len(data)), len(data))]
    one, two = fitted(data), fitted(moved)
    np.testing.assert_allclose(one.params, two.params, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(one.covariance, two.covariance, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
def test_a_shift_of_a_predictor_moves_the_intercept_only(family):
    data = nested(19)
    one, two = fitted(data, family), fitted(data.assign(x=1975 + 12 * data["x"]), family)
    known, moved = (coefficients(each).set_index("term").loc["x"] for each in (one, two))
    for name in ("estimate", "std_error"):
        assert 12 * moved[name] == pytest.approx(known[name], rel=1e-6)
    assert moved["df"] == pytest.approx(known["df"], rel=1e-5)
    shift = np.log(12) if family == "gaussian" else 0.0
    assert two.log_likelihood + shift == pytest.approx(one.log_likelihood, rel=1e-9)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
@pytest.mark.parametrize("slope", [None, "x"])
def test_scores_add_up_to_zero_at_the_maximum(family, slope):
    changes = {"random_slope": slope} if slope else {}
    result = fitted(nested(5, slope=0.5), family, **changes)
    scores = result.estimated.scores
    assert scores.shape == (result.n, len(result.params))
    np.testing.assert_allclose(scores.sum(axis=0), 0, atol=1e-5)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
def test_without_variance_between_clusters_the_model_is_the_one_level_model(family):
    data = nested(6, spread=0.0)
    # Every cluster is made alike: the data of one cluster, repeated.
    first = data[data["cluster"] == data["cluster"].mode()[0]]
    copies = [first.assign(cluster=place, w=place % 3) for place in range(12)]
    alike = pd.concat(copies, ignore_index=True)
    result = fitted(alike, family, restricted_likelihood=False)
    one = fit(design(alike, model_of({k: v for k, v in spec(family).items() if k != "random"})))
    table = variance_components(result)
    assert result.two_level.singular
    assert table["estimate"].iloc[0] == 0 and table["conf_low"].iloc[0] == 0
    assert table["statistic"].iloc[0] == 0 and table["p_value"].iloc[0] == 1
    assert "estimated as zero" in sentences(table["warning"].iloc[0])
    np.testing.assert_allclose(
        coefficients(result)["estimate"], coefficients(one)["estimate"], atol=1e-6
    )
    if family != "gaussian":
        known = np.sqrt(np.diag(one.covariance))
        np.testing.assert_allclose(coefficients(result)["std_error"], known, rtol=1e-5)
        assert result.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)


def test_more_points_converge():
    data = nested(7)
    values = [fitted(data, quadrature_points=points).log_likelihood for points in (1, 7, 15, 31)]
    assert abs(values[2] - values[3]) < 1e-7 < abs(values[0] - values[3])


def test_a_cluster_level_term_has_clusters_minus_cluster_level_terms_degrees_of_freedom():
    table = coefficients(fitted(nested(8))).set_index("term")
    assert table.loc["intercept", "df"] == table.loc["w", "df"] == 25 - 2
    assert np.isinf(table.loc["x", "df"])
    sloped = coefficients(fitted(nested(8, slope=0.6), random_slope="x")).set_index("term")
    assert sloped.loc["x", "df"] == 25 - 1


def test_a_mean_of_the_cluster_or_of_the_others_counts_as_a_term_of_the_cluster():
    for split, own, whole in (
        ("within_cluster", "x_within", "x_mean"),
        ("own_and_others", "x", "x_others"),
    ):
        predictors = [{"variable": "x", "split": split}]
        table = coefficients(fitted(nested(9), predictors=predictors)).set_index("term")
        assert table.loc[whole, "df"] == table.loc["intercept", "df"] == 25 - 2
        assert np.isinf(table.loc[own, "df"])


def test_degrees_of_freedom_blend_between_rows_and_clusters():
    freedom = ClusterFreedom(np.diag([4.0, 1.0]), (np.array([0]),), (10,))
    assert freedom.degrees_of_freedom(np.array([1.0, 0.0])) == 10
    assert np.isinf(freedom.degrees_of_freedom(np.array([0.0, 1.0])))
    # Variance 4 + 1, of which 4 rests on 10 degrees of freedom: 25 / (16 / 10).
    assert freedom.degrees_of_freedom(np.array([1.0, 1.0])) == pytest.approx(25 / 1.6)


def test_effects_of_an_ordinal_model_on_all_categories_cancel():
    table = effects(fitted(nested(10), "ordinal"))
    sums = table.groupby("term")["estimate"].sum()
    np.testing.assert_allclose(sums, 0, atol=1e-12)


def test_averaged_effects_are_smaller_than_those_at_the_middle_cluster():
    result = fitted(nested(11, spread=1.5))
    slope = result.params["mean", "x"]
    eta = result.design.matrix.to_numpy() @ result.params["mean"].to_numpy()
    middle = (slope * np.exp(eta) / (1 + np.exp(eta)) ** 2).mean()
    found = row(result, estimand_of({"kind": "average_marginal_effect", "variable": "x"}))
    assert 0.5 * middle < found["estimate"] < 0.95 * middle


def test_averaging_integrates_over_the_random_effects():
    result = fitted(nested(12))

    @averaged
    def squared(given):
        value = given.params["mean", "intercept"]
        return value**2, 2 * value * np.eye(len(given.params))[0]

    value, gradient = squared(result)
    centre, sigma = result.params["mean", "intercept"], result.two_level.root[0, 0]
    assert value == pytest.approx(centre**2 + sigma**2, rel=1e-10)
    np.testing.assert_allclose(gradient, [2 * centre, 0, 0, 2 * sigma], atol=1e-10)


def test_icc_and_median_odds_ratio_follow_their_formulas():
    assert latent_icc(np.pi / np.sqrt(3)) == pytest.approx(0.5)
    # Larsen and Merlo (2005): a variance of 0.1 gives about 1.35.
    assert median_odds_ratio(np.sqrt(0.1)) == pytest.approx(1.352, abs=5e-4)
    assert median_odds_ratio(0.0) == 1


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
def test_a_null_model_has_variance_components_and_no_effects(family):
    result = fitted(nested(13), family, predictors=[])
    assert len(variance_components(result)) == 3
    assert effects(result).empty


def test_few_clusters_are_warned_of():
    few = variance_components(fitted(nested(14, n_clusters=12)))
    many = variance_components(fitted(nested(14, n_clusters=40)))
    assert "12 clusters say little" in sentences(few["warning"].iloc[0])
    assert many["warning"].eq("").all()


def separated(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(x=data["chosen"] * 2 - 1 + 0.01 * data["x"])


@pytest.mark.parametrize(
    ("change", "extra", "message"),
    [
        (lambda d: d.assign(cluster=1), {}, "only one cluster"),
        (lambda d: d.assign(cluster=range(len(d))), {}, "every cluster has one row only"),
        (lambda d: d.assign(chosen=1.0), {}, "the same for all"),
        (separated, {}, "is separated by `x` "),
        (lambda d: d.assign(w=2 * d["x"]), {}, "`w` is fully determined"),
        (lambda d: d.assign(chosen=(d["cluster"] % 2) * 1.0), {}, "hardly varies within clusters"),
        (lambda d: d, {"random_slope": "y"}, "names `y`, which is no term"),
        (lambda d: d, {"random_slope": "w"}, "`w` does not vary within clusters"),
        (lambda d: d[d["cluster"] < 2], {"predictors": [{"variable": "w"}]}, "2 clusters are too"),
        (lambda d: d, {"family": "poisson"}, "family poisson has no two-level model"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_sentence(change, extra, message):
    with pytest.raises(StudyError, match=message):
        fitted(change(nested(15)), **extra)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
def test_clusters_of_one_row_are_kept(family):
    data = nested(16)
    lonely = data.iloc[:6].assign(cluster=range(100, 106))
    result = fitted(pd.concat([data, lonely]), family)
    assert result.n_clusters == 31
    assert variance_components(result)["smallest_cluster"].eq(1).all()


def test_a_model_that_fails_leaves_the_others_and_a_hypothesis_may_rest_on_two_levels():
    data = nested(17).assign(one=0)
    plan = {
        "models": [spec(), {**spec(), "id": "alone", "cluster": "one"}],
        "hypotheses": [
            {
                "id": name,
                "family": "all",
                "model": model,
                "estimand": {"kind": "average_marginal_effect", "variable": "x"},
                "direction": "positive",
                "smallest_effect": 0.02,
            }
            for name, model in (("A", "m"), ("B", "alone"))
        ],
        "families": [{"id": "all", "method": "holm", "level": 0.05}],
        "checks": {"bootstrap": 19},
    }
    found = analyse(data, plan_of(plan), seed=1)
    judged = found.verdicts.set_index("hypothesis")
    assert judged.loc["A", "verdict"] == "supported"
    assert judged.loc["B", "verdict"] == "not_estimable"
    assert "only one cluster" in sentences(judged.loc["B", "reason"])
    assert judged.loc["A", "covariance"] == "classical"
    assert set(found.variance_components["model"]) == {"m"}
    assert found.models["random"].eq("intercept").all()
    checks = found.diagnostics.set_index("check")["value"]
    low, high = checks["without_cluster_lowest"], checks["without_cluster_highest"]
    assert low < judged.loc["A", "estimate"] < high


def test_bins_of_a_moderator_with_a_random_slope_keep_the_random_intercept():
    data = nested(18, slope=0.5)
    moderated = fitted(data, "gaussian", interactions=[["w", "x"]], random_slope="x")
    rows = binned_slopes(moderated, "w", "x")
    assert [row["kind"] for row in rows].count("binned_slope") == 3
    assert all(np.isfinite(row["std_error"]) for row in rows)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "gaussian"])
def test_the_truth_is_recovered(family):
    found = []
    for seed in range(12):
        result = fitted(nested(100 + seed, n_clusters=60), family, quadrature_points=7)
        terms = coefficients(result).set_index("term")["estimate"]
        found.append([terms["x"], terms["w"], result.two_level.root[0, 0]])
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    np.testing.assert_allclose(np.mean(found, axis=0), [0.5, 0.4, 0.7], atol=4 * error.max())
    assert (np.abs(np.mean(found, axis=0) - [0.5, 0.4, 0.7]) < 4 * error).all()
