"""The report says what is weighted, and shows models that differ in weights beside each other."""

from __future__ import annotations

import pandas as pd
import pytest
from small_study import PLAN

from coproduction.report.blocks import Table

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN"])
MODELS, EFFECTS = "inference/models.csv", "inference/effects.csv"


def plan() -> dict:
    models = [
        {
            "id": name,
            "label": {"en": f"Model {name}", "zh-CN": f"模型{name}"},
            "predictors": ["trust"],
            "weights": weights,
            "covariance": "HC3",
        }
        for name, weights in (("m1", "none"), ("m2", "study"))
    ]
    return {**PLAN, "models": models}


def results(tables) -> dict:
    first, effect = (dict(tables[file].iloc[0]) for file in (MODELS, EFFECTS))
    told = [
        {"weights": "none"},
        {"weights": "study", "sum_of_weights": 9e4, "effective_n": 321.4, "design_effect": 1.31},
    ]
    models = [{**first, "model": f"m{at}", **each} for at, each in enumerate(told, 1)]
    effects = [
        {**effect, "model": f"m{at}", "estimate": value, "conf_low": value - 1, "at": ""}
        | {"conf_high": value + 1, "per": "", "weights": each["weights"]}
        for at, (value, each) in enumerate(zip((2.5, 7.5), told, strict=True), 1)
    ]
    verdicts = tables["inference/verdicts.csv"].assign(weights="study")
    return {
        **tables,
        MODELS: pd.DataFrame(models),
        EFFECTS: pd.DataFrame(effects),
        "inference/verdicts.csv": verdicts,
    }


def shown(document) -> list[Table]:
    blocks = [block for section in document.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Table)]


@LANGUAGES
def test_models_that_differ_in_weights_alone_stand_beside_each_other(composed, tables, language):
    found = shown(composed(language=language, plan=plan(), tables=results(tables)))
    caption = {"en": "differ in weights alone", "zh-CN": "只在加权上不同"}[language]
    (table,) = (each for each in found if caption in each.caption)
    words = {"en": ["unweighted", "weighted"], "zh-CN": ["未加权", "加权"]}[language]
    assert [heading for heading, _ in table.columns][1:3] == words
    (row,) = table.rows
    assert row[1].startswith("2.5") and row[2].startswith("7.5")


@LANGUAGES
def test_verdicts_and_models_say_what_is_weighted(composed, tables, language):
    found = shown(composed(language=language, plan=plan(), tables=results(tables)))
    word = {"en": "weighted", "zh-CN": "加权"}[language]
    verdicts = next(each for each in found if each.file == "inference/verdicts.csv")
    assert all(word in row for row in verdicts.rows)
    models = next(each for each in found if each.file == MODELS)
    assert any(word in row and any("321" in cell for cell in row) for row in models.rows)


@LANGUAGES
def test_a_study_without_weights_has_no_column_of_them(composed, tables, language):
    found = shown(composed(language=language))
    word = {"en": "Weights", "zh-CN": "权重"}[language]
    assert not [each for each in found for heading, _ in each.columns if heading == word]
