from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont
from pages import contrast, problems, read

from coproduction.report.figures.canvas import BAND, INK, QUIET
from coproduction.report.renderers.html import html


@pytest.fixture(scope="session")
def pages(documents):
    """The small study's page in both languages."""
    return {language: html(document) for language, document in documents.items()}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_stands_in_the_way_of_a_reader(pages, language):
    assert problems(pages[language]) == []


SPOILED = {
    "the page names no language": (' lang="en"', ""),
    "the page has no title": ("<title>A small study – SYNTHETIC DATA</title>", "<title></title>"),
    "the page has no first heading, or several": ("<h1 ", "<h2 "),
    "a heading skips a level": ("<h3>", "<h4>"),
    "the page has no main, or several": ('<main id="main">', "<div>"),
    "a navigation has no name": ('<nav aria-label="Contents">', "<nav>"),
    "the first link does not skip to the text": ('href="#main"', 'href="#other"'),
    "a table has no caption": ("caption>", "p>"),
    "a heading of a table does not say what it heads": (' scope="col"', ""),
    "a row is not as wide as its table": ("</td>\n</tr>", "</td><td></td></tr>"),
    "a wide table cannot be scrolled by keyboard": (' tabindex="0"', ""),
    "a field has no label": ('<main id="main">', '<main id="main"><select></select>'),
    "a picture has no description": (r'role="img" aria-label="[^"]+"', 'role="img"'),
    "a picture is not marked as one": (' role="img"', ""),
    "quiet on #ffffff is too faint": ("--quiet: #5a5a5a", "--quiet: #9a9a9a"),
}


@pytest.mark.parametrize("problem", SPOILED)
def test_every_problem_is_noticed(pages, problem):
    old, new = SPOILED[problem]
    spoiled = re.sub(old, new, pages["en"])
    assert spoiled != pages["en"]
    assert problem in problems(spoiled)


def test_figures_can_be_told_apart_in_grey():
    assert contrast(INK, "#ffffff") > 7
    assert contrast(QUIET, "#ffffff") > 4.5
    assert contrast(INK, BAND) > 7


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_page_brings_a_glyph_for_every_character(pages, language):
    data = re.search(r"data:font/woff;base64,([^\"]+)", pages[language])[1]
    known = TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()
    shown = {character for character in read(pages[language]).text if not character.isspace()}
    assert len(shown) > 60
    assert {character for character in shown if ord(character) not in known} == set()
