"""Planned comparisons of groups and explored sets, as the workflow writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plans import group_comparison_of, item_set_of

from coproduction.dictionary import dictionary
from coproduction.errors import Refusal
from coproduction.measurement.exploratory.dimensionality import dimensionality
from coproduction.measurement.exploratory.extraction import factor_analysis
from coproduction.measurement.exploratory.parallel_analysis import correlation_matrix
from coproduction.measurement.invariance import ladder as module
from coproduction.measurement.invariance.ladder import invariance
from coproduction.measurement.invariance.mimic import direct_effects
from coproduction.measurement.invariance.steps import Rule
from coproduction.measurement.planned import exploration
from coproduction.measurement.planned.groups import (
    EFFECT_COLUMNS,
    GROUP_COLUMNS,
    RELEASE_COLUMNS,
    STEP_COLUMNS,
    Comparison,
    compare_groups,
    grouped,
    stacked,
)
from coproduction.notes import sentences
from coproduction.numerics.resampling import generator

FOLDER = Path(__file__).parents[2] / "reference" / "invariance"
NAMES = [f"y{number}" for number in range(1, 9)]
FACTORS = {"a": NAMES[:4], "b": NAMES[4:]}
ENTRY = group_comparison_of(
    {"id": "sizes", "group": "group", "constructs": ["a", "b"], "estimator": "MLR"}
)


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "items.csv").astype(float)


@pytest.fixture(scope="module")
def compared(answers) -> Comparison:
    return compare_groups(ENTRY, answers[NAMES], answers["group"], FACTORS)


def declared(table: str) -> list[str]:
    return list(dictionary().tables[f"measurement/{table}.csv"])


def test_every_column_is_declared_in_the_dictionary():
    assert list(GROUP_COLUMNS) == declared("invariance_groups")
    assert list(STEP_COLUMNS) == declared("invariance")
    assert list(RELEASE_COLUMNS) == declared("noninvariance")
    assert list(EFFECT_COLUMNS) == declared("functioning")
    assert list(exploration.DIMENSION_COLUMNS) == declared("dimensionality")
    assert list(exploration.FIT_COLUMNS) == declared("exploratory_fit")
    assert list(exploration.SOLUTION_COLUMNS) == declared("exploratory")


def test_groups_are_compared_by_their_size(compared, answers):
    groups = compared.invariance_groups
    assert groups["level"].tolist() == ["1", "2", "3"]
    assert groups["n"].tolist() == answers["group"].value_counts().sort_index().tolist()
    assert groups["role"].tolist() == ["ladder", "ladder", "mimic"]
    few = compare_groups(
        ENTRY,
        answers[NAMES],
        answers["group"].mask(answers.index > 1110),
        FACTORS,
    )
    assert few.invariance_groups["role"].tolist() == ["ladder", "ladder", "left_out"]
    assert few.functioning.empty


def test_the_ladder_of_the_large_groups_is_laid_out(compared, answers):
    large = answers[answers["group"] < 3]
    levels = large["group"].map("{:g}".format)
    found = invariance(
        large, {"factors": FACTORS}, levels, "MLR", Rule(cfi_drop=0.010, rmsea_rise=0.015)
    )
    table = compared.invariance
    assert table["step"].tolist() == [step.name for step in found.steps]
    assert table["decision"].tolist() == [step.decision for step in found.steps]
    assert table["released"].tolist() == [len(step.released) for step in found.steps]
    for row, step in zip(table.to_dict("records"), found.steps, strict=True):
        fit = step.fit.fit
        for ours, theirs in (
            *((name, name) for name in ("n", "chisq", "df", "p_value", "srmr", "chisq_scaled")),
            *((name, f"{name}_robust") for name in ("cfi", "tli", "rmsea", "rmsea_conf_low")),
            ("p_value_scaled", "p_value_scaled"),
            ("rmsea_conf_high", "rmsea_conf_high_robust"),
        ):
            assert row[ours] == fit[theirs], ours
        if step.difference is not None:
            scaled = step.difference.scaled
            shown = [row[f"difference_{name}"] for name in ("chisq", "df", "p_value")]
            assert shown == [scaled.chisq, scaled.df, scaled.p_value]
            changes = [row[f"{name}_change"] for name in ("cfi", "rmsea", "srmr")]
            assert changes == [step.changes[name] for name in ("cfi", "rmsea", "srmr")]
    assert (table[["comparison", "group", "estimator"]] == ["sizes", "group", "MLR"]).all(axis=None)


def test_what_differs_is_listed_with_its_value_in_each_group(compared):
    table = compared.noninvariance
    assert table["term"].unique().tolist() == ["b =~ y6", "y4 ~ 1"]
    assert table["item"].unique().tolist() == ["y6", "y4"]
    loading = table[table["term"] == "b =~ y6"].set_index("level")
    # In units of the first group's factor, whose standard deviation is 1, up to sampling error.
    for level, truth in (("1", 1.3), ("2", 0.6)):
        assert loading.loc[level, "estimate"] == pytest.approx(truth, abs=0.2)
        assert loading.loc[level, "conf_low"] < loading.loc[level, "estimate"]
        assert loading.loc[level, "estimate"] < loading.loc[level, "conf_high"]
    assert loading.loc["2", "conf_high"] < loading.loc["1", "conf_low"]
    intercept = table[table["term"] == "y4 ~ 1"].set_index("level")["estimate"]
    assert intercept["2"] - intercept["1"] == pytest.approx(0.7, abs=0.2)
    assert (table["score_chisq"] > 50).all() and (table["score_df"] == 1).all()
    assert (table["order"] == 1).all()


def test_a_small_group_is_compared_with_the_largest(compared, answers):
    chosen = answers[answers["group"] != 2]
    expected = direct_effects(chosen, {"factors": FACTORS}, chosen["group"] == 3)
    table = compared.functioning
    pd.testing.assert_frame_equal(table[expected.columns].reset_index(drop=True), expected)
    assert (table[["level", "reference_level"]] == ["3", "1"]).all(axis=None)
    assert table["construct"].tolist() == ["a"] * 4 + ["b"] * 4


def test_answers_are_joined_to_groups_and_the_rest_is_left_out():
    answers = pd.Series([1.0, 2.0, 3.0, 4.0, np.nan])
    assert grouped(answers).tolist()[:4] == ["1", "2", "3", "4"]
    joined = grouped(answers, [[1], [2, 3]])
    assert joined.tolist()[:3] == ["1", "2+3", "2+3"] and joined[3:].isna().all()


def test_what_cannot_be_compared_is_a_row_with_the_reason(answers):
    alone = compare_groups(
        ENTRY,
        answers[NAMES],
        answers["group"].where(answers["group"] == 1),
        FACTORS,
    )
    assert alone.invariance["decision"].tolist() == ["failed"]
    assert "Fewer than two groups" in sentences(alone.invariance["warning"].item())
    constant = answers[NAMES].assign(y3=1.0)
    failed = compare_groups(ENTRY, constant, answers["group"], FACTORS)
    assert "`y3`" in sentences(failed.invariance["warning"].item())
    assert (failed.functioning["decision"] == "failed").all()


def test_a_ladder_that_breaks_off_shows_its_steps_and_the_reason(answers, monkeypatch):
    fitted = module.fit_continuous

    def failing(model, *arguments):
        if any(p.kind == "intercept" and p.label for p in model.parameters):
            raise Refusal("no_optimum", names=["y"])
        return fitted(model, *arguments)

    monkeypatch.setattr(module, "fit_continuous", failing)
    table = compare_groups(ENTRY, answers[NAMES], answers["group"], FACTORS).invariance
    assert table["step"].tolist() == ["configural", "metric", "metric", "scalar"]
    assert (table["decision"].iloc[-1], table["warning"].iloc[-1]) == (
        "failed",
        'no_optimum {"names": ["y"]}',
    )
    assert np.isnan(table["chisq"].iloc[-1]) and np.isfinite(table["chisq"].iloc[0])


def test_without_a_plan_tables_are_empty_with_their_columns():
    empty = stacked([])
    assert list(empty.invariance.columns) == list(STEP_COLUMNS) and empty.invariance.empty
    assert list(empty.functioning.columns) == list(EFFECT_COLUMNS)
    nothing = exploration.stacked([])
    assert list(nothing.exploratory.columns) == list(exploration.SOLUTION_COLUMNS)


@pytest.fixture(scope="module")
def ordinal(answers) -> pd.DataFrame:
    return answers[[f"x{number}" for number in range(1, 9)]]


def test_an_explored_set_holds_both_kinds_of_checks_and_the_rotated_solution(ordinal):
    entry = {"id": "eight", "replicates": 5}
    found = exploration.explore(item_set_of(entry), ordinal, 3)
    for kind in ("pearson", "polychoric"):
        rng = generator(3, "dimensionality", "eight", kind)
        expected = dimensionality(ordinal, 5, rng, kind)
        ours = found.dimensionality[found.dimensionality["correlation"] == kind]
        pd.testing.assert_frame_equal(ours.drop(columns="set").reset_index(drop=True), expected)
    n = len(ordinal)
    expected = factor_analysis(correlation_matrix(ordinal, "polychoric"), n, 2)
    fit = found.exploratory_fit.iloc[0]
    assert (fit["n_factors"], fit["n"], fit["chisq"]) == (2, n, expected.chi2)
    for name in ("df", "p_value", "rmsea", "rmsea_conf_low", "rmsea_conf_high", "tli", "bic"):
        assert fit[name] == getattr(expected, name)
    assert fit["rms_residual"] == expected.rms_residual and fit["warning"] == ""
    table = found.exploratory.set_index("kind")["estimate"]
    np.testing.assert_array_equal(table["loading"], expected.loadings.ravel())
    np.testing.assert_array_equal(table["structure"], expected.structure.ravel())
    np.testing.assert_array_equal(table["communality"], expected.communalities)
    np.testing.assert_array_equal(table["uniqueness"], expected.uniquenesses)
    np.testing.assert_array_equal(table["variance"], expected.variance_accounted)
    assert table["factor_correlation"] == expected.factor_correlations[1, 0]


def test_the_plan_chooses_number_method_rotation_and_correlation(ordinal):
    entry = {
        "id": "eight",
        "replicates": 5,
        "factors": 3,
        "method": "ml",
        "rotation": "varimax",
        "correlation": "pearson",
    }
    fit = exploration.explore(item_set_of(entry), ordinal, 3).exploratory_fit.iloc[0]
    chosen = fit[["n_factors", "method", "rotation", "correlation"]].tolist()
    assert chosen == [3, "ml", "varimax", "pearson"]


def test_a_set_without_a_solution_says_why(ordinal):
    found = exploration.explore(item_set_of({"id": "e", "replicates": 2, "factors": 7}), ordinal, 3)
    assert "cannot identify 7 factors" in sentences(found.exploratory_fit["warning"].item())
    assert found.exploratory.empty and not found.dimensionality.empty
    constant = exploration.explore(
        item_set_of({"id": "e", "replicates": 2}), ordinal.assign(x1=1.0), 3
    )
    assert "`x1`" in sentences(constant.exploratory_fit["warning"].item())
