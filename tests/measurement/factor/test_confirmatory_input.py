"""Answers and models that cannot be fitted, or only badly: one sentence names what is amiss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coproduction.errors import StudyError
from coproduction.measurement.factor.confirmatory import confirmatory
from coproduction.measurement.planned.fits import (
    FIT_COLUMNS,
    FittedModel,
    fit_model,
    fit_table,
    loadings_table,
    modification_table,
    ordinal_statistics,
    residuals_table,
)
from coproduction.measurement.planned.models import PlannedModel
from coproduction.notes import sentence, sentences
from coproduction.rows import clustered

ITEMS = ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"]
TWO = {"factors": {"a": ITEMS[:4], "b": ITEMS[4:]}}
EVERY = ("WLSMV", "ML", "MLR")
NORMAL = ("ML", "MLR")


def answers(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    factors = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], n)
    latent = 0.7 * factors.repeat(4, axis=1) + 0.6 * rng.standard_normal((n, 8))
    return pd.DataFrame(np.digitize(latent, [-1, -0.3, 0.4, 1.1]) + 1.0, columns=ITEMS)


GOOD = answers()
GROUP = pd.Series(np.where(GOOD.index < 200, "x", "y"))


def fails(data: pd.DataFrame, estimator: str, *names: str, model: dict = TWO, **options) -> str:
    with pytest.raises(StudyError) as error:
        confirmatory(data, model, estimator, **options)
    for name in names:
        assert f"`{name}`" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("estimator", EVERY)
def test_an_item_that_does_not_vary_is_named(estimator):
    assert "same answer" in fails(GOOD.assign(a2=3), estimator, "a2")


@pytest.mark.parametrize("estimator", EVERY)
def test_an_item_that_does_not_vary_in_one_group_is_named_with_the_group(estimator):
    constant = GOOD.assign(b2=GOOD["b2"].where(GROUP == "x", 3))
    assert "same answer" in fails(constant, estimator, "b2", "y", groups=GROUP)


def test_a_category_that_a_group_lacks_is_named_with_the_groups():
    clipped = GOOD.assign(b2=GOOD["b2"].where(GROUP == "x", GOOD["b2"].clip(upper=4)))
    assert "answered 5" in fails(clipped, "WLSMV", "b2", "x", "y", groups=GROUP)


@pytest.mark.parametrize("estimator", EVERY)
def test_two_items_that_say_the_same_are_named(estimator):
    assert "±1" in fails(GOOD.assign(a2=GOOD["a1"]), estimator, "a1", "a2")


@pytest.mark.parametrize("estimator", EVERY)
def test_fewer_respondents_than_items_are_too_few(estimator):
    assert "6 respondents" in fails(GOOD.head(6), estimator)
    few = GOOD.head(206)
    assert "cannot bear" in fails(few, estimator, "y", groups=GROUP)


@pytest.mark.parametrize("estimator", NORMAL)
def test_items_that_determine_one_another_are_named(estimator):
    summed = GOOD.assign(a4=GOOD["a1"] + GOOD["a2"])
    assert "singular" in fails(summed, estimator, "a1", "a2", "a4")


def test_polychoric_correlations_that_contradict_one_another_are_told():
    rng = np.random.default_rng(0)
    latent = rng.standard_normal((40, 1)) + 0.8 * rng.standard_normal((40, 8))
    scarce = pd.DataFrame(np.digitize(latent, [-0.5, 0.6]) + 1.0, columns=ITEMS)
    scarce = scarce.mask(rng.random((40, 8)) < 0.35)
    fit = confirmatory(scarce, TWO, missing="pairwise")
    assert np.linalg.eigvalsh(fit.sample[0])[0] < 0
    told = [text for text in map(sentence, fit.warnings) if "not positive definite" in text]
    assert len(told) == 1 and told[0].count("`") == 8
    assert "cfi_robust" not in fit.fit


def test_one_respondent_in_a_category_is_told():
    single = GOOD.assign(a2=GOOD["a2"].clip(2, 4))
    single.loc[0, "a2"] = 5
    (note,) = confirmatory(single, TWO).warnings
    assert "one respondent" in sentence(note) and "`a2`" in sentence(note)


@pytest.mark.parametrize("estimator", EVERY)
def test_a_negative_variance_is_told_with_item_and_factor(estimator):
    rng = np.random.default_rng(0)
    shared = rng.standard_normal(300)
    weights = {"a1": 1.0, "a2": 1.0, "a3": 0.25}
    noise = {"a1": 0.3, "a2": 0.3, "a3": 1.0}
    latent = {k: w * shared + noise[k] * rng.standard_normal(300) for k, w in weights.items()}
    latent["a3"] = latent["a3"] + 0.5 * (latent["a1"] - shared)
    items = pd.DataFrame({k: np.digitize(v, [-1, 0, 1]) + 1.0 for k, v in latent.items()})
    fit = confirmatory(items, {"factors": {"a": list(weights)}}, estimator)
    told = [text for text in map(sentence, fit.warnings) if "Heywood" in text]
    assert len(told) == 1 and "`a1` of factor `a`" in told[0]


@pytest.mark.parametrize("estimator", EVERY)
def test_a_factor_of_two_items_that_stands_alone_is_not_identified(estimator):
    model = {"factors": {"a": ITEMS[:4], "b": ["b1", "b2"]}, "orthogonal": ["b"]}
    assert "not identified" in fails(GOOD, estimator, "b =~ b2", model=model)


@pytest.mark.parametrize(("estimator", "seed"), [("WLSMV", 26), ("ML", 8), ("MLR", 8)])
def test_a_search_without_an_optimum_names_factors_and_the_parameter_farthest_out(estimator, seed):
    noise = np.random.default_rng(seed).integers(1, 6, (60, 6)).astype(float)
    items = pd.DataFrame(noise, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
    model = {"factors": {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}}
    assert "ran away" in fails(items, estimator, "a", "b", model=model)


def test_nothing_is_said_to_run_away_where_nothing_did():
    noise = np.random.default_rng(2).integers(1, 6, (60, 6)).astype(float)
    items = pd.DataFrame(noise, columns=["a1", "a2", "a3", "b1", "b2", "b3"])
    model = {"factors": {"a": ["a1", "a2", "a3"], "b": ["b1", "b2", "b3"]}}
    told = fails(items, "ML", "a", "b", model=model)
    assert "no optimum" in told and "ran away" not in told


@pytest.mark.parametrize("estimator", NORMAL)
def test_items_that_nobody_answered_together_are_named(estimator):
    apart = GOOD.assign(a1=GOOD["a1"].where(GROUP == "x"), b1=GOOD["b1"].where(GROUP == "y"))
    fails(apart, estimator, "a1", "b1", missing="fiml")
    fails(apart, "WLSMV", "a1", "b1", missing="pairwise")
    assert "Nobody" in fails(GOOD.assign(a1=np.nan), estimator, "a1", missing="fiml")


@pytest.mark.parametrize("estimator", EVERY)
@pytest.mark.parametrize("wrong", ["often", np.inf])
def test_answers_that_are_no_numbers_are_named(estimator, wrong):
    assert "numbers" in fails(GOOD.assign(a1=wrong), estimator, "a1")


def test_clusters_must_be_known_and_several():
    assert "1 respondent is" in fails(
        GOOD, "MLR", rows=clustered(pd.Series(GOOD.index % 30).where(GOOD.index > 0))
    )
    assert "two clusters" in fails(GOOD, "WLSMV", rows=clustered(pd.Series(0, GOOD.index)))
    fit = confirmatory(GOOD, TWO, rows=clustered(pd.Series(GOOD.index % 10)))
    assert any("10 clusters only" in sentence(note) for note in fit.warnings)


def test_the_other_models_arrive_and_the_table_tells_why_one_did_not():
    constant = GOOD.assign(b2=3)
    models = {
        "both": PlannedModel("both", "WLSMV", TWO, tuple(ITEMS), ("a", "b")),
        "first": PlannedModel("first", "WLSMV", {"factors": {"a": ITEMS[:4]}}, (), ("a",)),
        "normal": PlannedModel("normal", "MLR", {"factors": {"a": ITEMS[:4]}}, (), ("a",)),
    }
    fitted: dict[str, FittedModel] = {}
    for name, model in models.items():
        items = constant[ITEMS if name == "both" else ITEMS[:4]]
        statistics = ordinal_statistics(items, None)
        fitted[name] = fit_model(model, items, None, 0.95, statistics)
    table = fit_table(fitted).set_index("model")
    assert list(fit_table(fitted)) == list(FIT_COLUMNS)
    assert table["status"].tolist() == ["failed", "fitted", "fitted"]
    told = sentences(table.loc["both", "warning"])
    assert "`b2`" in told and "`b`" in told
    assert (
        np.isnan(table.loc["both", "cfi"]) and table.loc[["first", "normal"], "cfi"].gt(0.9).all()
    )
    for listed in (
        loadings_table(fitted, 0.95),
        residuals_table(fitted),
        modification_table(fitted),
    ):
        assert set(listed["model"]) == {"first", "normal"}
