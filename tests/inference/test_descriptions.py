from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plans import description_of
from scipy import stats

from coproduction.errors import StudyError
from coproduction.inference.descriptions import community_points, group_means
from coproduction.inference.hidden import hide_groups
from coproduction.rows import Rows, rows_of


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(7)
    group, place = rng.integers(0, 3, 300), rng.integers(0, 30, 300)
    score = group + rng.normal(size=30)[place] + rng.normal(size=300) * (1 + group)
    return pd.DataFrame({"group": group, "place": place, "score": score}).astype(float)


def test_means_and_sizes_are_those_of_the_groups(people):
    table = group_means(people, description_of({"id": "d", "outcome": "score", "by": "group"}))
    by_hand = people.groupby("group")["score"].agg(["mean", "size"])
    assert table["estimate"].to_numpy() == pytest.approx(by_hand["mean"].to_numpy())
    assert table["n_cell"].tolist() == by_hand["size"].tolist()
    assert table["level"].tolist() == ["0", "1", "2"]


def test_without_clusters_errors_are_those_of_unequal_variances(people):
    """HC3 of a mean is s / sqrt(n - 1) with s over n: the residuals over 1 - 1/n."""
    table = group_means(people, description_of({"id": "d", "outcome": "score", "by": "group"}))
    for (_, rows), error in zip(people.groupby("group"), table["std_error"], strict=True):
        n = len(rows)
        residuals = rows["score"] - rows["score"].mean()
        assert error == pytest.approx(np.sqrt((residuals**2).sum()) / (n - 1))


def test_one_cluster_per_row_gives_the_error_of_a_mean(people):
    """CR2 with clusters of one row is HC2: for a group's mean its s / sqrt(n)."""
    single = people.assign(place=np.arange(300.0))
    planned = {"id": "d", "outcome": "score", "by": "group", "cluster": "place"}
    table = group_means(single, description_of(planned))
    expected = people.groupby("group")["score"].agg(lambda rows: stats.sem(rows))
    assert table["std_error"].to_numpy() == pytest.approx(expected.to_numpy())


def test_intervals_of_clustered_means_are_wider(people):
    plain = {"id": "d", "outcome": "score", "by": "group"}
    clustered = group_means(people, description_of({**plain, "cluster": "place"}))
    assert (clustered["n_clusters"] == 30).all()
    assert (
        clustered["std_error"].iloc[0]
        > group_means(people, description_of(plain))["std_error"].iloc[0]
    )


def weighted(people: pd.DataFrame) -> Rows:
    rng = np.random.default_rng(3)
    made = rows_of(people, "place")
    return replace(made, weight=rng.uniform(0.5, 4, len(people)))


def test_means_are_weighted_where_rows_have_weights_and_the_others_stand_beside(people):
    planned = description_of({"id": "d", "outcome": "score", "by": "group", "cluster": "place"})
    rows = weighted(people)
    table, alike = group_means(people, planned, rows=rows), group_means(people, planned)
    by_hand = [
        np.average(people["score"][cell], weights=rows.weight[cell])
        for cell in (people["group"].eq(level) for level in range(3))
    ]
    assert table["estimate"].to_numpy() == pytest.approx(by_hand)
    assert table["unweighted"].to_numpy() == pytest.approx(alike["estimate"].to_numpy())
    assert table["weights"].eq("study").all() and alike["weights"].eq("none").all()
    assert alike["unweighted"].isna().all()


def test_weights_that_are_all_the_same_change_no_mean_and_no_error(people):
    planned = description_of({"id": "d", "outcome": "score", "by": "group", "cluster": "place"})
    same = replace(rows_of(people, "place"), weight=np.full(len(people), 2.5))
    names = ["estimate", "std_error", "df", "conf_low", "conf_high"]
    pd.testing.assert_frame_equal(
        group_means(people, planned, rows=same)[names], group_means(people, planned)[names]
    )


def test_few_people_behind_a_weighted_share_are_hidden_with_what_stands_beside_it(people):
    rare = people.assign(score=(np.arange(300) % 100 == 0) * 1.0)
    planned = description_of({"id": "d", "outcome": "score", "by": "group", "cluster": "place"})
    table = group_means(rare, planned, rows=weighted(people))
    shown = hide_groups(table, 5, ["description"])
    assert shown[["estimate", "unweighted", "n_cell"]].isna().all(axis=None)


def test_one_group_alone_is_refused(people):
    alone = people.assign(group=1.0)
    with pytest.raises(StudyError, match="same value"):
        group_means(alone, description_of({"id": "d", "outcome": "score", "by": "group"}))


def test_points_carry_no_name_and_leave_out_what_is_unknown():
    places = pd.DataFrame(
        {"place": ["b", "a", "c"], "rate": [0.5, 0.25, np.nan], "offer": [2, 1, 1]}
    ).assign(respondents=[30, 20, 5])
    points = community_points(places, description_of({"id": "d", "outcome": "rate", "by": "offer"}))
    assert points[["value", "estimate", "n"]].to_numpy().tolist() == [[1, 0.25, 20], [2, 0.5, 30]]
    assert "place" not in points
