"""k-anonymity: counted by hand, and a law of suppression."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.release.disclosure import anonymity, class_sizes, diversity, small_cells, suppress

CODE = -100
VALUE = st.sampled_from([1, 2, 3, None])


def table(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["a", "b", "c"], dtype="Int64")


def test_classes_by_hand_a_missing_value_being_one():
    data = table((1, 1, 0), (1, 1, 0), (1, None, 0), (1, None, 0), (2, 1, 0))
    assert class_sizes(data, ["a", "b"]).tolist() == [2, 2, 2, 2, 1]
    report = anonymity(data, ["a", "b"], 2, "before").iloc[0]
    assert report.to_dict() == {
        "stage": "before",
        "n": 5,
        "n_classes": 3,
        "smallest_class": 1,
        "limit": 2,
        "n_below": 1,
        "share_below": 0.2,
        "n_unique": 1,
    }


def test_the_identifier_listed_last_goes_first_and_in_small_classes_only():
    data = table((1, 1, 5), (1, 1, 6), (1, 2, 7), (1, 2, 8), (2, 1, 9))
    result, left = suppress(data, ["a", "b"], 2, CODE)
    assert result["a"].tolist() == [1, 1, 1, 1, CODE]
    assert result["b"].tolist() == [1, 1, 2, 2, CODE]
    assert left.tolist() == [False] * 4 + [True]
    assert result["c"].tolist() == data["c"].tolist()


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=25), k=st.integers(2, 6))
def test_after_suppression_every_class_is_large_enough_or_named(rows, k):
    data, names = table(*rows), ["a", "b", "c"]
    result, left = suppress(data, names, k, CODE)
    assert (class_sizes(result, names)[~left] >= k).all()
    assert left.sum() < k
    assert (result.loc[left] == CODE).all(axis=None)
    safe = class_sizes(data, names) >= k
    pd.testing.assert_frame_equal(result[safe], data[safe])
    same = (result == data) | (result.isna() & data.isna())
    assert ((result == CODE) | same).fillna(False).all(axis=None)


def test_small_cells_of_items_and_pairs_by_hand():
    data = table((1, 1, 1), (1, 1, 1), (1, 2, 1), (2, 2, 1), (None, 2, 1))
    cells = small_cells(data, ["a", "b"], ["a", "b"], 2)
    assert cells.to_numpy().tolist() == [
        ["a", "", 2, 1, 1, 1],
        ["b", "", 2, 0, 2, 0],
        ["a", "b", 3, 2, 1, 2],
    ]


def test_with_nothing_to_know_people_by_all_are_alike():
    assert class_sizes(table((1, 1, 1), (2, 2, 2)), []).tolist() == [2, 2]
    assert anonymity(table(), ["a"], 5, "before").loc[0, "smallest_class"] == 0
    with pytest.raises(KeyError):
        class_sizes(table((1, 1, 1)), ["unknown"])


def test_classes_that_agree_entirely_by_hand():
    data = table((1, 1, 5), (1, 1, 5), (1, 2, 5), (1, 2, 6), (2, 1, 7), (2, 1, None))
    found = diversity(data, data[["c"]].assign(other=1), ["a", "b"])
    assert found.to_numpy().tolist() == [["c", True, 3, 1, 2], ["other", False, 3, 3, 6]]
