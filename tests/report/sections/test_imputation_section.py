"""The report says of every model whether it rests on complete cases or on imputed answers."""

from __future__ import annotations

import pandas as pd
import pytest
from small_study import PLAN

from coproduction.notes import Note
from coproduction.report.blocks import Paragraphs, Table

MODELS, FILE = "inference/models.csv", "inference/imputation.csv"
COMPLETE = {"en": ("Complete cases",), "zh-CN": ("完整个案，", "只用完整个案")}
"""How sentences on models of complete cases begin; the scales always rest on complete rows."""
IMPUTED = {"en": "Missing answers imputed", "zh-CN": "缺失的回答"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN"])


def plan(missing: dict | None = None, **changes: object) -> dict:
    models = [
        {"id": name, "label": {"en": f"Model {name}", "zh-CN": f"模型{name}"}}
        for name in ("m1", "m2")
    ]
    base = {**PLAN, "models": [{**each, "predictors": ["trust"]} for each in models], **changes}
    return base if missing is None else {**base, "missing": {"imputations": 20, **missing}}


def results(tables, *imputations: float, asked: float = 12) -> dict:
    """Give tables of as many models as numbers of imputations; NaN for complete cases."""
    first = dict(tables[MODELS].iloc[0])
    rows = [
        {**first, "model": f"m{at}", "n_imputations": each, "n_dropped": 4 * at}
        for at, each in enumerate(imputations, 1)
    ]
    note = str(Note("imputation_unsettled", {"name": "t2", "value": 1.61, "most": 1.2}))
    known = {"method": "pmm", "n": 380.0, "n_missing": 20.0, "rhat": 1.02, "note": ""}
    hidden = {"n": float("nan"), "n_missing": float("nan"), "rhat": 1.61, "note": note}
    items = [{"variable": "t1", **known}, {"variable": "t2", **known, **hidden}]
    verdicts = tables["inference/verdicts.csv"].assign(n_imputations=20.0, imputations_asked=asked)
    first = dict(tables["inference/coefficients.csv"].iloc[0])
    terms = [{**first, "model": row["model"]} for row in rows]
    return {
        **tables,
        MODELS: pd.DataFrame(rows),
        "inference/coefficients.csv": pd.DataFrame(terms),
        "inference/verdicts.csv": verdicts,
        **({FILE: pd.DataFrame(items)} if any(each == each for each in imputations) else {}),
    }


def sentences(document) -> list[str]:
    """Give every sentence of the report, in the text and under its tables and figures."""
    blocks = [block for section in document.sections for block in section.blocks]
    told = [each for block in blocks if isinstance(block, Paragraphs) for each in block.sentences]
    noted = [each for block in blocks for each in getattr(block, "notes", ())]
    cells = [
        cell for block in blocks if isinstance(block, Table) for row in block.rows for cell in row
    ]
    return [*told, *noted, *cells]


def about(document, words: str) -> list[str]:
    return [each for each in sentences(document) if words in each]


def of_complete(document, language: str) -> list[str]:
    return [each for each in sentences(document) if each.startswith(COMPLETE[language])]


@LANGUAGES
def test_where_every_model_is_imputed_nothing_speaks_of_complete_cases(composed, tables, language):
    found = composed(language=language, plan=plan({}), tables=results(tables, 20.0, 20.0))
    assert not of_complete(found, language)
    assert about(found, IMPUTED[language])
    assert about(found, {"en": "Barnard and Rubin", "zh-CN": "Barnard与Rubin"}[language])


@LANGUAGES
def test_without_imputation_nothing_speaks_of_it(composed, tables, language):
    nothing = float("nan")
    found = composed(language=language, plan=plan(), tables=results(tables, nothing, nothing))
    assert of_complete(found, language)
    words = {"en": ("imputed", "Imputed", "Rubin"), "zh-CN": ("插补", "Rubin")}[language]
    assert not [each for word in words for each in about(found, word)]


@LANGUAGES
def test_where_models_differ_each_sentence_names_those_it_is_about(composed, tables, language):
    nothing = float("nan")
    found = composed(language=language, plan=plan({}), tables=results(tables, 20.0, nothing))
    imputed, complete = {"en": ("(Model m1)", "(Model m2)"), "zh-CN": ("（模型m1）", "（模型m2）")}[
        language
    ]
    (unweighted, *_) = about(found, {"en": "unweighted", "zh-CN": "未加权"}[language])
    assert imputed in unweighted and complete in unweighted
    methods = {
        "en": [
            "Missing answers imputed (Model m1): 4 cases are left out of this model for want of",
            "Complete cases only (Model m2): 8 cases are left out of this model for missing values",
            "Fitted to complete cases: 1 other model.",
        ],
        "zh-CN": [
            "缺失的回答经多重插补（模型m1）：因缺少结果变量或其他不作插补的取值而未进入该模型的个案为4个",
            "只用完整个案（模型m2）：因缺失值未进入该模型的个案为8个",
            "另有1个模型用完整个案拟合",
        ],
    }[language]
    for sentence in methods:
        assert about(found, sentence), sentence


@LANGUAGES
def test_what_the_plan_chooses_for_imputing_is_told(composed, tables, language):
    missing = {
        "iterations": 7,
        "donors": 3,
        "auxiliary": ["hours"],
        "items": [{"item": "hours", "own_answers": ["refused"]}],
    }
    flagged = plan(missing, flagged_rows={"leave_out": "any"})
    given = results(tables, 20.0, 20.0)
    found = composed(language=language, plan=flagged, tables=given)
    told = {
        "en": [
            "imputed 20 times in 2 models",
            "in 7 iterations",
            "predictive mean matching (2). Predictive mean matching draws among the 3 nearest rows",
            "left out before imputing",
            "help to impute others: Hours",
            "Hours (Refused)",
        ],
        "zh-CN": [
            "有2个模型对缺失的回答作多重插补，共20次",
            "迭代7次",
            "预测均值匹配（2）。预测均值匹配从最接近的3行中抽取",
            "在插补之前排除",
            "辅助题目：小时",
            "小时（拒答）",
        ],
    }[language]
    for sentence in told:
        assert about(found, sentence), sentence
    kept = composed(language=language, plan=plan({}), tables=given)
    assert not about(kept, told[3]) and not about(kept, told[5])


@pytest.mark.parametrize(("asked", "said"), [(31.0, True), (20.0, False), (12.0, False)])
def test_more_imputations_than_were_made_are_asked_for_by_name(composed, tables, asked, said):
    found = composed(plan=plan({}), tables=results(tables, 20.0, 20.0, asked=asked))
    told = about(found, "H1 would ask for up to 31 imputations, more than the 20 made")
    assert bool(told) is said and bool(about(found, "von Hippel")) is said


def test_the_table_of_imputed_items_shows_shares_and_what_has_not_settled(composed, tables):
    found = composed(plan=plan({}), tables=results(tables, 20.0, 20.0))
    (table,) = [
        block
        for section in found.sections
        for block in section.blocks
        if isinstance(block, Table) and block.file == FILE
    ]
    assert [heading for heading, _ in table.columns] == [
        *("Variable", "Method", "n", "Imputed", "Share imputed", "R̂")
    ]
    known, hidden = table.rows
    assert known[2:] == ["380", "20", "5.0%", "1.02"]
    assert hidden[2:5] == ["–"] * 3 and hidden[5] == "1.61"
    assert any("1.61" in note and "settled" in note for note in table.notes)


def test_chains_are_drawn_of_the_items_that_have_them_the_least_settled_first(composed, tables):
    places = [(number, iteration) for number in (1, 2, 3) for iteration in range(1, 6)]
    rows = [
        {"variable": item, "imputation": k, "iteration": t, "mean": k + t / 7, "deviation": 1.0}
        for item in ("t1", "t2")
        for k, t in places
    ]
    given = results(tables, 20.0, 20.0)
    drawn = {**given, "inference/imputation_chains.csv": pd.DataFrame(rows)}
    figures = {each.id: each for each in composed(plan=plan({}), tables=drawn).figures}
    told = figures["chains"].description
    assert told == "Neighbours: R̂ 1.610; Most people can be trusted: R̂ 1.020"
    assert figures["chains"].drawing.svg.count("<path") > 2 * 3
    assert "chains" not in {each.id for each in composed(plan=plan({}), tables=given).figures}


@LANGUAGES
def test_means_say_which_answers_they_rest_on(composed, tables, language):
    means = "inference/group_means.csv"
    pooled = tables[means].assign(n_imputations=20.0, fmi=0.0625)
    told = {
        "en": ("means of the imputed tables are pooled", "lack neither answer"),
        "zh-CN": ("各插补数据表的均值按Rubin规则合并", "两项回答均不缺失"),
    }[language]
    base = results(tables, 20.0, 20.0)
    imputed = composed(language=language, plan=plan({}), tables={**base, means: pooled})
    complete = composed(language=language, plan=plan({}), tables=base)
    without = composed(language=language, plan=plan(), tables=tables)
    for found, expected in ((imputed, (1, 0)), (complete, (0, 1)), (without, (0, 0))):
        assert tuple(len(about(found, words)) for words in told) == expected
    (table,) = [
        block
        for section in imputed.sections
        for block in section.blocks
        if isinstance(block, Table) and block.file == means
    ]
    assert all("20" in row and any(cell.startswith("6") for cell in row) for row in table.rows)
