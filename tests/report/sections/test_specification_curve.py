"""The curve of a declared grid, what moves it, and what is said of its cells."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from coproduction.report.figures.canvas import INK

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-CN"])
GRID, TESTS = "inference/grid.csv", "inference/grid_tests.csv"


def figure(document):
    return next(each for each in document.figures if each.id == "specifications_1")


def table(document, name):
    blocks = [block for section in document.sections for block in section.blocks]
    return next(b for b in blocks if b.kind == "table" and b.file.endswith(f"{name}.csv"))


def sentences(document) -> str:
    blocks = [block for section in document.sections for block in section.blocks]
    return " ".join(told for b in blocks if b.kind == "paragraphs" for told in b.sentences)


def tips(svg):
    return re.findall(r"<title>([^<]*)</title>", svg)


def test_the_pointer_shows_place_cell_estimate_and_interval(composed):
    assert tips(figure(composed()).drawing.svg) == [
        "1. Choices, cell 2 0.312 [0.062, 0.562]",
        "2. Choices, cell 1 0.274 [0.062, 0.562]",
        "3. Choices, cell 3 0.188 [0.062, 0.562]",
    ]


def marks(svg):
    """Fill of each estimate's mark, in order."""
    parts = re.findall(r"<g><title>[^<]*</title>(.*?)</g>\s*</g>", svg, re.S)
    return [re.search(r"<use [^>]*fill: (#\w+)", part)[1] for part in parts]


def test_the_primary_specification_alone_is_filled(composed):
    assert marks(figure(composed()).drawing.svg) == ["#ffffff", INK, "#ffffff"]


@LANGUAGES
def test_the_report_says_how_many_of_how_many_cells_were_estimable(composed, language):
    words = {
        "en": "declares 4 cells of Choices, and 3 of them are estimable. Of these estimates 100.0%",
        "zh-CN": "为“选择”声明了4个单元，其中3个可估计。这些估计中100.0%",
    }
    document = composed(language=language)
    assert words[language] in sentences(document)
    assert words[language] in figure(document).description


@LANGUAGES
def test_the_joint_test_is_said_with_its_monte_carlo_error(composed, language):
    words = {
        "en": "p = .013 (Monte-Carlo error 0.003; average z over 3 cells, 1,999 draws)",
        "zh-CN": "p = .013（蒙特卡洛误差0.003；3个单元的z的平均值，1,999次抽取）",
    }
    assert words[language] in sentences(composed(language=language))


@LANGUAGES
def test_a_cell_that_was_not_estimable_is_named_with_its_reason(composed, language):
    words = {"en": "1 cell of H1 (4). ", "zh-CN": "H1的1个单元（4）。"}
    reason = {"en": "is the same for all 421 rows", "zh-CN": "全部421份答卷的结果"}
    told = sentences(composed(language=language))
    assert words[language] in told and reason[language] in told


@LANGUAGES
def test_what_moves_the_estimate_stands_with_the_reason_of_each_choice(composed, language):
    rows = table(composed(language=language), "grid_influences").rows
    words = {
        "en": [("Neighbours alone", "−0.087", "It is as good."), ("The young", "0.038", "They")],
        "zh-CN": [("邻居", "−0.087", "同样合理。"), ("年轻者", "0.038", "他们更常")],
    }
    assert [(row[1], row[3]) for row in rows] == [each[:2] for each in words[language]]
    assert all(row[-1].startswith(each[2]) for row, each in zip(rows, words[language], strict=True))


@LANGUAGES
def test_what_the_plan_excludes_is_said_with_its_reason(composed, language):
    words = {
        "en": "Outcome: Neighbours alone; Respondents: as in the primary model. It is too dear.",
        "zh-CN": "结果：邻居；受访者：同主要模型。太贵。",
    }
    assert words[language] in sentences(composed(language=language))


def test_cells_on_imputed_tables_count_once_for_each_of_them(composed, tables):
    assert "fits: a cell" not in sentences(composed())
    tables[GRID] = tables[GRID].assign(n_imputations=[10.0, 5.0, float("nan"), float("nan")])
    assert "took 17 fits" in sentences(composed(tables=tables))


def test_one_estimable_cell_is_no_curve(composed, tables):
    tables[GRID] = tables[GRID].assign(
        estimate=tables[GRID]["estimate"].where([True] + 3 * [False])
    )
    document = composed(tables=tables)
    assert not any(each.id.startswith("specifications") for each in document.figures)


@pytest.mark.parametrize("number", [30, 190])
def test_many_cells_fit_on_the_page(composed, tables, number):
    rows = tables[GRID].iloc[:1]
    many = pd.concat([rows.assign(rank=float(n), cell=n) for n in range(1, number + 1)])
    tables[GRID] = many
    assert len(tips(figure(composed(tables=tables)).drawing.svg)) == number
