"""On which page of the PDF something stands, as its layout tells."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import typst
from matplotlib.figure import Figure as Picture

from coproduction.report.blocks import Figure, Paragraphs, Section
from coproduction.report.figures.canvas import styled
from coproduction.report.renderers.pdf import pdf

ASKED = b"""
#context [#metadata(query(selector(outline).or(list)).map(it => it.location().page())) <pages>]
"""


@pytest.fixture
def pages(monkeypatch):
    """Give the pages of the points of a summary and of the contents, in order."""

    def laid_out(document) -> list[int]:
        asked = {}
        with monkeypatch.context() as patch:
            patch.setattr(
                typst,
                "compile_with_warnings",
                lambda source, **options: (asked.update(options, input=source + ASKED), []),
            )
            pdf(document)
        del asked["format"]
        return json.loads(typst.query(**asked, selector="<pages>", field="value", one=True))

    return laid_out


@styled
def tall():
    return Picture(figsize=(7, 4))


def summary(points: int) -> Section:
    blocks = [
        Figure("f", "Figure", tall(), "Nothing"),
        *(Paragraphs([f"Point {place}"], points=True) for place in range(points)),
    ]
    return Section("summary", "Summary", blocks)


@pytest.mark.parametrize(("points", "end"), [(1, 1), (40, 2), (80, 3)])
def test_the_contents_follow_the_summary_without_an_empty_page_between(
    documents, pages, points, end
):
    after = Section("models", "Models", [Paragraphs(["Nothing."])])
    document = replace(documents["en"], sections=[summary(points), after])
    *summed_up, contents = pages(document)
    assert summed_up[-1] == end
    assert contents == max(end, 2)


def test_the_contents_follow_a_summary_without_a_figure_on_its_page(documents, pages):
    sections = [Section(name, name, [Paragraphs([name], points=True)]) for name in ("one", "two")]
    assert pages(replace(documents["en"], sections=sections)) == [1, 1, 1]
