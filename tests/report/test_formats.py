from __future__ import annotations

import io
import itertools
import re
import subprocess
import zipfile
from html.parser import HTMLParser

import docx as library
import pandas as pd
import pytest

from coproduction.report.html import html
from coproduction.report.pdf import pdf
from coproduction.report.word import docx

HOSTILE = (
    "<script>alert(1)</script> **bold** #import $x^2$ \\\\input{x} =HYPERLINK(1) { PAGE } &amp; ]]>"
)


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.data: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href")]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        self.data.append(data)


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def words_of(data: bytes) -> str:
    document = library.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize("render", [html, pdf, docx])
def test_the_same_report_gives_the_same_bytes(render, documents):
    assert render(documents["zh-CN"]) == render(documents["zh-CN"])


def test_the_page_refers_to_nothing_outside_itself(documents):
    page = parsed(html(documents["en"]))
    assert page.links
    assert all(link.startswith("#") for link in page.links)
    assert "@import" not in html(documents["en"])
    assert not re.search(r"url\((?!\"data:|#)", html(documents["en"]))


def test_headings_go_down_one_level_at_a_time(documents):
    levels = parsed(html(documents["en"])).headings
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_hostile_text_in_a_page_is_inert(composed):
    page = parsed(html(composed(label=HOSTILE)))
    assert page.tags.count("script") == parsed(html(composed())).tags.count("script")
    assert HOSTILE in "".join(page.data)


def test_hostile_text_in_a_title_is_shown_as_it_stands(composed):
    document = composed(study={"title": HOSTILE})
    assert HOSTILE in "".join(parsed(html(document)).data)
    assert HOSTILE in words_of(docx(document))


def test_hostile_text_becomes_no_field_in_word(composed):
    document = composed(study={"title": HOSTILE, "question": "{ INCLUDETEXT x } \x00\x0b"})
    with zipfile.ZipFile(io.BytesIO(docx(document))) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    assert "fldChar" not in body and "instrText" not in body


def test_hostile_text_in_a_pdf_is_shown_as_it_stands(composed, tmp_path):
    document = composed(study={"title": "#panic() *star* $x$ ] [ \\"})
    assert pdf(document).startswith(b"%PDF")


def test_word_tables_can_be_edited_and_hold_every_cell(documents):
    document = documents["zh-CN"]
    data = words_of(docx(document))
    for section in document.sections:
        for block in section.blocks:
            for row in block.rows if block.kind == "table" else ():
                assert all(cell in data for cell in row)


def test_word_pictures_carry_their_description(documents):
    with zipfile.ZipFile(io.BytesIO(docx(documents["en"]))) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', body)
    assert len(described) == len(documents["en"].figures)


def test_the_stamp_stands_in_the_header_of_every_word_page(documents, composed):
    def header(document):
        word = library.Document(io.BytesIO(docx(document)))
        return word.sections[0].header.paragraphs[0].text

    assert header(documents["en"]) == "SYNTHETIC DATA"
    assert header(composed(study={"synthetic": False})) == ""


def test_the_stamp_stands_on_every_pdf_page(documents, composed, tmp_path):
    """Read by the PDF's own text, which poppler extracts where it is installed."""
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf(documents["en"]))
    try:
        run = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("poppler is not installed")
    pages = run.stdout.decode("utf-8").split("\f")[:-1]
    assert len(pages) > 1
    assert all("SYNTHETIC DATA" in page for page in pages)


def test_figures_draw_every_glyph_or_fail(documents):
    for figure in documents["zh-CN"].figures:
        assert figure.drawing.svg.startswith("<svg")
        assert figure.drawing.png.startswith(b"\x89PNG")
        assert "<text" not in figure.drawing.svg


def test_a_study_of_sixty_constructs_renders_in_every_format(composed, tables):
    names = [f"construct_{place}" for place in range(60)]
    one = tables["measurement/reliability.csv"].iloc[[0]]
    tables["measurement/reliability.csv"] = pd.concat(
        [one.assign(construct=name) for name in names], ignore_index=True
    )
    pairs = pd.DataFrame(itertools.combinations(names, 2), columns=["construct_1", "construct_2"])
    validity = tables["measurement/validity.csv"]
    tables["measurement/validity.csv"] = pairs.reindex(columns=validity.columns).assign(
        observed_correlation=0.5, warning="", decision="distinct"
    )
    document = composed(tables=tables)
    page = html(document)
    assert all(page.count(f">{name}<") >= 59 for name in names)
    assert pdf(document).startswith(b"%PDF")
    words = library.Document(io.BytesIO(docx(document)))
    assert max(len(table.rows) for table in words.tables) == 1 + len(pairs)
