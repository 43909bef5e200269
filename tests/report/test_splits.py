"""What the report says of predictors that are split by cluster."""

from __future__ import annotations

import pandas as pd
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


def said(document, identifier: str) -> str:
    section = next(each for each in document.sections if each.id == identifier)
    found = [each for each in section.blocks if isinstance(each, Paragraphs)]
    return " ".join(sentence for block in found for sentence in block.sentences)


@pytest.mark.parametrize(
    ("language", "missing", "alone"),
    [
        ("en", "763 cases are left out of this model for missing values", "37 cases are left out"),
        ("zh-CN", "因缺失值未进入该模型的个案为763个", "而未进入该模型的个案为37个"),
    ],
)
def test_who_is_alone_in_a_cluster_is_not_counted_as_missing(
    composed, tables, language, missing, alone
):
    row = {"model": "m1", "check": "alone_in_cluster", "term": "t1_others", "value": 37.0}
    row |= {"warning": "", "hypothesis": "", "cluster": ""}
    file = "inference/diagnostics.csv"
    lonely = {**tables, file: pd.concat([tables[file], pd.DataFrame([row])], ignore_index=True)}
    told = said(composed(language=language, tables=lonely, plan=split("own_and_others")), "methods")
    assert missing in told and alone in told
    without = said(composed(language=language, plan=split("within_cluster")), "methods")
    assert alone not in without and "800" in without
