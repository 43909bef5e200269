from __future__ import annotations

import re

import numpy as np
import pytest
from plans import plan_of
from small_study import PLAN

from coproduction.report.figures.surfaces import surface_panels
from coproduction.report.withheld import withhold


def figure(document):
    return next(each for each in document.figures if each.id == "surface")


def hatched(svg):
    return "<pattern" in svg


def contours(svg):
    return re.findall(r'<g id="QuadContourSet_\d+">(.*?)</g>', svg, re.S)


def drawn(composed, tables, **changes):
    tables["inference/surface.csv"] = tables["inference/surface.csv"].assign(**changes)
    return figure(composed(tables=tables)).drawing.svg


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_only_points_with_respondents_near_are_told_in_words(composed, language):
    words = figure(composed(language=language)).description
    assert "1.00" in words and "3.00" not in words
    assert "1.500" in words


def test_the_note_says_how_many_respondents_a_point_needs(composed):
    assert "fewer than 5 respondents" in figure(composed()).notes[0]
    assert "不足5人" in figure(composed(language="zh-CN")).notes[0]


def test_contours_end_where_too_few_respondents_are(composed, tables):
    some, everywhere = drawn(composed, tables), drawn(composed, tables, n_near=9.0)
    assert hatched(some)
    assert len("".join(contours(some))) < len("".join(contours(everywhere)))


def test_a_surface_without_respondents_anywhere_is_hatched_and_has_no_contours(composed, tables):
    svg = drawn(composed, tables, n_near=0.0)
    assert hatched(svg) and contours(svg) == []
    assert figure(composed(tables=tables)).description == ""


def test_a_surface_is_drawn_in_greys_only(composed):
    colours = re.findall(r"#[0-9a-f]{6}", figure(composed()).drawing.svg)
    assert len(set(colours)) > 4
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)


def test_surfaces_stand_in_rows_of_two(tables):
    rows = tables["inference/surface.csv"]
    one, two, three = (
        surface_panels([("title", rows)] * count, _Names(), "").tallness for count in (1, 2, 3)
    )
    assert one == pytest.approx(two) and three == pytest.approx(2 * two)


class _Names:
    """Labels that name every term by its id."""

    def term(self, name: str) -> str:
        return name


def test_no_bar_beside_the_surface_stands_for_few_people(tables, people):
    table = tables["inference/surface.csv"]
    few = table["value"].eq(table["value"].iloc[0])
    tables["inference/surface.csv"] = table.assign(n_value=np.where(few, 4.0, 5.0))
    shown = withhold(tables, people, plan_of(PLAN), 5)["inference/surface.csv"]
    assert shown["n_value"][few].isna().all() and shown["n_value"][~few].eq(5).all()
