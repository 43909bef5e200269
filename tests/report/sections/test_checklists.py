"""Reporting checklists: what the results answer, and what the authors must say."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from small_study import PLAN

from coproduction.languages import known, words
from coproduction.report.sections.checklists import ANSWERS, checklists

ITEMS = [item for checklist in checklists() for item in checklist["items"]]


def answers(document) -> dict[tuple[str, str], str]:
    """Answers of a report's checklists by the beginning of the title and the number."""
    section = next(part for part in document.sections if part.id.startswith("standards"))
    return {
        (re.match("[A-Z]+", table.caption)[0], number): answer
        for table in section.blocks
        for number, _, answer in table.rows
    }


@pytest.mark.parametrize("language", known())
def test_every_item_has_a_number_of_its_own_and_words_in_every_language(language):
    asked = words(language, "checklists.yaml")
    assert list(asked) == [checklist["id"] for checklist in checklists()]
    for checklist in checklists():
        numbers = [item["number"] for item in checklist["items"]]
        assert len(set(numbers)) == len(numbers)
        assert list(asked[checklist["id"]]["items"]) == numbers


def test_every_item_is_answered_by_known_results_or_by_a_statement_that_the_study_can_make(schemas):
    assert {name for item in ITEMS for name in item.get("answers", ())} == set(ANSWERS)
    study = schemas["study"]["properties"]["study"]["properties"]
    stated = {item["statement"] for item in ITEMS if "statement" in item}
    assert stated == set(study["statements"]["properties"])


def test_an_item_that_only_the_authors_can_answer_says_where_to_write_it(documents):
    assert answers(documents["en"])["AAPOR", "2"] == (
        "To be written by the authors: `statements.sponsor` in study.yaml."
    )
    assert "study.yaml" in answers(documents["zh-CN"])["AAPOR", "2"]


@pytest.mark.parametrize(("language", "told"), [("en", "Nobody."), ("zh-CN", "无人。")])
def test_a_statement_of_the_authors_stands_in_every_list_that_asks_for_it(composed, language, told):
    study = {"statements": {"sponsor": {"en": "Nobody.", "zh-CN": "无人。"}}}
    found = answers(composed(study=study, language=language))
    assert found["AAPOR", "2"] == found["STROBE", "22"] == told


def test_results_come_before_what_the_authors_add(composed):
    study = {"statements": {"bias": {"en": "Behaviour was asked first."}}}
    found = answers(composed(study=study))["STROBE", "19"]
    assert found == "Limits that the study names: 1. Behaviour was asked first."


RATES = "cleaning/response_rates.csv"
MODELS = "inference/models.csv"


def frames(tables, *pairs: tuple[str, str]) -> dict:
    rows = pd.DataFrame(pairs, columns=["frame", "mode"])
    return {**tables, RATES: rows.reindex(columns=tables[RATES].columns)}


def test_frames_are_counted_and_not_their_modes(composed, tables):
    pairs = [("a", "all"), ("a", "web"), ("a", "paper"), ("b", "all"), ("b", "web")]
    found = answers(composed(tables=frames(tables, *pairs)))["AAPOR", "8"]
    assert "Frames with AAPOR rates: 2," in found


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Modes: tablet, face to face."), ("zh-CN", "调查方式：平板电脑、面访。")],
)
def test_stated_modes_stand_beside_the_languages(composed, tables, language, told):
    contacts = frames(tables, ("a", "all"), ("a", "face_to_face"))
    study = {"modes": ["tablet", ""]}
    found = answers(composed(language=language, study=study, tables=contacts))["AAPOR", "6"]
    assert found.startswith(told)
    assert "Modes" not in answers(composed(study={"modes": [""]}))["AAPOR", "6"]


@pytest.mark.parametrize(
    ("modes", "asked"),
    [
        (["tablet"], False),
        (["tablet", "paper"], False),
        (["tablet", "web"], True),
        (["tablet", ""], True),
        (["own_word"], True),
        ([], True),
    ],
)
def test_the_checklist_of_web_surveys_is_left_out_where_no_answer_can_be_from_the_web(
    composed, modes, asked
):
    titles = {title for title, _ in answers(composed(study={"modes": modes}))}
    assert ("CHERRIES" in titles) == asked
    assert {"AAPOR", "STROBE", "JARS", "COSMIN"} <= titles


@pytest.mark.parametrize(
    ("language", "word"), [("en", "products of terms: 1 (Model one)"), ("zh-CN", "1个（模型一）")]
)
def test_models_with_interactions_answer_for_interactions(composed, tables, language, word):
    empty = {**tables, "inference/moderation.csv": tables["inference/moderation.csv"].iloc[:0]}
    crossed = {**PLAN["models"][0], "interactions": [["trust", "t1"]]}
    plan = {**PLAN, "models": [crossed, {**crossed, "id": "m9"}]}
    found = answers(composed(language=language, tables=empty, plan=plan))
    assert word in found["STROBE", "12b"]
    assert word in found["STROBE", "17"]
    assert word not in answers(composed(language=language, tables=empty))["STROBE", "12b"]


@pytest.mark.parametrize(
    ("language", "unknown", "freed"),
    [
        ("en", "no result can tell", "did not hold: 2,"),
        ("zh-CN", "结果无从得知", "放开的参数：2个"),
    ],
)
def test_nobody_claims_for_the_authors_that_nothing_was_changed(
    composed, tables, language, unknown, freed
):
    fits, released = "measurement/fit.csv", "measurement/noninvariance.csv"
    fit = pd.DataFrame([{"model": "m", "decision": ""}]).reindex(columns=tables[fits].columns)
    fit = fit.astype("object").where(fit.notna(), "")
    rows = pd.DataFrame(
        [
            {
                "comparison": "c",
                "step": "loadings",
                "order": at,
                "item": "",
                "term": "",
                "level": level,
            }
            for at in (1, 2)
            for level in ("1", "2")
        ]
    ).reindex(columns=tables[released].columns)
    numeric = [name for name, kind in tables[fits].dtypes.items() if kind == "float64"]
    fitted = {**tables, fits: fit.assign(**dict.fromkeys(numeric, float("nan")))}
    for changed, wanted in ((fitted, False), ({**fitted, released: rows}, True)):
        said = _respecified(composed, changed, language)
        assert unknown in said
        assert (freed in said) == wanted
        assert "study.yaml" not in said
    assert "statements.respecification" in _respecified(composed, fitted, language, statements={})


def _respecified(composed, tables, language: str, **study) -> str:
    stated = {"statements": {"respecification": {"en": "Nothing was.", "zh-CN": "没有。"}}}
    material = composed(language=language, tables=tables, study=stated | study)
    return answers(material)["JARS", "19"]
