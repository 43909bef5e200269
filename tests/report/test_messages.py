from __future__ import annotations

import re

import pytest

from coproduction.report.messages import catalogue, message

NAMES = {"mi": "market incentives", "cr": "community resources"}


def in_chinese(text: str) -> str:
    return message(text, "zh-CN", lambda name: NAMES.get(name, name))


def test_a_number_with_decimals_stays_whole_at_the_end_of_a_sentence():
    text = "`cr` is a weak scale: alpha is below 0.41."
    assert in_chinese(text) == "“community resources”信度偏低：α低于0.41。"


def test_several_sentences_are_each_put_into_the_language():
    text = "`mi` is a weak scale: alpha is below 0.7. Nobody answered `cr`."
    assert not re.search("weak|Nobody", in_chinese(text))


def test_an_unknown_sentence_stays_as_it_is_with_names_for_identifiers():
    assert in_chinese("Something about `mi`.") == "Something about “market incentives”."


@pytest.mark.parametrize("pattern, wordings", catalogue(), ids=lambda each: "")
def test_every_sentence_is_known_by_its_own_pattern_and_keeps_its_places(pattern, wordings):
    example = re.sub(r"\{\w+\}", "7", wordings["en"])
    assert pattern.fullmatch(example)
    places = [set(re.findall(r"\{(\w+)\}", text)) for text in wordings.values()]
    assert all(each == places[0] for each in places)
