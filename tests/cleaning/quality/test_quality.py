"""Every quality index: by hand, against R, its orientation, and who is flagged."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coproduction.cleaning.quality.checks import attention_misses, marker_agreement
from coproduction.cleaning.quality.consistency import (
    even_odd_consistency,
    person_total_correlation,
    synonym_consistency,
    synonym_pairs,
)
from coproduction.cleaning.quality.indices import SUSPICIOUS, flag, indices
from coproduction.cleaning.quality.mahalanobis import mahalanobis
from coproduction.cleaning.quality.patterns import individual_variability, long_string
from coproduction.cleaning.quality.reversal import reversal_conflict
from coproduction.cleaning.routing import asked, restore_not_asked

NAN = np.nan


def of(table, survey) -> pd.DataFrame:
    table, _ = restore_not_asked(table, survey)
    return indices(table, asked(table, survey), survey)


def test_indices_without_a_package_equal_base_r(root, parse):
    """R: tests/reference/quality/indices.R; closed forms, 1e-10."""
    reference = json.loads((root / "tests/reference/quality/indices.json").read_text("utf-8"))
    instrument = parse((root / "instruments/bfi/instrument.yaml").read_text("utf-8"))
    items = [item.id for item in instrument.questions if item.construct]
    raw = pd.read_csv(root / "data/raw/bfi/bfi.csv").iloc[:400]
    raw.columns = raw.columns.str.lower()
    table = raw[items].astype("Int64").assign(duration_seconds=20.0 + (raw.index + 1) % 97)
    others = {item.id: pd.NA for item in instrument.questions if item.id not in items}
    table = table.assign(**others).astype({name: "Int64" for name in others})
    put = pd.DataFrame({i.id: i.id in items for i in instrument.questions}, index=table.index)
    result = indices(table, put, instrument)
    for name in set(reference) - {"R"}:
        expected = np.array(reference[name], dtype=float)
        np.testing.assert_allclose(result[name], expected, rtol=0, atol=1e-10, err_msg=name)


def test_the_indices_of_one_interview_by_hand(answers, survey):
    result = of(answers({}, {"duration_seconds": 300.0}, {"duration_seconds": 1200.0}), survey)
    assert result.at[0, "seconds_per_item"] == pytest.approx(600 / 21)
    assert result["relative_speed"].tolist() == pytest.approx([1, 2, 0.5])
    scale = [4, 5, 2, 3, 4]
    assert result.at[0, "individual_variability"] == pytest.approx(np.std(scale, ddof=1))
    assert result.at[0, "long_string"] == 1
    # Forward mean 4.5, reversed item keyed to 4.
    assert result.at[0, "reversal_conflict"] == pytest.approx(0.5)
    assert result.at[0, "marker_agreement"] == 2
    assert result.at[0, "attention_misses"] == 0
    assert result.at[0, "item_nonresponse"] == 0


def test_item_nonresponse_is_a_share_of_the_questions_that_were_put(answers, survey):
    nobody = {"served": 2, "hours": None, "tasks": None, "when": None}
    result = of(answers(nobody | {"t1": None, "t2": -88, "remark": None}), survey)
    assert result.at[0, "item_nonresponse"] == pytest.approx(3 / 18)


def test_skipped_parts_do_not_look_like_haste(answers, survey):
    nobody = {"served": 2, "hours": None, "tasks": None, "when": None}
    result = of(answers(nobody | {"duration_seconds": 180.0}), survey)
    assert result.at[0, "seconds_per_item"] == pytest.approx(10)


def test_a_duration_that_is_unknown_gives_no_pace(answers, survey):
    result = of(answers({"duration_seconds": None}, {}), survey)
    assert np.isnan(result.at[0, "seconds_per_item"]) and np.isnan(result.at[0, "relative_speed"])


def test_a_run_is_ended_by_another_answer_or_none():
    rows = np.array([[1, 1, 2, 2, 2], [3, 3, NAN, 3, 3], [NAN] * 5, [1, 2, 1, 2, 1]])
    assert long_string(rows).tolist() == [3, 2, 0, 1]


def test_a_straight_line_does_not_vary_and_one_answer_says_nothing():
    rows = np.array([[3.0, 3, 3], [1, NAN, NAN], [1, 5, NAN]])
    np.testing.assert_allclose(individual_variability(rows), [0, NAN, np.sqrt(8)])


def test_even_odd_needs_three_scales_and_is_stepped_up():
    scales = [[0, 1], [2, 3], [4, 5]]
    rows = np.array([[1, 2, 3, 3, 5, 4.0], [1, 5, 3, 3, 5, 1], [2, 2, 2, 2, 2, 2]])
    r = np.corrcoef([1, 3, 5], [2, 3, 4])[0, 1]
    np.testing.assert_allclose(even_odd_consistency(rows, scales), [2 * r / (1 + r), -1, NAN])
    assert np.isnan(even_odd_consistency(rows[:, :4], scales[:2])).all()


def test_synonyms_are_pairs_above_the_limit_and_low_means_careless():
    rng = np.random.default_rng(1)
    true = rng.normal(size=(200, 3))
    like = np.column_stack([true, true + rng.normal(scale=0.3, size=true.shape)])
    pairs = synonym_pairs(like, np.ones(200, dtype=bool), 0.6)
    assert {frozenset(pair) for pair in pairs} == {frozenset((i, i + 3)) for i in range(3)}
    careless = np.array([[1, 3, 5, 5, 3, 1.0]])
    assert synonym_consistency(careless, pairs)[0] == pytest.approx(-1)
    assert np.isnan(synonym_consistency(like, [])).all()


def test_person_total_is_low_for_who_answers_against_everybody():
    rows = np.array([[1, 2, 4, 5.0]] * 9 + [[5, 4, 2, 1], [3, 3, 3, 3], [1, NAN, NAN, 5]])
    reference = np.arange(12) < 9
    result = person_total_correlation(rows, reference)
    np.testing.assert_allclose(result[8:], [1, -1, NAN, NAN])


def test_the_distance_finds_the_odd_row_and_needs_half_of_the_answers():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(300, 4))
    rows[:, 1] = rows[:, 0] + 0.2 * rows[:, 1]
    rows[0] = [2, -2, 0, 0]
    rows[1, :3] = NAN
    distance = mahalanobis(rows, np.ones(300, dtype=bool))
    assert np.nanargmax(distance.squared) == 0 and distance.p_value[0] < 1e-6
    assert np.isnan(distance.squared[1]) and distance.df[1] == 0


def test_the_distance_of_normal_rows_follows_its_chi_squared_law():
    """Truth: p values of 20,000 rows with gaps are uniform (Monte-Carlo error 0.0022 at 0.1)."""
    rng = np.random.default_rng(3)
    rows = (
        rng.normal(size=(20_000, 5)) @ np.linalg.cholesky(np.full((5, 5), 0.4) + 0.6 * np.eye(5)).T
    )
    rows[rng.random(rows.shape) < 0.1] = NAN
    p_value = mahalanobis(rows, np.ones(len(rows), dtype=bool)).p_value
    assert np.mean(p_value[~np.isnan(p_value)] < 0.1) == pytest.approx(0.1, abs=0.008)


def test_a_questionnaire_without_scales_has_indices_that_are_unknown(answers, parse, root):
    text = (root / "tests/cleaning/survey.yaml").read_text("utf-8")
    for construct in ("trust", "duty"):
        text = text.replace(f" construct: {construct},", "")
    plain = parse(text.replace(" reverse: true,", "").replace(" role: marker,", ""))
    result = of(answers({}, {}, instrument=plain), plain)
    scales = ["individual_variability", "mahalanobis_d2", "even_odd_consistency"]
    others = ["synonym_consistency", "person_total_correlation", "reversal_conflict"]
    assert result[[*scales, *others, "marker_agreement"]].isna().all(axis=None)


def test_attention_is_missed_by_a_wrong_answer_not_by_none(answers, survey):
    table = answers(*({"check": value} for value in (4, 3, -88, None, -77, -66)))
    assert attention_misses(table, survey).tolist() == [0, 1, 1, 0, 0, 0]


def test_conflict_is_between_forward_and_keyed_reversed_items(survey):
    names = [item.id for item in survey.questions if item.construct]
    rows = pd.DataFrame(
        [[5, 5, 5, 3, 3], [5, 5, 1, 3, 3], [NAN, NAN, 1, 3, 3]], columns=names, dtype=float
    )
    np.testing.assert_allclose(reversal_conflict(rows, survey), [4, 0, NAN])


def test_markers_average_over_what_was_answered(survey):
    numbers = pd.DataFrame({"m1": [5.0, NAN]})
    np.testing.assert_allclose(marker_agreement(numbers, survey), [5, NAN])


def test_a_limit_flags_on_the_suspicious_side_only_and_unknown_is_no_flag():
    for name, side in SUSPICIOUS.items():
        table = pd.DataFrame({name: [1.0, 2.0, 3.0, NAN]})
        expected = {
            "below": [True, False, False, False],
            "from": [False, True, True, False],
            "above": [False, False, True, False],
        }[side]
        assert flag(table, {name: 2.0})[name].tolist() == expected


def test_no_limit_no_flag():
    assert flag(pd.DataFrame({"long_string": [99.0]}), {}).shape == (1, 0)


def test_every_index_can_have_a_limit_and_states_its_orientation(schemas):
    limits = schemas["study"]["properties"]["cleaning"]["properties"]["quality"]["properties"]
    assert set(limits) == set(SUSPICIOUS)


@given(arrays(float, (4, 6), elements=st.sampled_from([1.0, 2, 3, 4, 5, NAN])))
def test_indices_of_a_row_do_not_depend_on_the_other_rows(rows):
    for index in (long_string, individual_variability):
        alone = [index(row[None])[0] for row in rows]
        np.testing.assert_array_equal(index(rows), alone)


@given(arrays(float, (5, 6), elements=st.sampled_from([1.0, 2, 3, 4, 5, NAN])))
def test_consistencies_are_correlations(rows):
    everyone = np.ones(5, dtype=bool)
    scales = [[0, 1], [2, 3], [4, 5]]
    for values in (
        even_odd_consistency(rows, scales),
        synonym_consistency(rows, [(0, 1), (2, 3), (4, 5)]),
        person_total_correlation(rows, everyone),
    ):
        assert np.all((values[~np.isnan(values)] >= -1) & (values[~np.isnan(values)] <= 1))
