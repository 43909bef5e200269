"""What was done is told of every planned model, with its products."""

from __future__ import annotations

import pandas as pd
import pytest
from small_study import PLAN

from coproduction.report.blocks import Paragraphs

FILE = "inference/models.csv"


def told(document) -> str:
    section = next(each for each in document.sections if each.id == "methods")
    found = [each for each in section.blocks if isinstance(each, Paragraphs)]
    return " ".join(sentence for block in found for sentence in block.sentences)


def models(*planned: dict) -> dict:
    base = {"label": {"zh-CN": "模型", "en": "Model"}, "predictors": ["trust", "t1"]}
    return {
        **PLAN,
        "models": [{**base, "id": f"m{at}", **each} for at, each in enumerate(planned, 1)],
    }


def fitted(tables, *rows: dict) -> dict:
    first = dict(tables[FILE].iloc[0])
    table = pd.DataFrame([{**first, "model": f"m{at}", **row} for at, row in enumerate(rows, 1)])
    return {**tables, FILE: table}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_products_of_a_model_are_named(composed, tables, language):
    with_product = models({"interactions": [["trust", "t1"]]})
    name = {"en": "Trust × Most people", "zh-CN": "信任 × 多数人可信"}[language]
    assert name in told(composed(language=language, plan=with_product))
    assert "×" not in told(composed(language=language, plan=models({})))


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("en", "Planned besides: ordered logistic regression of Neighbours (Odds)."),
        ("zh-CN", "计划内还有：邻居可信的有序逻辑斯蒂回归（胜算）。"),
    ],
)
def test_planned_models_of_other_outcomes_are_named_too(composed, tables, language, named):
    plan = models({}, {"label": {"en": "Odds", "zh-CN": "胜算"}}, {})
    rows = fitted(
        tables,
        {},
        {"outcome": "t2", "family": "ordinal"},
        {"outcome": "t1", "family": "binomial", "role": "robustness"},
    )
    assert named in told(composed(language=language, tables=rows, plan=plan))
    alone = told(composed(language=language, plan=models({})))
    assert "Planned besides" not in alone and "计划内还有" not in alone


def test_models_of_which_none_stands_side_by_side_are_named(composed, tables):
    rows = fitted(tables, {"outcome": "t2", "family": "ordinal"})
    said = told(composed(tables=rows, plan=models({})))
    assert "Planned: ordered logistic regression of Neighbours (Model)." in said


LABEL = {"zh-CN": "主要假设", "en": "Main hypotheses"}
VERDICTS = "inference/verdicts.csv"


def family(tables, estimable: int, lost: int) -> tuple[dict, dict]:
    """Tables and plan of one family with so many tests, and so many hypotheses without one."""
    names = [f"H{at}" for at in range(1, estimable + lost + 1)]
    first = dict(tables[VERDICTS].iloc[0])
    none = {"verdict": "not_estimable", "reason": "", "p_adjusted": float("nan")}
    rows = [
        {**first, "hypothesis": name, **(none if at >= estimable else {})}
        for at, name in enumerate(names)
    ]
    plan = {
        **models({}),
        "families": [{"id": "main", "label": LABEL, "method": "holm", "level": 0.05}],
        "hypotheses": [{**PLAN["hypotheses"][0], "id": name, "family": "main"} for name in names],
    }
    return {**tables, VERDICTS: pd.DataFrame(rows)}, plan


@pytest.mark.parametrize(
    ("language", "smaller", "empty"),
    [
        ("en", "3 tests were planned and 2 were made, since H3 cannot", "none was made, since H1"),
        ("zh-CN", "计划3个检验，实际完成2个，H3无法估计", "一个也未能完成，H1"),
    ],
)
def test_a_family_that_has_shrunk_says_so(composed, tables, language, smaller, empty):
    def said(estimable: int, lost: int) -> str:
        changed, plan = family(tables, estimable, lost)
        return told(composed(language=language, tables=changed, plan=plan))

    assert smaller in said(2, 1)
    assert empty in said(0, 1)
    assert smaller[:20] not in said(3, 0) and empty not in said(3, 0)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "not shown: H3."), ("zh-CN", "未画出的假设：H3。")]
)
def test_the_picture_of_verdicts_names_whom_it_omits(composed, tables, language, words):
    def notes(estimable: int, lost: int) -> str:
        changed, plan = family(tables, estimable, lost)
        made = composed(language=language, tables=changed, plan=plan)
        return " ".join(next(each for each in made.figures if each.id == "verdicts").notes)

    assert words in notes(2, 1)
    assert words[:6] not in notes(2, 0)


@pytest.mark.parametrize(
    ("language", "clustered", "alone", "both"),
    [
        (
            "en",
            "of First are cluster-robust (CR2) with Satterthwaite degrees of freedom, clustered by "
            "Neighbours.",
            "of Second are heteroskedasticity-robust (HC3).",
            "freedom (First); heteroskedasticity-robust (HC3) (Second).",
        ),
        (
            "zh-CN",
            "第一的标准误为聚类稳健（CR2），Satterthwaite自由度，按邻居可信聚类。",
            "第二的标准误为异方差稳健（HC3）。",
            "自由度（第一）；异方差稳健（HC3）（第二）。",
        ),
    ],
)
def test_models_with_and_without_clusters_are_told_apart(
    composed, tables, language, clustered, alone, both
):
    first = {"label": {"en": "First", "zh-CN": "第一"}, "cluster": "t2"}
    second = {"label": {"en": "Second", "zh-CN": "第二"}}
    rows = fitted(tables, {}, {"covariance": "HC3", "n_clusters": float("nan")})
    mixed = composed(language=language, tables=rows, plan=models(first, second))
    assert clustered in told(mixed) and alone in told(mixed)
    section = next(each for each in mixed.sections if each.id == "models")
    assert both in " ".join(section.blocks[0].notes)
    plan = models(first, {**second, "cluster": "t2"})
    alike = told(composed(language=language, tables=fitted(tables, {}, {}), plan=plan))
    assert "CR2" in alike and clustered not in alike


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "was tested on known truths"), ("zh-CN", "已用已知真值检验")],
)
def test_the_page_on_known_truths_is_named_where_there_is_one(composed, language, words):
    pages = {"known_truths": [f"known_truths_{each}.html" for each in ("zh-CN", "en")]}
    found = told(composed(language=language, study=pages))
    assert words in found and f"scenarios/known_truths_{language}.html" in found
    assert words not in told(composed(language=language, study={"known_truths": []}))


@pytest.mark.parametrize(
    ("language", "freed", "factor", "beside", "limits"),
    [
        ("en", "their scores (Trust): First.", "adjusted for: First.", "scores: Second.", "57 %"),
        ("zh-CN", "合成分（信任）：第一。", "调整变量：第一。", "调整变量：第二。", "57%"),
    ],
)
def test_constructs_their_unit_and_what_they_cannot_see_are_told(
    composed, tables, language, freed, factor, beside, limits
):
    names = [{"en": "First", "zh-CN": "第一"}, {"en": "Second", "zh-CN": "第二"}]
    first = {"label": names[0], "predictors": [{"construct": "trust"}]}
    second = {"label": names[1], "predictors": ["trust"], "agreement": "score"}
    rows = fitted(tables, {}, {})
    said = told(composed(language=language, tables=rows, plan=models(first, second)))
    assert freed in said and factor in said and beside in said and limits in said
    plain = told(composed(language=language, tables=rows, plan=models({}, {})))
    assert freed not in plain and factor not in plain and limits not in plain
