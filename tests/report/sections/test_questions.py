"""The explorer of questions: what it holds, and what a reader does with it in a browser."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

import pandas as pd
import pytest
from browser import BROWSER, Browser
from pages import problems
from plans import plan_of
from small_study import PLAN, PROVENANCE, STUDY

from coproduction.report.document import compose
from coproduction.report.renderers.html import html

FREQUENCIES, LOADINGS = "cleaning/frequencies.csv", "measurement/loadings.csv"
NOBODY = float("nan")


def frequencies(tables, *rows):
    """The small study's tables with other frequencies: item, kind, value, n, share, share_asked."""
    names = ["item", "kind", "value", "n", "share", "share_asked"]
    frame = pd.DataFrame(rows, columns=names).assign(minimum=1.0, maximum=9.0, mean=4.0, sd=2.0)
    return {**tables, FREQUENCIES: frame}


def explorer(document):
    sections = [each for each in document.sections if each.id == "questions"]
    return sections[0].blocks[0] if sections else None


def answered(document, item="t1"):
    question = next(each for each in explorer(document).questions if each.id == item)
    return [(each.name, each.n, each.of_answered, each.of_asked) for each in question.answers]


ROWS = [
    ("t1", "answer", "1", 4.0, 0.04, 0.032),
    ("t1", "answer", "2", 36.0, 0.36, 0.288),
    ("t1", "answer", "3", 60.0, 0.6, 0.48),
    ("t1", "dont_know", "", 25.0, float("nan"), 0.2),
]


def test_a_question_shows_its_answers_and_the_kinds_of_missing_ones(composed, tables):
    assert answered(composed(tables=frequencies(tables, *ROWS))) == [
        ("Disagree", "4", "4.0%", "3.2%"),
        ("Neutral", "36", "36.0%", "28.8%"),
        ("Agree", "60", "60.0%", "48.0%"),
        ("Don't know", "25", "–", "20.0%"),
    ]


def test_bars_are_as_long_as_the_shares_they_stand_for(composed, tables):
    question = explorer(composed(tables=frequencies(tables, *ROWS))).questions[0]
    shown = [(each.length, each.missing) for each in question.answers]
    assert shown == [(4, False), (36, False), (60, False), (20, True)]


def test_what_the_frequencies_hide_is_named_and_said(composed, tables):
    hidden = [("t1", "answer", value, NOBODY, NOBODY, NOBODY) for value in ("1", "2")]
    document = composed(tables=frequencies(tables, *hidden, *ROWS[2:]))
    assert answered(document) == [
        ("Disagree", "hidden", "–", "–"),
        ("Neutral", "hidden", "–", "–"),
        ("Agree", "60", "60.0%", "48.0%"),
        ("Don't know", "25", "–", "20.0%"),
    ]
    assert [each.length for each in explorer(document).questions[0].answers] == [0, 0, 60, 20]
    assert "fewer than 5 people" in explorer(document).notes[1]
    assert len(explorer(composed(tables=frequencies(tables, *ROWS))).notes) == 1


def test_a_hidden_end_of_a_range_has_no_line(composed, tables):
    table = frequencies(tables, ("hours", "number", "", 50.0, 1.0, 1.0))
    names = [name for name, _ in explorer(composed(tables=table)).questions[0].statistics]
    assert names == ["Mean", "SD", "Lowest number", "Highest number"]
    table[FREQUENCIES]["maximum"] = NOBODY
    limited = explorer(composed(tables=table)).questions[0].statistics
    assert [name for name, _ in limited] == names[:3]


def test_a_scale_item_has_its_statistics_and_its_loading(composed, planned, tables):
    loading = {"model": "one", "kind": "loading", "lhs": "trust", "rhs": "t1", "standardised": 0.7}
    loading |= {"standardised_conf_low": 0.6, "standardised_conf_high": 0.8}
    plan = {**planned[0], "measurement": {"models": [{"id": "one", "label": {"en": "One"}}]}}
    known = {**frequencies(tables, *ROWS), LOADINGS: pd.DataFrame([loading])}
    question = explorer(composed(tables=known, plan=plan)).questions[0]
    assert dict(question.statistics) == {
        **{"Mean": "2.11", "SD": "0.83", "Item–rest r": "0.486", "Alpha without": "–"},
        "Standardised loading": "0.700 [0.600, 0.800]",
    }
    assert question.group == "Trust"


def test_other_questions_are_listed_under_their_section(composed, tables):
    table = frequencies(tables, ("hours", "number", "", 50.0, 1.0, 1.0))
    assert explorer(composed(tables=table)).questions[0].group == "One"


def test_a_scenario_stands_before_its_question_with_its_arms_named(people, tables):
    item = replace(people.by_id["t1"], scenario={"en": "Suppose so: {t2}."})
    scene = replace(people, items=(item, *people.items[1:]))
    document = compose("en", frequencies(tables, *ROWS), scene, STUDY, plan_of(PLAN), PROVENANCE)
    expected = "Suppose so: [Neighbours]. Most people can be trusted"
    assert explorer(document).questions[0].text == expected


def test_a_study_without_frequencies_has_no_explorer(composed, tables):
    page = html(composed(tables=frequencies(tables)))
    assert "explorer.querySelector" not in page
    assert 'class="explorer"' not in page


def test_paper_has_no_explorer(composed):
    document = composed()
    assert explorer(document)
    assert "questions" not in {section.id for section in document.printed()}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser for all tests of this file."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed")
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture
def at(browser, composed, tables, tmp_path):
    """Open the small study's page with two questions, in a window of a width."""

    def opened(width: int, language: str = "en", label: str = "Most people can be trusted"):
        table = frequencies(tables, *ROWS, ("hours", "number", "", 50.0, 1.0, 1.0))
        file = tmp_path / f"{language}.html"
        file.write_text(html(composed(label, language, tables=table)), encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.call("Emulation.setDeviceMetricsOverride", **size)
        browser.complaints.clear()
        browser.open(file)
        return browser

    return opened


def text(selector: str) -> str:
    return f"document.querySelector('.explorer {selector}').innerText"


def tab_to_the_field(browser) -> None:
    """Press Tab until the choice of a question has the focus."""
    focused = "document.activeElement.tagName"
    for _ in takewhile(lambda _: browser.value(focused) != "SELECT", range(60)):
        browser.press("Tab")
    assert browser.value(focused) == "SELECT"


@pytest.mark.parametrize("width", [390, 1100])
def test_a_question_is_chosen_by_keyboard(at, width):
    browser = at(width)
    assert browser.value(text(".wording")) == "Most people can be trusted"
    assert "Disagree" in browser.value(text("table"))
    tab_to_the_field(browser)
    browser.press("ArrowDown")
    assert browser.value(text(".wording")) == "Hours"
    assert browser.value(text("tbody")).split() == ["Number", "50", "100.0%", "100.0%"]
    assert "4.00" in browser.value(text("dl"))
    browser.press("ArrowUp")
    assert browser.value(text(".wording")) == "Most people can be trusted"
    assert browser.complaints == []


@pytest.mark.parametrize("width", [390, 1100])
def test_the_explorer_stays_within_the_screen(at, width):
    browser = at(width, label="A rather long question that goes on and on " * 5)
    right = "document.querySelector('.explorer {}').getBoundingClientRect().right"
    for part in (".panel", "select", "table"):
        assert browser.value(right.format(part)) <= width
    lengths = "[...document.querySelectorAll('.panel .bar')].map((bar) => bar.offsetWidth)"
    disagree, _, agree, unknown = browser.value(lengths)
    assert agree / disagree == pytest.approx(15, rel=0.05)
    assert unknown > disagree


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_nothing_stands_in_the_way_of_a_reader_once_a_question_is_shown(at, language):
    browser = at(1100, language)
    assert problems(browser.value("document.documentElement.outerHTML")) == []
    name = "document.querySelector('.explorer select').labels[0].innerText"
    assert browser.value(name).startswith({"en": "Question", "zh-CN": "题目"}[language])
    groups = "[...document.querySelectorAll('.explorer optgroup')].map((each) => each.label)"
    assert browser.value(groups) == {"en": ["Trust", "One"], "zh-CN": ["信任", "一"]}[language]
    live = "document.querySelector('.explorer [aria-live=polite]').innerText"
    assert browser.value(live)


def test_paper_holds_every_question_and_a_page_without_scripts_points_to_the_result_file(
    at, browser
):
    shown = "getComputedStyle(document.querySelector('.explorer {}')).display"
    at(1100)
    assert browser.value(shown.format(".panel")) == "block"
    assert browser.value(shown.format(".pointer")) == "none"
    assert browser.value(shown.format(".paper")) == "none"
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.value(shown.format(".panel")) == "none"
    paper = browser.value(text(".paper"))
    for words in ("Most people can be trusted", "Disagree", "36.0%", "Hours", "4.00"):
        assert words in paper
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    at(1100)
    assert browser.value("document.querySelector('.explorer .panel')") is None
    assert FREQUENCIES in browser.value(text(".pointer"))
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_markup_in_a_question_is_inert(at):
    browser = at(1100, label="</script><script>document.title = 7</script><b>bold</b>")
    assert browser.value("document.title") != "7"
    assert browser.value(text(".wording")).startswith("</script><script>")
    assert browser.complaints == []
