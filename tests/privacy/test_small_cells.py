"""Hidden numbers stay hidden from those who subtract, and from those who know the rule as well."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.privacy.small_cells import hidden_cells, hide_flagged, protect, rare, with_others

COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=8)


@given(COUNTS, st.integers(2, 12))
def test_no_number_below_the_smallest_is_shown_and_none_can_be_had_from_the_total(numbers, minimum):
    counts = pd.Series(numbers)
    hidden = rare(counts, minimum)
    assert set(counts.index[(counts > 0) & (counts < minimum)]) <= set(hidden)
    assert hidden.empty == ((counts == 0) | (counts >= minimum)).all()
    if len(hidden):
        assert counts[hidden].sum() >= minimum or len(hidden) == len(counts)
        assert len(hidden) > 1 or len(counts) == 1


@pytest.mark.parametrize(("cells", "largest", "minimum"), [(3, 24, 5), (4, 9, 3), (4, 11, 4)])
def test_who_knows_the_rule_and_the_total_cannot_tell_a_hidden_number(cells, largest, minimum):
    """Every table of counts that looks alike from outside is a table that may have been."""
    alike = defaultdict(list)
    for counts in product(range(largest + 1), repeat=cells):
        hidden = tuple(sorted(rare(pd.Series(counts), minimum))) if min(counts) < minimum else ()
        shown = tuple(n for place, n in enumerate(counts) if place not in hidden)
        alike[hidden, shown, sum(counts)].append(counts)
    told = {
        counts
        for (hidden, _, _), tables in alike.items()
        for place in hidden
        if len({table[place] for table in tables}) == 1
        for counts in tables
    }
    # Where everybody gave an answer of their own, the total alone says so.
    assert told <= {(1,) * cells}


def test_others_are_hidden_until_the_sum_says_nothing():
    counts = pd.Series({"a": 2, "b": 40, "c": 9, "d": 0})
    assert set(rare(counts, 5)) == {"a", "c"}
    assert set(with_others(counts, ["b"], 5)) == {"a", "b"}
    assert rare(counts, 2).empty
    assert set(rare(pd.Series({"a": 3, "b": 0}), 5)) == {"a", "b"}


def table(item: str, answers: dict[str, int], missing: dict[str, int] | None = None):
    """Frequencies of a question, as `frequencies` counts them."""
    missing = missing or {}
    answered = sum(answers.values())
    asked = answered + sum(n for kind, n in missing.items() if kind != "not_asked")
    rows = [(item, "answer", v, n, n / answered, n / asked) for v, n in answers.items()]
    rows += [(item, kind, "", n, float("nan"), n / asked) for kind, n in missing.items()]
    frame = pd.DataFrame(rows, columns=["item", "kind", "value", "n", "share", "share_asked"])
    frame.loc[frame["kind"] == "not_asked", "share_asked"] = float("nan")
    return frame.assign(minimum=float("nan"), maximum=float("nan"), mean=2.0, sd=1.0)


def told(*counted: tuple[str, int]) -> pd.Series:
    return pd.Series([value for value, n in counted for _ in range(n)])


def test_kinds_of_missing_answers_are_shown_where_they_say_nothing_of_answers():
    rows = table("a", {"1": 100, "2": 20, "3": 3}, {"refused": 2, "no_answer": 40})
    made = protect(rows, 5, pd.DataFrame())
    assert hidden_cells(made) == {"a": {"2", "3"}}
    assert made.loc[made["value"] == "1", "share"].notna().all()


def test_where_all_answers_are_few_a_kind_of_missing_answer_is_hidden_with_them():
    rows = table("a", {"1": 2, "2": 1}, {"not_asked": 90, "refused": 7})
    made = protect(rows, 5, pd.DataFrame())
    assert hidden_cells(made) == {"a": {"1", "2", "refused"}}
    assert made["share"].isna().all()


def test_how_many_were_not_asked_does_not_tell_who_gave_a_hidden_answer():
    rows = pd.concat(
        [
            table("a", {"1": 60, "2": 30, "3": 4}),
            table("b", {"1": 50, "2": 40}, {"not_asked": 4}),
            table("c", {"1": 20, "2": 10}, {"not_asked": 64}),
        ]
    )
    a = told(("1", 60), ("2", 30), ("3", 4))
    answers = pd.DataFrame(
        {
            "a": a,
            "b": a.map({"1": "1", "2": "2", "3": "not_asked"}),
            "c": a.map({"1": "not_asked", "2": "1", "3": "not_asked"}),
        }
    )
    made = protect(rows, 5, answers, routes={"b": {"a"}, "c": {"a"}})
    hidden = hidden_cells(made)
    assert hidden["a"] == {"2", "3"}
    assert hidden["b"] >= {"not_asked"} < hidden["b"]
    assert hidden["c"] >= {"not_asked"} < hidden["c"]
    assert made.loc[made["item"] != "a", "share_asked"].isna().all()


def test_in_a_multiple_choice_few_who_did_not_tick_are_hidden_too():
    rows = table("a", {"1": 98, "2": 30, "3": 50}).assign(share=lambda t: t["n"] / 100)
    made = protect(rows, 5, pd.DataFrame(), several={"a"})
    assert "1" in hidden_cells(made)["a"]


def test_few_flagged_rows_are_hidden_with_those_of_another_flag():
    names = ["fast", "busy", "any_flag", "two_or_more_flags"]
    quality = pd.DataFrame({"index": names, "n_flagged": [30, 4, 33, 0]})
    made = hide_flagged(quality.assign(share=quality["n_flagged"] / 90), 5).set_index("index")
    assert made["n_flagged"].isna().tolist() == [True, True, False, False]
    assert made["share"].isna().tolist() == [True, True, False, False]
