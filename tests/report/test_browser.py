"""The page in a browser: quiet, alone, and its tables obey."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from coproduction.report.renderers.html import html

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
SILENT = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=2000"),
)


@pytest.fixture
def browse(tmp_path):
    """Open a page: what it looks like afterwards, and what the browser complained about."""

    def opened(page: str) -> tuple[str, list[str]]:
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        run = subprocess.run(
            [BROWSER, *SILENT, f"--user-data-dir={tmp_path}", "--dump-dom", file.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return run.stdout, re.findall(r"CONSOLE.*", run.stderr)

    return opened


@pytest.fixture(scope="session")
def page(documents):
    """The small study's page."""
    return html(documents["en"])


def test_the_page_opens_without_a_complaint(browse, page):
    after, complaints = browse(page)
    assert '<h1 dir="auto">A small study</h1>' in after
    assert complaints == []


@pytest.mark.parametrize(
    "harm",
    [
        '<img src="http://127.0.0.1:9/picture.png">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/style.css">',
        '<script>fetch("http://127.0.0.1:9/")</script>',
        "<script>absent()</script>",
    ],
)
def test_the_browser_refuses_requests_and_reports_errors(browse, page, harm):
    assert browse(page.replace("</footer>", f"</footer>{harm}"))[1]


TABLE = """<table><thead><tr><th>name</th><th>size</th></tr></thead><tbody>{rows}</tbody></table>"""
CLICK = """<script>
document.querySelectorAll("thead button")[1].click();
const shown = (row) => !row.hidden && row.cells[0].textContent;
const field = document.querySelector("input");
field.value = "row 1";
field.dispatchEvent(new Event("input"));
const names = [...document.querySelectorAll("#probe tbody tr")].map(shown).filter(Boolean);
document.title = names.join(",") + document.querySelectorAll("thead th")[1].ariaSort;
</script>"""


def test_long_tables_can_be_sorted_and_filtered(browse, page):
    sizes = [5, 3, 12, 0.5, 7, 1, 9, 2, 4, 6, 8, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]
    rows = [f"<tr><th>row {n}</th><td>{size:,}</td></tr>" for n, size in enumerate(sizes)]
    table = TABLE.format(rows="".join(rows))
    start, end = page.index('<main id="main">'), page.index("</main>")
    only = f'{page[:start]}<main id="main"><div id="probe">{table}</div>{page[end:]}{CLICK}'
    after, complaints = browse(only)
    assert complaints == []
    assert "<title>row 10,row 11,row 13" not in after
    matched = [n for n in range(24) if "row 1" in f"row {n}"]
    ordered = [f"row {n}" for n in sorted(matched, key=sizes.__getitem__)]
    assert f"<title>{','.join(ordered)}ascending</title>" in after
