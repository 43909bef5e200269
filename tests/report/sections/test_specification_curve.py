from __future__ import annotations

import re

import pytest

from coproduction.report.figures.canvas import INK


def figure(document):
    return next(each for each in document.figures if each.id == "specifications_1")


def table(document):
    blocks = [block for section in document.sections for block in section.blocks]
    return next(b for b in blocks if b.kind == "table" and b.file.endswith("specifications.csv"))


def tips(svg):
    return re.findall(r"<title>([^<]*)</title>", svg)


def test_models_are_told_from_the_largest_estimate_to_the_smallest(composed):
    words = figure(composed()).description
    assert re.findall(r"0\.\d+", words) == ["0.312", "0.274", "0.188"]


def test_the_pointer_shows_number_model_estimate_and_interval(composed):
    found = tips(figure(composed()).drawing.svg)
    assert found == [
        "1. m2 0.312 [0.062, 0.562]",
        "2. Model one 0.274 [0.062, 0.562]",
        "3. m3 0.188 [0.062, 0.562]",
    ]


def test_the_numbers_of_the_columns_are_those_of_the_table(composed):
    rows = table(composed()).rows
    assert [row[0] for row in rows] == ["1", "2", "3", "–"]
    assert [row[1] for row in rows[:3]] == ["m2", "Model one", "m3"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_model_that_was_not_estimable_is_named_with_its_reason(composed, language):
    notes = " ".join(figure(composed(language=language)).notes)
    words = {"en": "is the same for all 421 rows", "zh-CN": "全部421份答卷的结果"}
    assert "m4" in notes and words[language] in notes


def marks(svg):
    """Fill of each estimate's mark, in order."""
    parts = re.findall(r"<g><title>[^<]*</title>(.*?)</g>\s*</g>", svg, re.S)
    return [re.search(r"<use [^>]*fill: (#\w+)", part)[1] for part in parts]


def test_marks_tell_planned_models_from_others(composed):
    assert marks(figure(composed()).drawing.svg) == [INK, INK, "#ffffff"]


def test_a_predictor_in_one_model_alone_has_no_curve(composed, tables):
    specifications = tables["inference/specifications.csv"]
    tables["inference/specifications.csv"] = specifications[specifications["rank"] == 1]
    document = composed(tables=tables)
    assert not any(each.id.startswith("specifications") for each in document.figures)
    assert len(table(document).rows) == 1


def test_models_that_differ_in_nothing_have_no_matrix_rows_and_are_drawn(composed, tables):
    tables["inference/specifications.csv"] = tables["inference/specifications.csv"].assign(
        **{"outcome": "hours", "family": "gaussian", "added": ""}
    )
    assert len(tips(figure(composed(tables=tables)).drawing.svg)) == 3


def test_many_models_fit_on_the_page(composed, tables):
    import pandas as pd

    rows = tables["inference/specifications.csv"].iloc[:1]
    many = pd.concat([rows.assign(rank=float(place)) for place in range(1, 61)])
    tables["inference/specifications.csv"] = many
    assert len(tips(figure(composed(tables=tables)).drawing.svg)) == 60
