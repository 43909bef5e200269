"""Constructs in the place of scores recover effects that are known; scores do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_answers import BOTH, LOADINGS, WITHIN, items, latents, made, scales

from coproduction.inference.calibrated.scores import score_weights
from coproduction.inference.effects.estimands import row
from coproduction.inference.model.regression import coefficients, fit
from coproduction.plan.hypotheses.hypotheses import Estimand


def people(seed: int, n: int = 4000, clusters: int | None = 40, **said) -> pd.DataFrame:
    """The first exposure moves the outcome, directly and by what follows; agreement does too."""
    rng = np.random.default_rng(seed)
    true, place = latents(rng, n, clusters)
    y = 0.4 * true["a"] + 0.4 * true["m"] + 0.5 * true["agreement"] + rng.normal(size=n)
    table = items(rng, true, **said).assign(y=y, spread_a=true["a"], spread_b=true["b"])
    for name, own in LOADINGS.items():
        signs = np.sign(own)
        table[name] = (table[[f"{name}{i}" for i in range(1, len(own) + 1)]] * signs).mean(axis=1)
    return table if clusters is None else table.assign(place=place)


def estimates(table: pd.DataFrame, **said) -> pd.DataFrame:
    return coefficients(fit(made(table, scales(), **said))).set_index("term")


@pytest.mark.parametrize("seed", [1, 2])
def test_effects_per_standard_deviation_of_the_construct_are_recovered(seed):
    """0.4 + 0.4 × 0.5 of the first, none of the second: what follows is not held."""
    table = people(seed)
    found = estimates(table, predictors=BOTH)
    true = {"a_within": 0.6 * table["spread_a"].std(), "b_within": 0.0}
    for term, value in true.items():
        assert abs(found.loc[term, "estimate"] - value) < 3 * found.loc[term, "std_error"], term


def test_scores_lend_the_effect_of_agreement_to_the_other_exposure():
    table = people(1)
    scored = [{"variable": name, "standardise": True, "split": WITHIN} for name in "ab"]
    found = estimates(table, predictors=scored)
    assert found.loc["b_within", "estimate"] > 3 * found.loc["b_within", "std_error"]
    freed = estimates(table, predictors=BOTH)
    assert abs(freed.loc["b_within", "estimate"]) < 2 * freed.loc["b_within", "std_error"]


@pytest.mark.parametrize(("categories", "span"), [(5, 4.0), (None, None)])
def test_clusters_and_categories_are_not_needed(categories, span):
    table = people(3, clusters=None, categories=categories)
    said = {"predictors": [{"construct": "a"}, {"construct": "b"}]}
    found = coefficients(fit(made(table, scales(span=span), **said))).set_index("term")
    for term, value in (("a", 0.6 * table["spread_a"].std()), ("b", 0.0)):
        assert abs(found.loc[term, "estimate"] - value) < 3 * found.loc[term, "std_error"], term


def test_what_follows_from_an_exposure_tells_nothing_of_it():
    """Weights of its items bear on agreement alone, by contrasts free of its content."""
    calibration = made(people(1), scales(), predictors=BOTH).calibration
    factors, contents = calibration.estimation.factors, calibration.contents
    assert contents.names == ("a", "b", "m") and contents.held == 2
    own = contents.owner == 2
    weights = score_weights(factors, contents)
    assert np.abs(weights[own]).max() > 1e-3
    np.testing.assert_allclose(factors.loadings[own] @ weights[own], 0, atol=1e-10)


def test_a_product_of_constructs_is_recovered():
    rng = np.random.default_rng(5)
    true, place = latents(rng, 20_000)
    y = 0.3 * true["a"] + 0.3 * true["b"] + 0.2 * true["a"] * true["b"] + rng.normal(size=20_000)
    table = items(rng, true, categories=None).assign(y=y, place=place)
    said = {"predictors": BOTH, "interactions": [["a_within", "b_within"]]}
    fitted = fit(made(table, scales(span=None), **said))
    asked = Estimand(kind="cross_partial", variables=("a_within", "b_within"), part="mean")
    found = row(fitted, asked)
    value = 0.2 * true["a"].std() * true["b"].std()
    assert abs(found["estimate"] - value) < 3 * found["std_error"]
    assert "a_mean:b_mean" in fitted.design.matrix


def test_the_effect_per_standard_deviation_of_the_score_is_what_the_score_tells():
    table = people(1)
    fitted = fit(made(table, scales(), predictors=BOTH))
    found = {
        per: row(
            fitted,
            Estimand(kind="average_marginal_effect", variable="a_within", part="mean", per=per),
        )
        for per in ("construct", "score")
    }
    ruler = np.corrcoef(table["a"], table["spread_a"])[0, 1]
    ratio = found["score"]["estimate"] / found["construct"]["estimate"]
    assert ratio == pytest.approx(ruler, abs=0.01)
    assert found["score"]["p_value"] == pytest.approx(found["construct"]["p_value"])
    assert [each["per"] for each in found.values()] == ["construct", "score"]


def test_intervals_hold_the_truth_with_twelve_clusters():
    """Of 60 studies; an interval of 95 % holds it in fewer than 52 by a chance of 1 in 100."""
    held = []
    for seed in range(60):
        table = people(100 + seed, n=240, clusters=12)
        found = estimates(table, predictors=BOTH).loc["b_within"]
        held.append(found["conf_low"] <= 0 <= found["conf_high"])
    assert 52 <= sum(held) < 60
