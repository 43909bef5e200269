"""What the report says of predictors that are split by cluster."""

from __future__ import annotations

import pandas as pd
import pytest
from plans import plan_of
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
    named = labels(instrument(schemas, "Trusted"), plan_of(split(kind)), "en", False)
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


def kinds(standardise: bool = False) -> dict:
    """Two models, one for each kind of split."""
    label = {
        "m1": {"zh-CN": "模型一", "en": "Model one"},
        "m2": {"zh-CN": "模型二", "en": "Model two"},
    }
    models = [
        {
            **{"id": name, "label": label[name], "outcome": "hours", "cluster": "t2"},
            "predictors": [{"variable": "t1", "split": kind, "standardise": standardise}],
        }
        for name, kind in zip(label, KINDS, strict=True)
    ]
    return {**PLAN, "models": models}


def fitted(tables, **second) -> dict:
    """The tables of the small study with a second fitted model."""
    file = "inference/models.csv"
    row = {**tables[file].iloc[0], "model": "m2", **second}
    return {**tables, file: pd.concat([tables[file], pd.DataFrame([row])], ignore_index=True)}


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [("en", "(Model one)", "(Model two)"), ("zh-CN", "（模型一）", "（模型二）")],
)
def test_two_kinds_of_split_name_their_models(composed, tables, language, first, second):
    told = defining(composed(language=language, tables=fitted(tables), plan=kinds()))
    told = list(dict.fromkeys(each for each in told if first in each or second in each))
    assert [first in each for each in told] == [True, False]
    assert [second in each for each in told] == [False, True]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "not of that part"), ("zh-CN", "而不是该部分的标准差")]
)
def test_whose_standard_deviation_a_part_is_divided_by_is_said_where_it_is(
    composed, tables, language, words
):
    for standardise in (True, False):
        plan = kinds(standardise)
        told = defining(composed(language=language, tables=fitted(tables), plan=plan))
        assert all((words in each) == standardise for each in told)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_note_on_standardised_predictors_speaks_of_parts_where_one_is_split(
    composed, tables, language
):
    words = {"en": "Both parts of a split predictor", "zh-CN": "分解的预测变量的两部分"}[language]
    plans = {True: kinds(True), False: kinds(False)}
    plans[None] = {
        **PLAN,
        "models": [{**PLAN["models"][0], "predictors": [{"variable": "t1", "standardise": True}]}],
    }
    for wanted, plan in plans.items():
        made = composed(language=language, tables=tables, plan=plan)
        notes = " ".join(
            note
            for section in made.sections
            for block in section.blocks
            for note in getattr(block, "notes", ())
        )
        assert (words in notes) == bool(wanted)
