"""Whose a curve is, and what it predicts, stands in its words."""

from __future__ import annotations

FILE = "inference/curves.csv"


def figure(document):
    return next(each for each in document.figures if each.id == "curves_1")


def test_every_point_in_words_names_the_group_that_it_is_predicted_for(composed):
    words = figure(composed()).description
    assert words.count("= Disagree:") == words.count("= Agree:") == 3


def test_a_value_that_a_number_is_held_at_is_no_answer(composed, tables):
    tables[FILE] = tables[FILE].assign(cell="value")
    words = figure(composed(tables=tables)).description
    assert "Disagree" not in words and words.count("= 1:") == 3


def test_the_category_of_an_ordinal_outcome_stands_in_the_words(composed, tables):
    tables["inference/models.csv"] = tables["inference/models.csv"].assign(outcome="t2")
    tables[FILE] = tables[FILE].assign(category=2.0)
    words = figure(composed(tables=tables)).description
    assert words.count("Model one · Neutral") == 6
