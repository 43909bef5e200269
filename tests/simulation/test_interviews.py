"""What befalls answers befalls those, and as many, as the truth file says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from towns import ready, residents_ready

from coproduction.instrument.expressions import holds
from coproduction.simulation.replicate import Occasion, replicate

SCALES = ["t1", "t2", "t3", "t4", "mark", "check", "u1", "u2", "u3"]
BASE = """
communities: {number: 40, residents: {mean: 100}}
sample: {frames: {address: {drawn: {mean: 60}}}}
"""


@cache
def survey(text: str) -> Occasion:
    return replicate(ready(BASE + text), 3).first


def answers(text: str) -> pd.DataFrame:
    return pd.DataFrame(survey(text).interviews.given)


def careless(kind: str, more: str = "") -> tuple[pd.DataFrame, np.ndarray]:
    rule = f"carelessness: {{kinds: {{{kind}: 1}}{more}}}"
    text = f"equations: {{careless: {{logit: {{rate: 0.3}}}}}}\n{rule}"
    return answers(text)[SCALES], survey(text).interviews.careless


def test_the_careful_answer_what_they_intend_and_pass_the_check():
    given = answers("")
    intended = survey("").interviews.intended
    for name in SCALES:
        assert np.array_equal(given[name], intended[name]), name
    assert (given["check"] == 2).all()


def test_a_straight_line_is_one_answer_to_all():
    table, who = careless("straight")
    assert who.mean() == pytest.approx(0.3, abs=0.04)
    assert (table[who].nunique(axis=1) == 1).all()
    assert (table[~who].nunique(axis=1) > 1).mean() > 0.95


def test_random_answers_are_equally_frequent_and_unrelated():
    table, who = careless("random")
    shares = table[who].stack().value_counts(normalize=True)
    assert shares.to_numpy() == pytest.approx([0.2] * 5, abs=0.02)
    assert abs(table[who]["t1"].corr(table[who]["t2"])) < 0.12


def test_alternating_answers_come_in_turn_and_runs_last_some_questions():
    table, who = careless("alternating")
    given = table[who].to_numpy()
    assert (given[:, 2:] == given[:, :-2]).all() and (given[:, 1:] != given[:, :-1]).any()
    table, who = careless("runs")
    given = table[who].to_numpy()
    changes = (given[:, 1:] != given[:, :-1]).mean()
    # One in eight takes another answer, which is the same in one of five.
    assert changes == pytest.approx(0.8 / 8, abs=0.03)


def test_some_are_careless_only_from_a_question_on():
    table, who = careless("straight", ", partial: 1")
    intended = pd.DataFrame(
        survey(
            "equations: {careless: {logit: {rate: 0.3}}}\n"
            "carelessness: {kinds: {straight: 1}, partial: 1}"
        ).interviews.intended
    )[SCALES]
    same = (table == intended).to_numpy()[who]
    first = same.cumprod(axis=1).sum(axis=1)
    assert 0.05 < (first == 0).mean() < 0.25 and first.max() == len(SCALES)
    assert 2 < first.mean() < 6


def test_the_careless_can_answer_all_questions_so_but_not_consent():
    text = (
        "equations: {careless: {logit: {rate: 0.3}}}\n"
        "carelessness: {kinds: {random: 1}, questions: all}"
    )
    occasion = survey(text)
    who = occasion.interviews.careless
    sex = occasion.interviews.given["sex"]
    true = occasion.world.values["sex"]
    assert (sex[~who] == true[~who]).all() and 0.3 < (sex[who] == true[who]).mean() < 0.7
    assert (occasion.interviews.given["agreed"] == 1).all()


def test_who_overlooks_the_word_not_answers_reversed_items_the_other_way():
    text = "equations: {misreads: {logit: {rate: 0.5}}}"
    occasion = survey(text)
    given, trust = occasion.interviews.given, occasion.world.values["trust"]
    misread = occasion.world.values["misreads"] == 1
    assert np.corrcoef(given["t4"][misread], trust[misread])[0, 1] > 0.35
    assert np.corrcoef(given["t4"][~misread], trust[~misread])[0, 1] < -0.35
    assert np.corrcoef(given["t1"][misread], trust[misread])[0, 1] > 0.5


def test_some_of_the_careful_miss_the_check():
    given = answers("carelessness: {slips: 0.2}")
    assert (given["check"] == 5).mean() == pytest.approx(0.2, abs=0.03)


def test_answers_are_left_blank_and_refused_as_planned():
    text = "nonresponse: {blank: 0.1, items: {school: {refused: 0.2}, u1: {blank: 0}}}"
    given = answers(text)
    assert given["t1"].isna().mean() == pytest.approx(0.1, abs=0.025)
    assert given["u1"].notna().all()
    assert (given["school"] == -99).mean() == pytest.approx(0.2 * 0.9, abs=0.03)
    assert given["agreed"].notna().all() and given["arm"].notna().all()


def test_a_blank_can_follow_from_what_is_true_also_from_the_outcome_itself():
    text = """
equations: {served: {logit: {rate: 0.5, values: [2, 1]}}}
conditions: {servant: "served == 1"}
nonresponse: {items: {served: {blank: 0.1, causes: {servant: 1.1}}}}
"""
    occasion = survey(text)
    blank = np.isnan(occasion.interviews.given["served"])
    servant = occasion.world.values["served"] == 1
    assert blank[servant].mean() == pytest.approx(0.1 * np.exp(1.1), abs=0.05)
    assert blank[~servant].mean() == pytest.approx(0.1, abs=0.03)


def test_interviews_that_end_early_have_nothing_after_a_question():
    text = "equations: {breaks_off: {logit: {rate: 0.4}}}"
    occasion = survey(text)
    given = answers(text)
    early = occasion.world.values["breaks_off"] == 1
    assert early.mean() == pytest.approx(0.4, abs=0.04)
    assert given.loc[~early, ["weight", *SCALES, "join", "sex", "again"]].notna().all().all()
    asked = given.loc[early, ["weight", *SCALES, "join", "sex", "school", "area", "again"]].notna()
    assert (asked.to_numpy() == np.minimum.accumulate(asked.to_numpy(), axis=1)).all()
    assert given["agreed"].notna().all() and not asked["again"].any()


def test_nothing_is_answered_that_is_not_asked(root):
    generator = residents_ready()
    occasion = replicate(generator, 3).first
    given = occasion.interviews.given
    table = pd.DataFrame(given)
    for item in generator.main.questions:
        if item.asked_if and item.id in table:
            asked = holds(item.asked_if, table, generator.main.missing_values)
            assert table.loc[~asked, item.id].isna().all(), item.id
    assert table["consent"].eq(0).any() and table["s2"].eq(2).any()
    assert table.loc[table["consent"] == 0, "s1"].isna().all()
    assert table.loc[table["s2"] == 2, "mi1"].isna().all()
    assert table["b4band"].notna().any()
