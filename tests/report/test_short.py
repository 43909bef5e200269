from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduction.privacy.small_cells import rare
from coproduction.report.figures.charts import wrapped
from coproduction.report.numbers import display_width
from coproduction.report.renderers.html import html
from coproduction.report.short import combine_rare, compose_short

REST = "rest"


def counted(*numbers: int) -> pd.Series:
    return pd.Series(numbers, index=[f"answer {place}" for place in range(len(numbers))])


def combined(counts: pd.Series, minimum: int) -> pd.Series:
    """The answers of a question as the frequencies hide them."""
    hidden = rare(counts, minimum)
    n = counts.astype(float)
    n[hidden] = float("nan")
    return combine_rare(n, n / counts.sum(), REST)


def test_answers_that_many_gave_stay_as_they_are():
    assert combined(counted(40, 12, 10), 10).tolist() == [40, 12, 10]


def test_hidden_answers_are_joined_and_come_last():
    assert combined(counted(6, 40, 7), 10).to_dict() == {"answer 1": 40, REST: 13}


def test_a_single_rare_answer_takes_the_next_rarest_with_it():
    assert combined(counted(3, 40, 25), 10).to_dict() == {"answer 1": 40, REST: 28}


def test_a_question_that_too_few_answered_is_not_shown():
    assert combined(counted(3, 4), 10).empty


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.integers(2, 20))
def test_no_number_below_the_minimum_can_be_read_or_worked_out(numbers, minimum):
    counts = counted(*numbers)
    shown = combined(counts, minimum)
    assert (shown >= minimum).all()
    if len(shown):
        assert shown.sum() == counts.sum()
        hidden = counts[counts > 0].drop(shown.index, errors="ignore")
        assert len(hidden) != 1


@given(st.text(alphabet="ab 中文，。", max_size=60), st.integers(6, 20))
def test_wrapping_keeps_every_character_that_is_seen(text, width):
    assert wrapped(text, width).replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_wrapping_keeps_lines_within_the_width():
    lines = wrapped("过去12个月，您在本社区做过志愿服务吗？ Paid jobs do not count.", 20).split(
        "\n"
    )
    assert max(map(display_width, lines)) <= 22
    assert len(lines) > 2


@pytest.fixture
def short(people, tables):
    rows = [
        ("t1", "1", "answer", None, None),
        ("t1", "2", "answer", 70, 0.7),
        ("t1", "3", "answer", None, None),
        ("t1", "", "dont_know", 9, None),
    ]
    frequencies = pd.DataFrame(rows, columns=["item", "value", "kind", "n", "share"])
    study = {
        "title": {"zh-CN": "小研究", "en": "A small study"},
        "synthetic": True,
        "minimum_cell": 5,
        "short_report": {"charts": ["t1"]},
    }
    given = {**tables, "cleaning/frequencies.csv": frequencies}
    return lambda language: compose_short(language, given, people, study)


def test_the_short_report_says_how_many_gave_each_answer(short):
    figure = short("en").figures[0]
    assert "Neutral 70%; All other answers 30%" in figure.description


def test_the_short_report_shows_no_rare_answer(short):
    assert "Disagree" not in html(short("en"))


def test_the_short_report_speaks_the_language_and_carries_the_stamp(short):
    page = html(short("zh-CN"))
    assert "其他回答合计" in page
    assert "模拟数据" in page


def test_a_report_of_one_section_has_no_table_of_contents(short):
    assert "<nav" not in html(short("en"))
