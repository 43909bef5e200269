"""The codebook with frequencies: counted by hand, and its counts add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduction.cleaning.frequencies import frequencies as of_rows
from coproduction.cleaning.routing import nonresponse
from coproduction.instrument.codebook import codebook_html

MISSING = st.sampled_from([-88, -99, -77, -66, None])
ROWS = st.fixed_dictionaries(
    {
        "t1": st.sampled_from([1, 2, 5]) | MISSING,
        "hours": st.integers(0, 400) | MISSING,
        "tasks": st.sampled_from(["1", "1 2", "99", "-88", "-77", None]),
        "remark": st.sampled_from(["x", "-66", None]),
    }
)


def frequencies(responses: pd.DataFrame, instrument, minimum: int = 1) -> pd.DataFrame:
    return of_rows(responses, nonresponse(responses, instrument), instrument, minimum)


def of(table: pd.DataFrame, item: str) -> pd.DataFrame:
    return table[table["item"] == item].drop(columns="item").set_index(["kind", "value"])


def test_answers_and_every_kind_of_missing_by_hand(answers, survey):
    values = [1, 1, 5, -88, -99, None, -66, -77, -77]
    rows = of(frequencies(answers(*({"t1": value} for value in values)), survey), "t1")
    assert rows["n"].to_dict() == {
        ("answer", "1"): 2,
        ("answer", "2"): 0,
        ("answer", "3"): 0,
        ("answer", "4"): 0,
        ("answer", "5"): 1,
        ("dont_know", ""): 1,
        ("refused", ""): 1,
        ("no_answer", ""): 1,
        ("not_reached", ""): 1,
        ("not_asked", ""): 2,
    }
    assert rows.loc[("answer", "1"), "share"] == pytest.approx(2 / 3)
    assert rows.loc[("answer", "1"), "share_asked"] == pytest.approx(2 / 7)
    assert rows.loc[("refused", ""), "share_asked"] == pytest.approx(1 / 7)
    assert rows.loc[[("not_asked", ""), ("refused", "")], "share"].isna().all()
    assert np.isnan(rows.loc[("not_asked", ""), "share_asked"])


def test_numbers_have_a_range_and_missing_codes_are_none_of_them(answers, survey):
    table = answers({"hours": 2}, {"hours": 4}, {"hours": 12}, {"hours": -88})
    row = of(frequencies(table, survey), "hours").loc[("number", "")]
    assert (row["n"], row["minimum"], row["maximum"], row["mean"]) == (3, 2, 12, 6)
    assert row["sd"] == pytest.approx(np.std([2, 4, 12], ddof=1))


def test_ticks_are_shares_of_those_who_answered(answers, survey):
    table = answers({"tasks": "1 2"}, {"tasks": "1"}, {"tasks": "99"}, {"tasks": None})
    rows = of(frequencies(table, survey), "tasks")
    assert rows["n"].to_dict() == {
        ("answer", "1"): 2,
        ("answer", "2"): 1,
        ("answer", "99"): 1,
        ("no_answer", ""): 1,
    }
    assert rows.loc[("answer", "1"), "share"] == pytest.approx(2 / 3)


@settings(max_examples=20)
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
def test_counts_of_a_question_with_one_answer_add_up_to_the_rows(rows, answers, survey):
    table = frequencies(answers(*rows), survey)
    sums = table.groupby("item")["n"].sum()
    one = [item.id for item in survey.questions if item.type != "select_multiple"]
    assert (sums[one] == len(rows)).all()
    shares = table[table["kind"].isin(["answer", "number", "text"])].groupby("item")["share"].sum()
    assert all(value == pytest.approx(1) or value == 0 for value in shares[one])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["2 (66.7%)", "Don't know 1 (25.0% of those asked)", "mean 10.00", "No answer 1"]),
        ("zh-CN", ["2 (66.7%)", "不清楚 1（占被问者的25.0%）", "均值 10.00", "未回答 1"]),
    ],
)
def test_the_page_shows_them_beside_the_answers(answers, survey, language, words):
    table = answers({"t1": 1, "y1": None}, {"t1": 1}, {"t1": 5}, {"t1": -88})
    page = codebook_html(survey, language, frequencies(table, survey))
    for each in words:
        assert each.replace("'", "&#39;") in page
    assert "SYNTHETIC" not in page and "模拟数据" not in page


def test_simulated_counts_are_stamped(answers, survey):
    counts = frequencies(answers({}), survey)
    assert "SYNTHETIC DATA" in codebook_html(survey, "en", counts, synthetic=True)
    assert "模拟数据" in codebook_html(survey, "zh-CN", counts, synthetic=True)


def test_the_page_of_the_questionnaire_alone_has_no_counts(survey):
    page = codebook_html(survey, "en")
    assert 'class="n"' not in page and "analysed sample" not in page


def test_answers_that_few_gave_are_hidden_with_others(answers, survey):
    values = [1] * 3 + [2] * 9 + [5] * 20
    rows = of(frequencies(answers(*({"t1": value} for value in values)), survey, 5), "t1")
    assert rows["n"].isna().to_dict() == {
        ("answer", "1"): True,
        ("answer", "2"): True,
        ("answer", "3"): False,
        ("answer", "4"): False,
        ("answer", "5"): False,
    }
    assert rows.loc[("answer", "5"), "share"] == 20 / 32


def test_the_end_of_a_range_is_shown_where_enough_gave_it(answers, survey):
    table = answers(*({"hours": value} for value in [0] * 5 + [7, 8, 400]))
    row = of(frequencies(table, survey, 5), "hours").loc[("number", "")]
    assert row["minimum"] == 0
    assert np.isnan(row["maximum"])
    assert row["mean"] == 415 / 8


def test_numbers_of_few_people_have_no_mean(answers, survey):
    table = answers(*[{"hours": 3}] * 3, *[{"hours": -77}] * 9, *[{"hours": -88}] * 2)
    rows = of(frequencies(table, survey, 5), "hours")
    assert rows.loc[("number", ""), ["n", "share", "mean", "sd"]].isna().all()
    assert rows["n"].isna().sum() > 1


def test_a_codebook_names_what_is_hidden(answers, survey):
    counts = frequencies(answers(*[{"t1": 1}] * 3, *[{"t1": 5}] * 20), survey, 5)
    page = codebook_html(survey, "en", counts)
    assert "hidden" in page
    assert "hidden" not in codebook_html(survey, "en", counts.dropna(subset="n"))
