"""Cases at the edge of what a measurement step can do: each has its sentence, none is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from known_answers import BOTH, LOADINGS, WITHIN, items, latents, made, scales

from coproduction.errors import Refusal
from coproduction.inference.calibrated.jackknife import GROUPS, carried, left_out_together
from coproduction.inference.checks.diagnostics import diagnostics
from coproduction.inference.data.design import Design
from coproduction.inference.effects.effects import effect
from coproduction.inference.effects.estimands import effects
from coproduction.inference.effects.moderation import binned_slopes
from coproduction.inference.model.regression import coefficients, fit
from coproduction.instrument.item_scales import Scales
from coproduction.notes import read
from coproduction.numerics.families.family import MEAN

FORWARD = {"a": (0.9, 0.8, 0.7, 0.6), "b": (0.8, 0.9, 0.7, 0.6, 0.7)}
PAIR = {"a": (0.9, 0.8, 0.7, -0.6), "b": (0.8, 0.7)}


def people(
    loadings: Mapping[str, tuple[float, ...]] | None = None,
    seed: int = 1,
    n: int = 1500,
    clusters: int = 40,
    **said,
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    true, place = latents(rng, n, clusters)
    known = {} if loadings is None else {"loadings": loadings}
    y = true["a"] + 0.3 * true["b"] + rng.normal(size=n)
    return items(rng, true, **known, **said).assign(y=y, place=place)


def warnings(made_design: Design) -> dict[str, list[str]]:
    table = diagnostics(fit(made_design))
    told: dict[str, list[str]] = {}
    for check, cell in zip(table["check"], table["warning"], strict=True):
        told.setdefault(check, []).extend(note.code for note in read(cell))
    return told


def test_without_a_reversed_item_there_is_no_agreement_and_that_is_said():
    found = made(people(FORWARD), scales(FORWARD), predictors=BOTH)
    assert "agreement_score" not in found.matrix
    assert warnings(found)["agreement_share"] == ["agreement_without_reversed"]


def test_agreement_that_hardly_varies_is_left_out_and_that_is_said():
    found = made(people(agreement=0.0, seed=4), scales(), predictors=BOTH)
    assert "agreement_score" not in found.matrix
    assert warnings(found)["agreement_share"] == ["agreement_nearly_none"]


def test_agreement_that_varies_is_a_term_without_warning():
    found = made(people(), scales(), predictors=BOTH)
    assert found.matrix["agreement_score"].std() > 0
    assert warnings(found)["agreement_share"] == []
    assert warnings(found)["construct_reliability"] == []


def test_a_construct_of_two_items_is_told():
    found = made(people(PAIR), scales(PAIR), predictors=BOTH)
    assert warnings(found)["construct_reliability"] == ["construct_of_two_items"]


def refusal(table: pd.DataFrame, known, **said) -> str:
    with pytest.raises(Refusal) as error:
        made(table, known, **said)
    return error.value.note.code


def test_a_construct_of_one_item_is_refused():
    loadings = {"a": (0.9, 0.8, 0.7, -0.6), "b": (0.8,)}
    assert refusal(people(loadings), scales(loadings), predictors=BOTH) == "construct_of_one_item"


def test_a_construct_that_the_study_does_not_have_is_refused():
    assert refusal(people(), scales(), predictors=[{"construct": "c"}]) == "construct_without_items"


def test_items_that_do_not_determine_a_factor_model_are_refused():
    loadings = {"a": (0.8, -0.7)}
    said = {"predictors": [{"construct": "a"}]}
    assert refusal(people(loadings), scales(loadings), **said) in (
        "too_many_parameters",
        "not_identified",
    )


def test_two_names_for_one_construct_are_refused():
    rng = np.random.default_rng(2)
    true, place = latents(rng, 2500)
    same = {**true, "b": true["a"]}
    loadings = {"a": (0.9, 0.8, 0.7, -0.6), "b": (0.8, 0.9, 0.7, -0.6)}
    table = items(rng, same, loadings).assign(y=true["a"], place=place)
    # Estimated correlations lie around one; of some samples above it.
    codes = []
    for seed in range(8):
        part = table.sample(900, random_state=seed)
        try:
            made(part.assign(y=rng.normal(size=900)), scales(loadings), predictors=BOTH)
        except Refusal as error:
            codes.append(error.note.code)
    assert "constructs_not_apart" in codes


def test_a_score_that_is_all_error_is_refused():
    table = people(n=400)
    calibration = made(table, scales(), predictors=BOTH).calibration
    factors = calibration.estimation.factors
    worse = replace(factors, errors=50 + factors.errors)
    with pytest.raises(Refusal) as error:
        calibration.columns(worse)
    assert error.value.note.code == "error_beyond_score"


def test_an_item_without_error_is_held_at_zero_and_told():
    rng = np.random.default_rng(9)
    true, place = latents(rng, 300, 20)
    table = items(rng, true, categories=None).assign(y=true["a"], place=place)
    # One item is the construct itself, so that its error variance is zero but for chance.
    told = []
    for seed in range(8):
        table["a1"] = true["a"] + 0.5 * true["agreement"]
        part = table.sample(250, random_state=seed).assign(y=rng.normal(size=250))
        found = made(part, scales(span=None), predictors=BOTH)
        told += warnings(found)["construct_reliability"]
        if found.calibration.estimation.at_zero:
            assert found.calibration.estimation.factors.errors.min() == 0
    assert "items_without_error" in told


def test_more_than_two_hundred_clusters_are_left_out_in_groups_and_that_is_said():
    few = made(people(n=1200, clusters=200), scales(), predictors=BOTH)
    many = made(people(n=1206, clusters=201), scales(), predictors=BOTH)
    assert left_out_together(few).max() == 199
    assert left_out_together(many).max() == GROUPS - 1
    assert set(warnings(few)["measurement_factor"]) == set()
    assert set(warnings(many)["measurement_factor"]) == {"left_out_in_groups"}


@pytest.mark.parametrize("family", ["binomial", "ordinal"])
def test_other_families_have_a_measurement_step_too(family):
    """Of two categories a proportional-odds model is the logit, so that the factors agree."""
    table = people(n=600, clusters=20)
    table["y"] = (table["y"] > 0.2).astype(float)
    if family == "ordinal":
        table["y"] += (table["y"] > 0) & (np.arange(600) % 3 == 0)
    kind = "CR1" if family == "ordinal" else "CR2"
    found = fit(made(table, scales(), predictors=BOTH, family=family, covariance=kind))
    factors = found.inflation.xs("a_within", level="term")
    assert 0.9 < factors.iloc[0] < 1.3 and factors.iloc[0] != 1.0


def test_a_two_level_model_has_the_factors_of_the_model_without_random_effects():
    table = people(n=600, clusters=20)
    single = fit(made(table, scales(), predictors=BOTH))
    double = fit(made(table, scales(), predictors=BOTH, random="intercept", covariance="classical"))
    pd.testing.assert_series_equal(
        double.inflation.loc["mean"], single.inflation.loc["mean"], check_names=False
    )


def test_agreement_beside_scores_is_that_of_the_same_measurement_step():
    table = people()
    for name, signs in (("a", [1, 1, 1, -1]), ("b", [1, 1, 1, 1, -1]), ("m", [1, 1, -1])):
        own = table[[f"{name}{place}" for place in range(1, len(signs) + 1)]]
        table[name] = (own * signs).mean(axis=1)
    scored = [{"variable": name, "standardise": True, "split": WITHIN} for name in "ab"]
    beside = made(table, scales(), predictors=scored, agreement="score")
    inside = made(table, scales(), predictors=BOTH)
    pd.testing.assert_series_equal(
        beside.matrix["agreement_score"], inside.matrix["agreement_score"]
    )
    assert "a_within" in beside.matrix and beside.calibration.constructs == {}


def test_the_outcome_and_other_variables_are_kept_out_of_the_further_contents():
    table = people().assign(m=0.0)
    known = scales()
    assert made(table, known, predictors=BOTH).calibration.contents.names == ("a", "b", "m")
    table["m"] = table[["m1", "m2"]].mean(axis=1)
    of_outcome = made(table, known, predictors=BOTH, outcome="m")
    assert of_outcome.calibration.contents.names == ("a", "b")
    adjusted = made(table, known, predictors=BOTH, covariates=["m1"])
    assert adjusted.calibration.contents.names == ("a", "b")


def test_effects_of_constructs_are_told_in_both_units():
    found = effects(fit(made(people(), scales(), predictors=BOTH)))
    rows = found[found["term"] == "a_within"]
    assert list(rows["per"]) == ["construct", "score"]
    assert list(found.loc[found["term"] == "agreement_score", "per"]) == [""]


def test_derivatives_run_through_the_whole_scores_of_a_product():
    """The effect of a term is the change of the mean prediction as it moves."""
    table = people()
    table["y"] = (table["y"] > 0).astype(float)
    said = {"predictors": BOTH, "interactions": [["a_within", "b_within"]], "family": "binomial"}
    fitted = fit(made(table, scales(), **said))
    design_, params = fitted.design, fitted.params.to_numpy()

    def mean(term: str, step: float) -> float:
        moved = design_.with_columns({term: design_.matrix[term].to_numpy() + step})
        return float((1 / (1 + np.exp(-moved.matrix.to_numpy() @ params))).mean())

    for term in ("a_within", "a_mean", "b_within", "b_mean"):
        slope = (mean(term, 1e-5) - mean(term, -1e-5)) / 2e-5
        assert effect(fitted, term)[0] == pytest.approx(slope, rel=1e-6)


def test_bins_of_a_construct_take_its_place():
    """Of a linear interaction the slopes in bins lie about those of the planned model."""
    table = people(n=3000)
    said = {"predictors": BOTH, "interactions": [["a_within", "b_within"]]}
    fitted = fit(made(table, scales(), **said))
    rows = pd.DataFrame(binned_slopes(fitted, "a_within", "b_within"))
    binned, planned = (
        rows[rows["kind"] == kind].set_index("level")
        for kind in ("binned_slope", "slope_at_median")
    )
    apart = (binned["estimate"] - planned["estimate"]).abs()
    assert (apart < 3 * binned["std_error"]).all() and len(apart) == 3


def test_whole_scores_are_deviation_and_mean_together():
    found = made(people(), scales(), predictors=BOTH, interactions=[["a_within", "b_within"]])
    whole = [found.matrix[f"{name}_within"] + found.matrix[f"{name}_mean"] for name in "ab"]
    np.testing.assert_allclose(found.matrix["a_within:b_within"], whole[0] * whole[1])
    own = made(people(), scales(), predictors=[{"construct": "a"}, {"construct": "b"}])
    np.testing.assert_allclose(own.matrix["a"], whole[0], atol=1e-10)


def test_the_mean_of_the_others_can_stand_alone():
    table = people().assign(x=lambda rows: rows["a1"])
    alone = made(table, scales(), predictors=[{"variable": "x", "split": "others"}])
    beside = made(table, scales(), predictors=[{"variable": "x", "split": "own_and_others"}])
    assert list(alone.matrix) == ["intercept", "x_others"]
    pd.testing.assert_series_equal(alone.matrix["x_others"], beside.matrix["x_others"])
    lonely = pd.concat([table, table.iloc[:1].assign(place=999)], ignore_index=True)
    left = made(lonely, scales(), predictors=[{"variable": "x", "split": "others"}])
    assert left.dropped["reason"].tolist() == ["alone_in_cluster"]


def test_numbers_do_not_depend_on_the_order_of_rows():
    table = people(n=600, clusters=20)
    shuffled = table.sample(frac=1, random_state=1)
    one, other = (
        coefficients(fit(made(each, scales(), predictors=BOTH))) for each in (table, shuffled)
    )
    columns = ["estimate", "std_error", "df"]
    np.testing.assert_allclose(one[columns], other[columns], rtol=1e-7)


def test_what_the_measurement_step_adds_hardly_depends_on_which_answers_were_imputed():
    """A tenth of the answers moves by at most one, as imputations differ; factors move by 4 %."""
    table, rng = people(n=800, clusters=12), np.random.default_rng(2)
    other = table.copy()
    for name in [each for each in table if each not in ("y", "place")]:
        moved = np.clip(table[name] + rng.integers(-1, 2, len(table)), 1, 5)
        other[name] = moved.where(rng.random(len(table)) < 0.1, table[name])
    said = {"predictors": BOTH, "interactions": [["a_within", "b_within"]]}
    first, second = (fit(made(each, scales(), **said)) for each in (table, other))
    borrowed = fit(second.design, first.inflation)
    own = np.sqrt(np.diag(second.covariance) / np.diag(borrowed.covariance))
    np.testing.assert_allclose(own, 1, atol=0.1)
    assert np.abs(first.inflation - 1).max() > 0.1
    pd.testing.assert_series_equal(borrowed.inflation, first.inflation)


def test_a_product_takes_over_the_largest_factor_of_its_own_factors():
    table = people(n=400, clusters=10).assign(x=lambda rows: rows["y"].rank())
    said = {"predictors": [*BOTH, {"variable": "x"}]}
    known = fit(made(table, scales(), **said)).inflation
    wider = made(table, scales(), **said, interactions=[["a_within", "x"]])
    told = carried(known, wider)
    assert told[MEAN, "a_within:x"] == max(known[MEAN, "a_within"], known[MEAN, "x"])
    assert told[known.index].equals(known)


def beside(*columns: str, constant: bool = False) -> tuple[pd.DataFrame, Scales]:
    """Add a scale of three items, one reversed, that no model holds: copies, or one answer."""
    known = scales({**LOADINGS, "c": (0.8, 0.7, -0.6)})
    table = people()
    made_of = {f"c{k}": table[name] for k, name in enumerate(columns, start=1)}
    return table.assign(**(dict.fromkeys(("c1", "c2", "c3"), 3.0) if constant else made_of)), known


@pytest.mark.parametrize("columns", [(), ("b1", "b2", "b3"), ("y", "y", "y")])
def test_a_scale_that_only_tells_agreement_and_tells_nothing_is_left_out_and_that_is_said(columns):
    table, known = beside(*columns, constant=not columns)
    found = made(table, known, predictors=BOTH)
    assert warnings(found)["contents_left_out"] == ["contents_left_out"]
    pd.testing.assert_frame_equal(found.matrix, made(people(), scales(), predictors=BOTH).matrix)


def test_a_scale_of_the_model_whose_items_repeat_each_other_is_refused_with_these():
    table = people().assign(a2=lambda rows: rows["a1"])
    with pytest.raises(Refusal) as told:
        made(table, scales(), predictors=BOTH)
    assert told.value.note.code == "items_repeat" and told.value.note.values["names"] == [
        "a1",
        "a2",
    ]


def test_a_scale_of_the_model_that_everybody_answers_alike_is_refused():
    table = people().assign(**dict.fromkeys(("a1", "a2", "a3", "a4"), 2.0))
    assert refusal(table, scales(), predictors=BOTH) == "model_constant_variable"
