"""Those who are asked again are the same persons, some days later, with new errors."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest

from coproduction.measurement.reliability.retest import retest_reliability
from coproduction.simulation.simulate import simulate

N = 800


@pytest.fixture(scope="module")
def again(residents, sheet, shipped_truth):
    """Many asked again, all careful, without acquiescence and with items that load alike."""
    truth = copy.deepcopy(shipped_truth)
    truth["communities"]["number"] = 90
    truth["retest"] |= {"respondents": N, "lost_links": 3}
    truth["dirt"] |= {"careless": 0.0, "break_offs": 0.0, "duplicates": 0.0, "tests": 0}
    truth["nonresponse"] |= {"item": 0.0}
    truth["items"]["acquiescence"] = 0.0
    for entry in truth["items"]["constructs"].values():
        entry["loadings"] = [0.65] * len(entry["loadings"])
    return simulate(residents, sheet, truth, seed=11)


@pytest.fixture(scope="module")
def pairs(again):
    """First and second answers of each linked person, same order."""
    links = again.retest.links
    sides = {}
    for name, answers, metadata, ids in (
        ("first", again.answers, again.metadata, links["first"]),
        ("second", again.retest.answers, again.retest.metadata, links["submission"]),
    ):
        place = pd.Series(answers.index, index=metadata["_uuid"])[ids]
        sides[name] = answers.loc[place].reset_index(drop=True)
        sides[f"{name}_start"] = pd.to_datetime(metadata.loc[place, "start"].str[:19].to_numpy())
    return sides


def keyed(answers, items) -> pd.DataFrame:
    table = answers[[item.id for item in items]].astype(float)
    table = table.where(table > 0)
    for item in items:
        if item.reverse:
            table[item.id] = 6 - table[item.id]
    return table


def test_only_those_who_agreed_to_it_are_asked_again(again, pairs):
    assert len(again.retest.answers) == N and len(again.retest.links) == N - 3
    assert (pairs["first"]["recontact"] == 1).all()
    assert again.retest.links["first"].is_unique
    assert set(again.retest.links["submission"]) <= set(again.retest.metadata["_uuid"])
    assert not set(again.retest.metadata["_uuid"]) & set(again.metadata["_uuid"])


def test_they_are_asked_ten_to_fourteen_days_later(pairs):
    days = (pairs["second_start"] - pairs["first_start"]).total_seconds() / 86400
    assert days.min() >= 10 and days.max() <= 14 + 1 / 24
    shares = [(np.floor(days) == day).mean() for day in range(10, 15)]
    assert shares == pytest.approx([0.2] * 5, abs=3.5 * np.sqrt(0.16 / N))


def test_facts_stay_what_they_were(pairs):
    for item in ("s3", "s4", "d2", "d9", "b1"):
        assert (pairs["first"][item] == pairs["second"][item]).all()


def alpha(table: pd.DataFrame) -> float:
    k = table.shape[1]
    return k / (k - 1) * (1 - table.var().sum() / table.sum(axis=1).var())


@pytest.mark.parametrize("construct", ["mi", "pl", "pc", "ec", "ct", "gg", "pi"])
def test_with_new_errors_the_retest_is_as_reliable_as_the_scale_is_consistent(
    pairs, residents, construct
):
    """Interviews that share nothing but latents are parallel forms: their ICC is reliability.

    So is alpha where items load alike.
    """
    items = residents.scale(construct)
    first, second = (keyed(pairs[name], items) for name in ("first", "second"))
    both = first.notna().all(axis=1) & second.notna().all(axis=1)
    first, second = first[both], second[both]
    scores = pd.DataFrame({"a": first.mean(axis=1), "b": second.mean(axis=1)})
    result = retest_reliability(scores)
    error = (1 - result.icc_agreement**2) / np.sqrt(result.n)
    expected = alpha(pd.concat([first, second]))
    assert result.icc_agreement == pytest.approx(expected, abs=3.5 * error)
    assert result.icc_agreement == pytest.approx(result.icc_consistency, abs=0.01)


def test_answers_to_an_item_are_not_simply_repeated(pairs, residents):
    for item in residents.scale("mi"):
        both = keyed(pairs["first"], [item]), keyed(pairs["second"], [item])
        known = both[0].notna() & both[1].notna()
        same = (both[0] == both[1])[known].mean().iloc[0]
        assert 0.25 < same < 0.65


def test_fewer_than_wanted_are_asked_where_too_few_agreed(residents, sheet, truth):
    truth["communities"]["number"] = 4
    truth["retest"]["respondents"] = 10_000
    few = simulate(residents, sheet, truth, seed=2)
    agreed = (few.answers["recontact"] == 1).sum()
    assert 0 < len(few.retest.answers) <= agreed


def test_the_retest_changes_nothing_of_the_study(residents, sheet, truth):
    truth["communities"]["number"] = 4
    some = simulate(residents, sheet, truth, seed=2)
    truth["retest"]["respondents"] = 0
    none = simulate(residents, sheet, truth, seed=2)
    for name in ("persons", "answers", "metadata", "communities", "contacts"):
        pd.testing.assert_frame_equal(getattr(some, name), getattr(none, name))
    assert none.retest.answers.empty and none.retest.links.empty
