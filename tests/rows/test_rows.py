"""What rows stand for: laws that every part of the object keeps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.errors import Refusal, StudyError
from coproduction.rows import (
    Rows,
    check_clusters,
    clustered,
    membership,
    rows_across,
    rows_at,
    rows_of,
)

COLUMN = pd.Series(["b", "a", None, "b", "c", None, "a"], index=list("tuvwxyz"))
columns = st.lists(st.sampled_from(["a", "b", "c", "d", None]), min_size=1, max_size=30)


def names_of(rows: Rows) -> list[str | None]:
    """Cluster of each row by its name."""
    return [rows.cluster.names[code] if code >= 0 else None for code in rows.cluster.codes]


@given(columns, st.data())
def test_rows_chosen_and_then_sorted_are_rows_sorted_and_then_chosen(values, data):
    column = pd.Series(values, dtype=object)
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))))
    one, other = clustered(column)[kept], clustered(column[kept])
    assert one.index.equals(other.index)
    np.testing.assert_array_equal(one.cluster.codes, other.cluster.codes)
    assert one.cluster.names.tolist() == other.cluster.names.tolist()


@given(columns, st.randoms())
def test_the_order_of_rows_changes_nothing_but_their_order(values, random):
    column = pd.Series(values, dtype=object)
    places = np.array(random.sample(range(len(values)), len(values)))
    moved = clustered(column)[places]
    assert names_of(moved) == [values[place] for place in places]
    assert moved.n_clusters == clustered(column).n_clusters
    back = moved.at(column.index)
    np.testing.assert_array_equal(back.cluster.codes, clustered(column).cluster.codes)


@given(columns)
def test_sums_within_clusters_leave_out_rows_of_no_known_cluster(values):
    column, amounts = pd.Series(values, dtype=object), np.arange(2.0 * len(values)).reshape(-1, 2)
    rows = clustered(column)
    expected = pd.DataFrame(amounts).groupby(column).sum()
    np.testing.assert_array_equal(rows.cluster.sums(amounts), expected)
    assert rows.cluster.names.tolist() == expected.index.tolist()
    assert rows.cluster.sizes.tolist() == column.value_counts().sort_index().tolist()


def test_clusters_have_the_order_of_their_values_and_the_names_of_the_questionnaire():
    assert membership(pd.Series([10, 9, 101])).names.tolist() == ["9", "10", "101"]
    assert membership(pd.Series([2.0, np.nan, 1.0])).names.tolist() == ["1", "2"]
    strings = membership(pd.Series(["C2", pd.NA, "C1"], dtype="string"))
    assert strings.names.tolist() == ["C1", "C2"] and strings.codes.tolist() == [1, -1, 0]


def test_rows_that_nothing_is_told_of_stand_each_for_itself():
    rows = rows_of(pd.DataFrame({"x": range(4)}))
    assert rows.n_clusters is None and len(rows) == 4
    assert rows.sampling_units.tolist() == rows.together.codes.tolist() == [0, 1, 2, 3]
    assert rows_at(rows.index, None).n_clusters is None
    assert rows[np.array([True, False, True, False])].sampling_units.tolist() == [0, 1]


def test_what_is_drawn_as_a_whole_does_not_depend_on_names():
    units = clustered(COLUMN).sampling_units
    assert units.tolist() == [0, 1, 2, 0, 3, 4, 1]
    renamed = clustered(COLUMN.map({"a": "z", "b": "m", "c": "a"}))
    assert renamed.sampling_units.tolist() == units.tolist()


def test_rows_of_no_known_cluster_can_be_put_into_one_of_their_own():
    apart = clustered(COLUMN).apart
    assert apart.cluster.known.all() and apart.n_clusters == 5
    assert apart.sampling_units.tolist() == clustered(COLUMN).sampling_units.tolist()
    assert rows_of(pd.DataFrame(index=range(3))).apart.n_clusters is None


def test_rows_are_found_again_by_their_labels():
    rows = clustered(COLUMN)
    assert rows.at(COLUMN.index) is rows
    some = rows.at(pd.Index(["z", "t"]))
    assert names_of(some) == ["a", "b"] and some.index.tolist() == ["z", "t"]
    with pytest.raises(StudyError, match="A row labelled `q` is not among those"):
        rows.at(pd.Index(["t", "q"]))
    with pytest.raises(StudyError, match="only if no two have the same"):
        clustered(pd.Series([1, 2], index=[0, 0])).at(pd.Index([0]))
    with pytest.raises(StudyError, match="3 rows cannot be chosen or left out of 7"):
        rows[np.array([True, False, True])]


def test_parts_number_their_clusters_alike():
    first, second = clustered(COLUMN).split([3, 4])
    assert first.index.tolist() == list("tuv") and second.index.tolist() == list("wxyz")
    assert names_of(first) == ["b", "a", None] and names_of(second) == ["b", "c", None, "a"]
    assert first.cluster.names.tolist() == second.cluster.names.tolist() == ["a", "b", "c"]
    assert first.cluster.sizes.tolist() == [1, 1, 0]
    assert [len(part) for part in rows_of(pd.DataFrame(index=range(5))).split([2, 3])] == [2, 3]


def parts_of(groups: list[str]) -> tuple[list[pd.DataFrame], list[str]]:
    table = pd.DataFrame({"group": groups})
    return [part for _, part in table.groupby("group")], sorted(set(groups))


@pytest.mark.parametrize(
    ("clusters", "refusal"),
    [
        ([1, 2, 1, 2], None),
        ([1, 2, None, 2], "cluster_unknown"),
        ([1, 1, 1, 1], "needs_two_clusters"),
        ([1, 1, 1, 2], "group_in_one_cluster"),
    ],
)
def test_clusters_from_which_nothing_can_be_learnt_are_refused(clusters, refusal):
    rows, (parts, names) = clustered(pd.Series(clusters)), parts_of(["x", "x", "y", "y"])
    if refusal is None:
        assert rows_across(rows, parts, names, "cluster").n_clusters == 2
    else:
        with pytest.raises(Refusal) as error:
            rows_across(rows, parts, names, "cluster")
        assert error.value.note.code == refusal


def test_groups_that_are_one_cluster_each_leave_their_rows_independent():
    parts, names = parts_of(["y", "x", "y", "x"])
    found = rows_across(clustered(pd.Series([1, 2, 1, 2])), parts, names, "cluster")
    assert found.n_clusters is None and found.index.tolist() == [1, 3, 0, 2]


def test_independent_rows_are_never_refused():
    check_clusters(rows_of(pd.DataFrame(index=range(2))))
    check_clusters(clustered(COLUMN).independent)
