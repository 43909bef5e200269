"""Reporting checklists: what the results answer, and what the authors must say."""

from __future__ import annotations

import re

import pytest

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


def test_items_have_both_languages_and_a_number_of_their_own():
    for checklist in checklists():
        numbers = [item["number"] for item in checklist["items"]]
        assert len(set(numbers)) == len(numbers)
    assert all(item["text"].keys() == {"en", "zh-CN"} for item in ITEMS)


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
