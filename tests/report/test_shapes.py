"""Reports of studies of several shapes speak of nothing that the study does not have."""

from __future__ import annotations

import re

import pytest
from shapes import LANGUAGES, SCALE, answers, documents, results, texts
from test_document import NUMBER
from test_document import texts as said

from coproduction.notes import sentences
from coproduction.study import read_study

AGREE = {"type": "select_one", "response_set": "agree", "construct": "trust"}
ITEM = {"type": "select_one", "response_set": "agree"}
CHOICE = {"type": "select_one"}
BASIC = {
    "age": {"type": "integer", "range": [18, 99]},
    "sex": {**CHOICE, "response_set": "sexes"},
    "joined": {**CHOICE, "response_set": "yes"},
    "hours": {"type": "integer", "range": [0, 500]},
}
SCALED = {**BASIC, **dict.fromkeys(SCALE, AGREE)}
REVERSED = {**SCALED, "t4": {**AGREE, "reverse": True}}
CLASSES = {**SCALED, "room": {"type": "integer", "range": [0, 500]}}
RANDOM = {
    "arm": {"type": "random", "response_set": "yes"},
    "wish": {"type": "integer", "range": [-20, 30]},
}
FLOW = "cleaning/flow.csv"
"""Its reasons are codes of their own."""
LABEL = {"zh-CN": "名称", "en": "Name"}
HYPOTHESIS = {
    **{"id": "H1", "family": "main", "model": "m1", "direction": "positive"},
    **{"statement": LABEL, "unit": LABEL, "smallest_effect": 0.05},
    "estimand": {"kind": "average_marginal_effect", "variable": "age"},
}
FAMILY = {"id": "main", "label": LABEL, "method": "holm", "level": 0.05}


def model(name: str, outcome: str, *predictors: str, **other) -> dict:
    family = "binomial" if outcome == "joined" else "gaussian"
    terms = [{"variable": each} for each in predictors]
    planned = {"id": name, "label": LABEL, "outcome": outcome, "family": family}
    return {**planned, "predictors": terms, "covariance": "HC3", **other}


SHAPES = {
    "items only": (BASIC, {}, 60, {}),
    "one model": (BASIC, {"models": [model("m1", "joined", "age")]}, 80, {}),
    "several outcomes": (
        BASIC,
        {"models": [model("m1", "joined", "age"), model("m2", "hours", "sex", "age")]},
        80,
        {},
    ),
    "one hypothesis": (
        BASIC,
        {
            "models": [model("m1", "joined", "age")],
            "hypotheses": [HYPOTHESIS],
            "families": [FAMILY],
        },
        80,
        {},
    ),
    "uncorrected": (
        BASIC,
        {
            "models": [model("m1", "joined", "age", "sex"), model("m2", "joined", "age")],
            "hypotheses": [HYPOTHESIS, {**HYPOTHESIS, "id": "H2", "model": "m2"}],
            "families": [{**FAMILY, "method": "none"}],
        },
        80,
        {},
    ),
    "scale": (SCALED, {"measurement": {"bootstrap": 20}}, 80, {}),
    "reversed": (REVERSED, {"measurement": {"bootstrap": 20, "confidence": 0.9}}, 80, {}),
    "clusters": (
        CLASSES,
        {
            "measurement": {"bootstrap": 20, "cluster": "room", "minimum_reliability": 0.8},
            "models": [model("m1", "hours", "age", cluster="room", covariance="CR2")],
        },
        120,
        {},
    ),
    "experiment": (
        RANDOM,
        {
            "experiments": [{"id": "x", "label": LABEL, "outcome": "wish", "factors": ["arm"]}],
            "descriptions": [{"id": "d", "label": LABEL, "outcome": "wish", "by": "arm"}],
        },
        60,
        {},
    ),
    "groups": (
        BASIC,
        {"descriptions": [{"id": "d", "label": LABEL, "outcome": "hours", "by": "sex"}]},
        60,
        {},
    ),
    "tiny": (SCALED, {"models": [model("m1", "hours", "age")]}, 4, {}),
    "short report": (BASIC, {}, 60, {"short_report": {"charts": ["sex"]}}),
}
ABSENT = {
    "clusters": ("cluster", "群组|聚类"),
    "communities": ("communit", "社区"),
    "reversal": ("re-key|reverse", "反向(?!相反)题|反向计分"),
    "a planned minimum": ("planned minimum", "计划规定的(α)?最低值"),
    "a scenario": ("scenario", "情景"),
    "chance": ("not assigned at random", "并非随机"),
    "a correction": (
        "adjusted p|after correction|corrected together",
        "校正后p|一并校正|校正后统计",
    ),
    "volunteering": ("volunteer", "志愿"),
    "registration": ("regist", "预先登记|预注册"),
    "factor models": ("fit of the measurement", "测量模型的拟合"),
    "hypotheses": ("verdict", "结论"),
    "covariates": ("covariates named|Terms of covariates", "协变量列于|协变量的系数"),
    "standardised predictors": ("tandardised predictor", "标准化变量"),
}
HAS = {
    "reversed": {"reversal"},
    "clusters": {"clusters", "a planned minimum"},
    "groups": {"chance"},
    "one hypothesis": {"hypotheses"},
    "uncorrected": {"hypotheses"},
}


@pytest.fixture(scope="module", params=SHAPES)
def shape(request, schemas):
    """Name of a shape and its documents in both languages."""
    items, plan, n, study = SHAPES[request.param]
    files = texts(items, plan, LANGUAGES, **study)
    return request.param, documents(files, answers(n, items), schemas)


def _read(document) -> str:
    return " ".join(said(document))


def told(document) -> str:
    """Everything that is said, but for the checklists, which ask of what other studies have."""
    kept = [each for each in document.sections if each.id not in ("standards", "provenance")]
    return " ".join(
        text
        for section in kept
        for text in said(type(document)(**{**vars(document), "sections": [section]}))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_of_what_a_study_does_not_have(shape, language):
    name, made = shape
    text = told(made[language])
    place = LANGUAGES.index(language)
    for what, patterns in ABSENT.items():
        if what not in HAS.get(name, ()):
            found = re.search(patterns[1 - place], text, re.IGNORECASE)
            assert not found, (what, text[max(0, found.start() - 80) : found.end() + 40])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_study_has_is_said(shape, language):
    name, made = shape
    text, place = told(made[language]), LANGUAGES.index(language)
    for what in HAS.get(name, ()):
        assert re.search(ABSENT[what][1 - place], text, re.IGNORECASE), what


def test_both_languages_say_as_many_sentences_with_the_same_numbers(shape):
    made = shape[1]
    for prefix in ("", "short "):
        pair = [made.get(f"{prefix}{language}") for language in LANGUAGES]
        if all(pair):
            chinese, english = ([*said(each)] for each in pair)
            assert len(chinese) == len(english)
            for one, other in zip(chinese, english, strict=True):
                assert sorted(NUMBER.findall(one)) == sorted(NUMBER.findall(other)), (one, other)


def test_no_english_stands_in_a_chinese_report(shape):
    """Sentences are in Chinese; names of methods and of files may be in English."""
    for sentence in said(shape[1]["zh-CN"]):
        words = re.findall(r"[a-z]{3,}(?: [a-z]{2,}){3,}", sentence)
        assert words == [], sentence


@pytest.mark.parametrize("name", SHAPES)
def test_what_the_rooms_want_said_are_notes_with_words(name, schemas):
    items, plan, n, study = SHAPES[name]
    files = texts(items, plan, LANGUAGES, **study)
    tables = results(read_study(files, "shape", schemas), answers(n, items))
    for file, table in tables.items():
        spoken = {"warning", "note", "reason"} & set(table) if file != FLOW else set()
        for column in spoken:
            for cell in set(table[column]):
                assert all(sentences(cell, language) for language in LANGUAGES if cell), cell


def test_one_is_never_a_plural(shape):
    text = _read(shape[1]["en"])
    found = re.search(
        r"(?<![\d.,])1 (scales|items|questions|languages|models|submissions|clusters|hypotheses"
        r"|tests|people|cases|rows)\b|between 0 and 0",
        text,
    )
    assert found is None, text[found.start() - 60 : found.end() + 30]


def test_the_level_of_confidence_is_that_of_the_plan(shape):
    name, made = shape
    section = [each for each in made["en"].sections if each.id == "measurement"]
    headings = [
        heading
        for each in section
        for block in each.blocks
        if block.kind == "table"
        for heading, _ in block.columns
        if heading.endswith(" CI")
    ]
    assert set(headings) <= {"90% CI" if name == "reversed" else "95% CI"}
    assert bool(headings) == (name in ("scale", "reversed", "clusters", "tiny"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_worded_in_one_language_is_reported_in_it_alone(schemas, language):
    items, plan, n, _ = SHAPES["one model"]
    plan = {"models": [{**plan["models"][0], "label": {language: "x"}}]}
    files = texts(items, plan, (language,))
    text = _read(documents(files, answers(n, items), schemas, (language,))[language])
    assert bool(re.search("[一-鿿]", text)) == (language == "zh-CN")


def test_items_that_everybody_answers_alike_stop_no_report(schemas):
    items, _, n, _ = SHAPES["scale"]
    data = answers(n, items).assign(t1=2, t2=2, t3=2, t4=2)
    made = documents(texts(items, {}, LANGUAGES), data, schemas)
    for language in LANGUAGES:
        assert "nan" not in _read(made[language])
