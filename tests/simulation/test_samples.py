"""Persons are drawn with known probabilities, and what is known of everyone is right."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from towns import ready

from coproduction.simulation.replicate import Replicate, replicate
from coproduction.simulation.residents import population
from coproduction.simulation.streams import Streams

SAMPLED = """
communities: {number: 60, residents: {mean: 300, spread: 60, least: 100}}
conditions: {servant: "served == 1", woman: "sex == 1"}
equations:
  served: {logit: {rate: 0.2, values: [2, 1]}, causes: {duty: 0.8}}
  sex: {logit: {rate: 0.55, values: [2, 1]}, causes: {duty: 0.3}}
  responds: {logit: {rate: 0.6}, causes: {woman: 0.7}}
sample:
  frames:
    address: {drawn: {mean: 40, spread: 5, least: 10}}
    roster: {drawn: {mean: 12, spread: 2, least: 3}, where: servant}
  dispositions: {"2.11": 0.7, "2.20": 0.3}
  seen: {"4.70": "adult == 2"}
  margins: [sex, area]
"""


@cache
def study(number: int = 0) -> Replicate:
    return replicate(ready(SAMPLED), 11, number)


def everyone(number: int = 0):
    """Who is drawn, as the log and what is true of them tell."""
    generator, streams = ready(SAMPLED), Streams(11, number)
    return population(generator, streams)[0]


def test_frames_list_who_is_on_them_and_say_how_many_were_drawn():
    frames, residents = study().frames, everyone()
    address = frames[frames["frame"] == "address"]
    assert np.array_equal(address["listed"], np.bincount(residents.place))
    roster = frames[frames["frame"] == "roster"]
    servants = np.bincount(residents.place, residents.values["served"] == 1)
    assert np.array_equal(roster["listed"], servants)
    assert (frames["drawn"] <= frames["listed"]).all()
    assert address["drawn"].mean() == pytest.approx(40, abs=2.5)


def test_everybody_drawn_is_in_the_log_once_under_the_first_list():
    log, frames = study().contacts, study().frames
    assert log["contact"].is_unique
    drawn = frames.groupby("frame")["drawn"].sum()
    assert (log["frame"] == "address").sum() == drawn["address"]
    assert (log["frame"] == "roster").sum() < drawn["roster"]


def test_probabilities_add_up_to_the_residents():
    totals = [
        (1 / study(k).contacts["probability"]).sum() / len(everyone(k).place) for k in range(6)
    ]
    assert np.mean(totals) == pytest.approx(1, abs=0.01)


def test_the_list_of_servants_is_oversampled_and_weights_undo_it():
    shares = {"plain": [], "weighted": []}
    for number in range(6):
        made = study(number)
        responded = made.contacts["submission"] != ""
        weight = 1 / made.contacts["probability"][responded].to_numpy()
        served = made.first.world.values["served"] == 1
        shares["plain"].append(served.mean())
        shares["weighted"].append(np.average(served, weights=weight))
    assert np.mean(shares["plain"]) > 0.33
    # Women respond more often, and serve no more often, given duty.
    assert np.mean(shares["weighted"]) == pytest.approx(0.2, abs=0.03)


def test_margins_are_those_of_all_residents():
    residents = everyone()
    table = study().margins
    assert set(table["item"]) == {"sex", "area"}
    for item, rows in table.groupby("item"):
        assert rows["share"].sum() == pytest.approx(1)
        for row in rows.itertuples():
            assert row.residents == (residents.of(item) == row.value).sum()


def test_as_many_respond_as_planned_and_those_more_often_who_are_likelier_to():
    logs = [study(k).contacts for k in range(4)]
    rate = np.mean([(log["submission"] != "").mean() for log in logs])
    assert rate == pytest.approx(0.6, abs=0.03)
    women = np.mean([(study(k).first.world.values["sex"] == 1).mean() for k in range(4)])
    assert women > 0.58
    lost = logs[0].loc[logs[0]["submission"] == "", "disposition"].value_counts(normalize=True)
    assert lost["2.11"] == pytest.approx(0.7, abs=0.05) and set(lost.index) == {"2.11", "2.20"}


def test_a_log_links_every_interview_to_its_form():
    made = study()
    linked = made.contacts.loc[made.contacts["submission"] != "", "submission"]
    assert linked.is_unique
    assert set(linked) == set(made.first.forms.submission)
    assert (made.contacts["submitted_by"] == "simulator").all()


def test_without_a_word_on_it_all_are_asked_by_address_and_respond():
    made = replicate(ready("communities: {number: 5}"), 1)
    assert set(made.contacts["frame"]) == {"address"}
    assert (made.contacts["disposition"] == "1.10").all()
    assert len(made.first.forms.submission) == made.frames["drawn"].sum() == 5 * 24


def test_what_is_seen_at_the_door_is_the_disposition():
    text = SAMPLED.replace(
        "equations:", "equations:\n  adult: {logit: {rate: 0.1, values: [1, 2]}}"
    )
    made = replicate(ready(text), 1)
    responded = made.contacts[made.contacts["submission"] != ""]
    minors = made.first.world.values["adult"] == 2
    assert np.array_equal(responded["disposition"] == "4.70", minors)
