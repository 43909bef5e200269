"""What a reader prints holds everything, whatever was filtered, closed or sorted on the screen."""

from __future__ import annotations

import pytest
from browser import BROWSER, Browser
from test_browser import TABLE

from coproduction.report.renderers.html import html

ROWS = "".join(f"<tr><th>row {n}</th><td>{n}</td></tr>" for n in range(24))
CLOSED = "<details><summary>More</summary><p>Hidden words</p></details>"
FILTER = """
document.querySelectorAll("thead button")[1].click();
const field = document.querySelector("input");
field.value = "row 1";
field.dispatchEvent(new Event("input"));
"""
SEEN = """
[...document.querySelectorAll("#probe tbody tr")].filter((row) => row.offsetParent).length
"""
SIGN = "getComputedStyle(document.querySelector('th[aria-sort] button'), '::after').content"
CONTENT = """
getComputedStyle(document.querySelector('details'), '::details-content').contentVisibility
"""


@pytest.fixture
def opened(documents, tmp_path):
    """A page with a long table whose filter holds a text, and a closed appendix."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed")
    page = html(documents["en"])
    start, end = page.index('<main id="main">'), page.index("</main>")
    probe = f'<div id="probe">{TABLE.format(rows=ROWS)}</div>{CLOSED}'
    file = tmp_path / "page.html"
    file.write_text(f'{page[:start]}<main id="main">{probe}{page[end:]}', encoding="utf-8")
    browser = Browser(tmp_path / "browser")
    browser.open(file)
    browser.value(FILTER)
    yield browser
    assert browser.complaints == []
    browser.close()


def test_paper_shows_the_rows_that_a_filter_hides_on_the_screen(opened):
    matched = sum("row 1" in f"row {n}" for n in range(24))
    assert opened.value(SEEN) == matched
    opened.call("Emulation.setEmulatedMedia", media="print")
    assert opened.value(SEEN) == 24
    opened.call("Emulation.setEmulatedMedia", media="")
    assert opened.value(SEEN) == matched


def test_paper_says_by_which_column_its_rows_are_sorted(opened):
    opened.call("Emulation.setEmulatedMedia", media="print")
    assert "↑" in opened.value(SIGN)


def test_appendices_are_open_on_paper_and_afterwards_as_they_were(opened):
    assert opened.value(CONTENT) == "hidden"
    states = "document.querySelector('details').open"
    opened.value("dispatchEvent(new Event('beforeprint'))")
    assert opened.value(states)
    opened.value("dispatchEvent(new Event('afterprint'))")
    assert not opened.value(states)
    opened.call("Emulation.setEmulatedMedia", media="print")
    assert opened.value(CONTENT) == "visible"
