"""Changes laid over a truth are merged by one rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.scenarios.merging import merged, nothing_to_take

leaves = st.one_of(st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=3))
blocks = st.recursive(
    st.dictionaries(st.sampled_from("abcd"), leaves, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), st.one_of(leaves, inner), max_size=3),
    max_leaves=8,
)


def paths(value: Any, before: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """What stands at the end of every chain of keys."""
    if not isinstance(value, dict) or not value:
        return {before: value}
    found: dict[tuple[str, ...], Any] = {}
    for key, each in value.items():
        found |= paths(each, (*before, key))
    return found


@given(blocks, blocks)
def test_what_is_changed_is_as_it_says_and_all_else_as_it_was(base, changes):
    result = paths(merged(base, changes))
    for path, value in paths(changes).items():
        if value != {}:
            assert result[path] == value
    for path, value in paths(base).items():
        met = any(path[: len(p)] == p or p[: len(path)] == path for p in paths(changes))
        if not met:
            assert result[path] == value


@given(blocks, blocks)
def test_the_same_changes_once_more_change_nothing(base, changes):
    once = merged(base, changes)
    assert merged(once, changes) == once
    assert merged(base, {}) == base


@pytest.mark.parametrize(
    ("base", "changes", "result"),
    [
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
        ({"a": [{"x": 1}]}, {"a": [{"y": 2}]}, {"a": [{"y": 2}]}),
        ({"a": {"x": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 2}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": None}}, {"a": {"y": 2}}),
    ],
)
def test_blocks_merge_all_else_is_replaced_and_nothing_takes_away(base, changes, result):
    before = repr(base)
    assert merged(base, changes) == result
    assert repr(base) == before


def test_what_is_not_there_cannot_be_taken_away():
    base = {"equations": {"served": {"causes": {"trust": 1}}}}
    gone = {"equations": {"served": {"causes": {"trust": None, "trsut": None}}}}
    ((path, message),) = nothing_to_take(base, gone)
    assert path == ("equations", "served", "causes", "trsut")
    assert "did you mean `trust`?" in message
