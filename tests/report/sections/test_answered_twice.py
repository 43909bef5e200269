"""What the report says of people who answered twice, and that it is silent where nobody did."""

from __future__ import annotations

import pytest

WORDS = {"en": ("ICC(A,1)", "second answers"), "zh-CN": ("ICC(A,1)", "再次")}


def sentences(document, section):
    blocks = next(each.blocks for each in document.sections if each.id == section)
    return " ".join(text for each in blocks if each.kind == "paragraphs" for text in each.sentences)


def tables(document):
    return {
        block.caption: block
        for section in document.sections
        for block in section.blocks
        if block.kind == "table" and block.file == "measurement/retest.csv"
    }


def answer(document, asked):
    return next(
        row[-1]
        for section in document.sections
        for block in section.blocks
        if block.kind == "table"
        for row in block.rows
        if asked in row
    )


@pytest.mark.parametrize("language", WORDS)
def test_sentences_give_who_answered_again_when_and_how_alike(documents, language):
    told = sentences(documents[language], "measurement")
    for part in ("87", "81", "11.5", "9.8", "14", "0.765", "0.377"):
        assert part in told
    assert WORDS[language][0] in told
    assert "87" in sentences(documents[language], "sample")
    assert WORDS[language][1] in sentences(documents[language], "sample")


def test_scales_stand_in_the_text_and_items_in_an_appendix(documents):
    scales, items = tables(documents["en"]).values()
    assert [heading for heading, _ in scales.columns] == [
        *("Scale", "n", "Days (median)", "ICC(A,1)", "95% CI", "ICC(C,1)", "SEM"),
        "Detectable change",
    ]
    assert scales.rows[0][:5] == ["Trust", "81", "11.5", "0.765", "[0.655, 0.855]"]
    assert not scales.further and items.further
    assert [row[0].split()[0] for row in items.rows] == ["t1", "t2"]


def test_three_occasions_are_counted(composed, tables):
    tables["measurement/retest.csv"]["n_occasions"] = 3.0
    document = composed(tables=tables)
    headings = next(
        [heading for heading, _ in block.columns]
        for section in document.sections
        for block in section.blocks
        if block.kind == "table" and block.file == "measurement/retest.csv"
    )
    assert "Occasions" in headings


def test_the_checklist_on_measurement_is_answered_from_it(documents, composed, tables):
    told = {"Reliability over time": "0.765 to 0.765", "Measurement error": "0.377 to 0.377"}
    tables["measurement/retest.csv"] = tables["measurement/retest.csv"].iloc[:0]
    without = composed(tables=tables)
    for asked, numbers in told.items():
        assert numbers in answer(documents["en"], asked)
        assert "measurement/retest.csv" not in answer(without, asked)


def test_without_a_retest_nothing_is_said_of_one(composed, tables):
    flow = tables["cleaning/flow.csv"]
    tables["cleaning/flow.csv"] = flow[flow["reason"] != "retest"]
    tables["measurement/retest.csv"] = tables["measurement/retest.csv"].iloc[:0]
    document = composed(tables=tables)
    for section in ("sample", "measurement"):
        assert "second" not in sentences(document, section)
    assert not [
        block
        for section in document.sections
        for block in section.blocks
        if getattr(block, "file", "") == "measurement/retest.csv"
    ]
