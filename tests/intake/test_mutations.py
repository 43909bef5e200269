"""A small fixed sample of damaged files: each is read rightly, read with findings, or refused."""

from __future__ import annotations

import random

import pytest
from judged import answered_by_chance, outcome
from mutate import MUTATIONS, Case

GOOD = {"read", "read_with_findings", "refused"}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_damaged_file_is_never_read_wrongly(name: str, seed: int, demo) -> None:
    draw = random.Random(f"{name} {seed}")
    people = answered_by_chance(demo, 5, draw)
    result, told = outcome(MUTATIONS[name](Case(demo, people, draw)), demo, people)
    assert result in GOOD, told
    assert "\n" not in told


@pytest.mark.parametrize("name", ["shuffled_columns", "shuffled_rows", "mixed_line_ends"])
def test_harmless_changes_change_nothing(name: str, demo) -> None:
    draw = random.Random(name)
    people = answered_by_chance(demo, 5, draw)
    data = MUTATIONS[name](Case(demo, people, draw))
    assert outcome(data, demo, people) == ("read", "")


def test_the_judge_sees_a_wrong_value_and_a_lost_row(demo) -> None:
    draw = random.Random(1)
    people = answered_by_chance(demo, 5, draw)
    data = MUTATIONS["blank_lines"](Case(demo, people, draw))
    others = answered_by_chance(demo, 5, random.Random(2))
    assert outcome(data, demo, others)[0] == "wrong_value"
    assert outcome(data, demo, [*people[1:], *people[:1]])[0] == "read"
    more = answered_by_chance(demo, 6, random.Random(1))
    assert outcome(data, demo, [more[5], *people])[0] == "lost_row"
