"""The same persons are asked again: what persists, what is new, who is left, what has started."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from towns import alpha, ready

from coproduction.measurement.reliability.retest import retest_reliability
from coproduction.simulation.replicate import Replicate, replicate

AGAIN = """
communities: {number: 40, residents: {mean: 200}}
equations:
  again: {categories: {shares: {"1": 0.8, "2": 0.2}}}
scales: {loading: 0.65, reversed_loading: 0.65}
sample: {frames: {address: {drawn: {mean: 80}}}}
retest: {respondents: 1500, lost_links: 3}
"""
PANEL = """
communities: {number: 60, residents: {mean: 100}}
conditions: {servant: "served == 1"}
equations:
  firm: {logit: {rate: 0.2, exact: true}}
  duty: {stability: 0.6}
  mood: {stability: 0}
  duty_before: {before: {of: duty}}
  served: {logit: {rate: 0.3, values: [2, 1]}, causes: {firm: 1.5, duty: 0.5}}
  effort: {normal: {sd: 1}, causes: {duty_before: 0.7}}
  stays: {logit: {rate: 0.8}, causes: {duty: 0.8}}
sample: {frames: {address: {drawn: {mean: 60}}}}
panel:
  stability: 0.8
  waves:
    - {id: second, days: 365, starts: {firm: 0.25}}
    - {id: third, days: 730, starts: {firm: 0.5}, shifts: {effort: 2}}
"""


@cache
def study(text: str) -> Replicate:
    return replicate(ready(text), 9)


def test_only_those_who_agreed_to_it_are_asked_again_and_some_links_are_lost():
    made, again = study(AGAIN), study(AGAIN).later["retest"]
    assert len(again.persons) == 1500 and len(set(again.persons)) == 1500
    assert (made.first.interviews.given["again"][again.persons] == 1).all()
    links = made.links["retest"]
    assert len(links) == 1497 and links["first"].is_unique
    assert set(links["submission"]) <= set(again.forms.submission)
    assert set(links["first"]) <= set(made.first.forms.submission)
    assert (links["submitted_by"] == "simulator").all()
    pairs = dict(zip(again.made.submission, again.persons, strict=True))
    first = dict(zip(made.first.made.submission, range(10_000), strict=False))
    assert all(pairs[a] == first[b] for a, b in links[["submission", "first"]].to_numpy())


def test_they_are_asked_ten_to_fourteen_days_later():
    made, again = study(AGAIN), study(AGAIN).later["retest"]
    passed = again.made.started - made.first.made.started[again.persons]
    days = passed / np.timedelta64(1, "D")
    assert days.min() >= 10 and days.max() <= 14 + 1 / 24
    shares = [(np.floor(days) == day).mean() for day in range(10, 15)]
    assert shares == pytest.approx([0.2] * 5, abs=0.04)


def test_what_is_true_stays_and_errors_are_new():
    made, again = study(AGAIN), study(AGAIN).later["retest"]
    for name, values in again.world.values.items():
        if len(values) == len(again.persons):
            assert np.array_equal(values, made.first.world.values[name][again.persons]), name
    before, after = (each.interviews.given["t1"] for each in (made.first, again))
    assert 0.3 < (before[again.persons] == after).mean() < 0.65


def test_the_retest_is_as_reliable_as_a_scale_of_items_alike_is_consistent():
    made, again = study(AGAIN), study(AGAIN).later["retest"]
    sides = []
    for each, rows in ((made.first, again.persons), (again, np.arange(1500))):
        given = each.interviews.given
        sides.append(
            np.column_stack([given["t1"], given["t2"], given["t3"], 6 - given["t4"]])[rows]
        )
    import pandas as pd

    scores = pd.DataFrame({"a": sides[0].mean(axis=1), "b": sides[1].mean(axis=1)})
    found = retest_reliability(scores)
    error = (1 - found.icc_agreement**2) / np.sqrt(1500)
    assert found.icc_agreement == pytest.approx(alpha(np.vstack(sides)), abs=4 * error)


def test_fewer_than_wanted_are_asked_where_too_few_agreed_and_nothing_else_changes():
    few = study(AGAIN.replace("1500", "10000"))
    agreed = few.first.interviews.given["again"] == 1
    assert len(few.later["retest"].persons) == agreed.sum()
    none = study(AGAIN.replace("1500", "0"))
    assert not none.later and not none.links
    for name, values in none.first.answers.items():
        same = study(AGAIN).first.answers[name]
        assert np.array_equal(values, same, equal_nan=values.dtype != object), name


def test_careless_persons_are_others_the_second_time():
    text = AGAIN.replace("scales:", "  careless: {logit: {rate: 0.3}}\nscales:", 1)
    made, again = study(text), study(text).later["retest"]
    first = made.first.interviews.careless[again.persons]
    second = again.interviews.careless
    assert (first & second).mean() == pytest.approx(0.09, abs=0.03)


def test_errors_persist_as_far_as_they_are_stable():
    made = study(PANEL)
    for wave, power in (("second", 1), ("third", 2)):
        later = made.later[wave]
        before = {name: values for name, values in made.first.world.values.items()}
        for name, stability in (("duty", 0.6), ("trust", 0.8), ("mood", 0.0)):
            found = np.corrcoef(before[name][later.persons], later.world.values[name])[0, 1]
            # Those who stay differ less in duty, which takes a little off.
            assert found == pytest.approx(stability**power, abs=0.07), (wave, name)
        assert np.array_equal(before["sex"][later.persons], later.world.values["sex"])
        assert later.world.values["trust"].var() == pytest.approx(1, abs=0.08)


def test_those_who_are_likelier_to_stay_stay():
    made = study(PANEL)
    second, third = made.later["second"].persons, made.later["third"].persons
    n = len(made.first.world.place)
    assert len(second) / n == pytest.approx(0.8, abs=0.03)
    assert set(third) < set(second) < set(range(n))
    duty = made.first.world.values["duty"]
    assert duty[second].mean() > duty.mean() + 0.1
    assert np.array_equal(second, np.flatnonzero(made.first.world.values["stays"] == 1))


def test_a_treatment_starts_in_steps_and_lasts():
    made = study(PANEL)
    firms = [made.first.world.values["firm"]]
    firms += [made.later[wave].world.values["firm"] for wave in ("second", "third")]
    assert [int(each.sum()) for each in firms] == [12, 24, 42]
    assert (firms[0] <= firms[1]).all() and (firms[1] <= firms[2]).all()
    new = (firms[1] > firms[0])[made.later["second"].world.place]
    old = made.later["second"].persons
    gain = (made.later["second"].world.values["served"] == 1)[new].mean()
    gain -= (made.first.world.values["served"] == 1)[old][new].mean()
    assert gain > 0.15


def test_a_variable_can_follow_from_the_wave_before_and_be_shifted():
    made = study(PANEL)
    second, third = made.later["second"].world, made.later["third"].world
    rows = np.isin(made.later["second"].persons, made.later["third"].persons)
    duty = second.values["duty"][rows]
    assert np.array_equal(third.values["duty_before"], duty)
    assert np.polyfit(duty, third.values["effort"], 1) == pytest.approx([0.7, 2], abs=0.1)
    assert second.values["effort"].mean() == pytest.approx(0.1, abs=0.15)


def test_waves_come_in_at_their_time_with_links_to_the_first():
    made = study(PANEL)
    third = made.later["third"]
    passed = third.made.started.min() - made.first.made.started.min()
    assert passed / np.timedelta64(1, "D") == pytest.approx(730, abs=2)
    assert len(made.links["third"]) == len(third.persons)
    assert not set(third.forms.submission) & set(made.first.forms.submission)
