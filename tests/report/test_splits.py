"""What the report says of predictors that are split by cluster."""

from __future__ import annotations

import pytest
from small_study import PLAN, instrument

from coproduction.report.blocks import Paragraphs
from coproduction.report.labels import labels

KINDS = ("within_cluster", "own_and_others")


def split(kind: str) -> dict:
    model = {
        **PLAN["models"][0],
        **{"outcome": "hours", "cluster": "t2", "predictors": [{"variable": "t1", "split": kind}]},
    }
    return {**PLAN, "models": [model]}


def defining(document) -> list[str]:
    said = [
        sentence
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Paragraphs)
        for sentence in block.sentences
    ]
    return [each for each in said if "Split by" in each or "分解" in each]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_split_is_defined_in_a_sentence_where_the_plan_has_one(composed, language, kind):
    assert defining(composed(language=language)) == []
    (sentence,) = defining(composed(language=language, plan=split(kind)))
    other = {"within_cluster": ("others", "他人"), "own_and_others": ("within", "组内部分")}
    assert not any(word in sentence for word in other[kind])


@pytest.mark.parametrize(
    ("kind", "term", "words"),
    [
        ("within_cluster", "t1_within", "Trusted (within)"),
        ("within_cluster", "t1_mean", "Trusted (cluster mean)"),
        ("own_and_others", "t1_others", "Trusted (mean of the others)"),
        ("own_and_others", "t1", "Trusted"),
        ("own_and_others", "t1_mean", "t1_mean"),
    ],
)
def test_a_part_is_named_after_its_variable_and_another_variable_is_not(schemas, kind, term, words):
    named = labels(instrument(schemas, "Trusted"), split(kind), "en", False)
    assert named.term(term) == words
