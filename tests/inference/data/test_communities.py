"""Community rows: joins, refusals, and indices computed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plans import communities_of, description_of

from coproduction.errors import Refusal, StudyError
from coproduction.inference.data.communities import (
    community_table,
    concentration,
    gini,
    join_sheets,
)
from coproduction.inference.descriptions import community_points
from coproduction.notes import Note

RULE = {"cluster": "place", "key": "code"}
PEOPLE = pd.DataFrame(
    {
        "place": ["a", "a", "a", "b", "b", "c"],
        "hours": [0.0, 2, 4, 1, np.nan, 5],
        "took_part": [0.0, 1, 1, 0, 1, 1],
        "school": [1.0, 2, 3, 1, 2, 3],
    }
)
SHEETS = pd.DataFrame({"code": ["a", "b"], "offers": [1.0, 0.0], "name": ["A", "B"]})


def test_every_resident_gets_the_sheet_of_the_own_community_and_keeps_the_order():
    joined = join_sheets(PEOPLE, SHEETS, communities_of(RULE))
    np.testing.assert_array_equal(joined["offers"], [1, 1, 1, 0, 0, np.nan])
    pd.testing.assert_frame_equal(joined[PEOPLE.columns.tolist()], PEOPLE)


@pytest.mark.parametrize("kind", ["Float64", "int64", "string"])
def test_a_code_is_the_same_as_a_number_and_as_text(kind):
    people = pd.DataFrame({"place": [101.0, 102.0, np.nan], "hours": [1.0, 2.0, 3.0]})
    sheets = pd.DataFrame({"code": [102, 101, 103], "offers": [2.0, 1.0, 3.0]}).astype(
        {"code": kind}
    )
    joined = join_sheets(people, sheets, communities_of({"cluster": "place", "key": "code"}))
    np.testing.assert_array_equal(joined["offers"], [1, 2, np.nan])
    np.testing.assert_array_equal(joined["place"], people["place"])
    table = community_table(joined, communities_of({"cluster": "place", "key": "code"}))
    assert table["place"].tolist() == [101, 102] and table["offers"].tolist() == [1, 2]


def test_an_unknown_community_has_no_sheet_though_a_sheet_is_unnamed():
    people = pd.DataFrame({"place": ["a", None], "hours": [1.0, 2.0]})
    sheets = pd.DataFrame({"code": ["a", None, None], "offers": [1.0, 2.0, 3.0]})
    joined = join_sheets(people, sheets, communities_of({"cluster": "place", "key": "code"}))
    np.testing.assert_array_equal(joined["offers"], [1, np.nan])


def test_a_description_of_what_a_community_does_not_share_is_refused():
    communities = pd.DataFrame({"place": ["a"], "rate": [0.5], "respondents": [9.0]})
    planned = {"id": "points", "outcome": "rate", "by": "hours"}
    with pytest.raises(Refusal) as refused:
        community_points(communities, description_of(planned))
    assert refused.value.note == Note(
        "not_of_communities", {"description": "points", "name": "hours"}
    )


def test_without_a_rule_nothing_is_joined():
    assert join_sheets(PEOPLE, None, None) is PEOPLE


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (None, "the study has no such data"),
        (pd.concat([SHEETS, SHEETS.head(1)]), "A code of `code` stands twice"),
        (
            SHEETS.assign(code=["y", "z"]),
            "No respondent's community has a sheet: of 6 respondents",
        ),
        (SHEETS.assign(code=None), "have one in `code`, and none is the same"),
        (SHEETS.iloc[:0], "of 0 sheets"),
    ],
)
def test_missing_or_repeated_sheets_are_refused(sheets, message):
    with pytest.raises(StudyError, match=message):
        join_sheets(PEOPLE, sheets, communities_of(RULE))


def test_a_community_has_one_row_with_what_its_residents_share_and_their_summaries():
    summaries = [
        {"id": "rate", "variable": "took_part", "statistic": "mean"},
        {"id": "inequality", "variable": "hours", "statistic": "gini"},
        {"id": "steep", "variable": "took_part", "statistic": "concentration", "by": "school"},
    ]
    rule = {**RULE, "minimum_respondents": 2, "summaries": summaries}
    table = community_table(
        join_sheets(PEOPLE, SHEETS, communities_of(RULE)), communities_of(rule)
    ).set_index("place")
    assert table["respondents"].tolist() == [3, 2, 1]
    assert table.loc["a", "offers"] == 1 and table.loc["b", "offers"] == 0
    assert "hours" not in table and "school" not in table
    assert table.loc["a", "rate"] == pytest.approx(2 / 3)
    # Hours 0, 2, 4: Σ (2i − n − 1) x / (Σx (n − 1)) = (0·−2 + 2·0 + 4·2) / (6 · 2).
    assert table.loc["a", "inequality"] == pytest.approx(2 / 3)
    # One known amount has no inequality; three residents with 0, 1, 1 have
    # 8 mean((y − ȳ)(r − r̄)) = 8/3 · (1/3 · 2/3) at ranks 1/6, 1/2, 5/6.
    assert np.isnan(table.loc["b", "inequality"])
    assert table.loc["a", "steep"] == pytest.approx(8 / 3 * (2 / 3 * 1 / 3 + 1 / 3 * 1 / 3))
    assert np.isnan(table.loc["c", ["rate", "inequality", "steep"]].to_numpy(float)).all()


def test_a_published_gini_is_matched():
    # Deltas (2003): with everything in one hand the corrected coefficient is 1 at any n.
    assert gini([0, 0, 0, 7]) == 1
    assert gini([3, 3, 3]) == 0
    # Mean absolute difference of 1, 2, 6 is (1 + 5 + 4) / 3; half of it over the mean 3.
    assert gini([6, 1, 2]) == pytest.approx(10 / 3 / 2 / 3)


@pytest.mark.parametrize("values", [[], [4.0], [0.0, 0.0]])
def test_inequality_of_nothing_is_unknown(values):
    assert np.isnan(gini(values))


AMOUNTS = arrays(float, st.integers(2, 12), elements=st.integers(0, 50).map(float)).filter(
    lambda values: values.sum() > 0
)


@given(AMOUNTS, st.floats(0.1, 10))
def test_inequality_is_half_the_relative_mean_difference_and_free_of_the_unit(values, factor):
    n = len(values)
    differences = np.abs(values[:, None] - values).sum() / (n * (n - 1))
    assert gini(values) == pytest.approx(differences / 2 / values.mean())
    assert gini(values * factor) == pytest.approx(gini(values))
    assert 0 <= gini(values) <= 1 + 1e-12


def test_concentration_reaches_its_bounds_when_half_take_part_in_order_of_rank():
    assert concentration([0, 0, 1, 1], [1, 2, 3, 4]) == pytest.approx(1)
    assert concentration([1, 1, 0, 0], [1, 2, 3, 4]) == pytest.approx(-1)
    assert concentration([1, 0, 0, 1], [1, 2, 3, 4]) == pytest.approx(0)


@given(
    arrays(float, 10, elements=st.sampled_from([0.0, 1.0])),
    arrays(float, 10, elements=st.integers(1, 5).map(float)).filter(
        lambda by: len(np.unique(by)) > 1
    ),
)
def test_concentration_is_erreygers_index_and_turns_with_the_outcome(outcome, by):
    # Erreygers' index is 4 × mean × the concentration index 2 cov(y, r) / mean, i.e. 8 cov(y, r).
    rank = pd.Series(by).rank().to_numpy() / 10 - 0.05
    covariance = np.cov(outcome, rank, ddof=0)[0, 1]
    assert concentration(outcome, by) == pytest.approx(8 * covariance, abs=1e-12)
    assert concentration(1 - outcome, by) == pytest.approx(-concentration(outcome, by), abs=1e-12)
    assert -1 - 1e-12 <= concentration(outcome, by) <= 1 + 1e-12


@pytest.mark.parametrize("by", [[1.0], [2.0, 2.0, 2.0]])
def test_concentration_needs_ranks_that_differ(by):
    assert np.isnan(concentration([1.0] * len(by), by))


AMOUNTS = np.array([0.0, 3.0, 1.0, 3.0, 8.0])
RANKS = np.array([1.0, 2.0, 2.0, 3.0, 1.0])
OFTEN = np.array([2, 1, 3, 1, 2])


def test_a_weighted_gini_is_the_mean_difference_of_the_population():
    shares = OFTEN / OFTEN.sum()
    apart = np.abs(AMOUNTS[:, None] - AMOUNTS)
    expected = shares @ apart @ shares / (2 * shares @ AMOUNTS) / (1 - shares @ shares)
    assert gini(AMOUNTS, OFTEN * 7.0) == pytest.approx(expected, rel=1e-12)
    assert gini(AMOUNTS, np.full(5, 3.0)) == pytest.approx(gini(AMOUNTS), rel=1e-12)
    assert np.isnan(gini([0.0, 0.0], np.ones(2))) and np.isnan(gini([2.0], np.ones(1)))


def test_a_weighted_concentration_is_that_of_repeated_rows():
    took = (AMOUNTS > 2) * 1.0
    many = concentration(np.repeat(took, OFTEN), np.repeat(RANKS, OFTEN))
    assert concentration(took, RANKS, OFTEN * 0.5) == pytest.approx(many, rel=1e-12)


def test_summaries_with_weights_are_those_of_the_community_s_population():
    rule = communities_of(
        {
            **RULE,
            "minimum_respondents": 2,
            "summaries": [{"id": "rate", "variable": "took_part", "statistic": "mean"}],
        }
    )
    weights = np.array([4.0, 1.0, 1.0, 3.0, 1.0, 1.0])
    found = community_table(PEOPLE, rule, weights)["rate"]
    np.testing.assert_allclose(found, [2 / 6, 1 / 4, np.nan])
    pd.testing.assert_frame_equal(
        community_table(PEOPLE, rule, np.full(6, 2.0)), community_table(PEOPLE, rule)
    )
