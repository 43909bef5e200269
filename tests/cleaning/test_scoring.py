from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.scoring import analysis_table, keyed_names

ANSWER = st.sampled_from([1, 2, 3, 4, 5, -88, -99, -77, -66, None])


def test_a_scale_is_the_mean_of_its_keyed_items(answers, survey):
    table = analysis_table(answers({"t1": 4, "t2": 5, "t3": 1}), survey)
    assert table.at[0, "t3_r"] == 5
    assert table.at[0, "trust"] == pytest.approx((4 + 5 + 5) / 3)
    assert keyed_names(survey.scale("trust")) == ["t1", "t2", "t3_r"]


def test_a_sum_is_the_mean_of_the_valid_items_times_their_number(answers, survey):
    table = analysis_table(answers({"y1": 3, "y2": 4}, {"y1": 3, "y2": None}), survey)
    assert table["duty"].tolist() == [7, 6]


def test_too_few_valid_items_give_no_score(answers, survey):
    """Trust needs 66 % of three items, duty half of two."""
    table = analysis_table(
        answers({"t1": -88}, {"t1": -88, "t2": None, "y1": -99, "y2": -99}), survey
    )
    assert table.at[0, "trust"] == pytest.approx((5 + 4) / 2)
    assert table.loc[1, ["trust", "duty"]].isna().all()


def test_every_kind_of_missing_answer_is_missing_in_numbers_and_texts(answers, survey):
    table = analysis_table(answers({"t1": -66, "hours": -77, "tasks": "-77"}), survey)
    assert table.loc[0, ["t1", "hours", "tasks"]].isna().all()


@settings(max_examples=20)
@given(items=st.lists(ANSWER, min_size=3, max_size=3))
def test_scores_stay_within_the_scale_and_mirror_when_answers_do(items, answers, survey):
    names = ["t1", "t2", "t3"]
    mirrored = [6 - value if value and value > 0 else value for value in items]
    table = analysis_table(
        answers(dict(zip(names, items, strict=True)), dict(zip(names, mirrored, strict=True))),
        survey,
    )
    one, other = table["trust"]
    assert np.isnan(one) == np.isnan(other)
    if not np.isnan(one):
        assert 1 <= one <= 5 and one + other == pytest.approx(6)
