from __future__ import annotations

import io
import itertools
import re
import subprocess
import zipfile
from copy import deepcopy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import docx as library
import pandas as pd
import pytest
from docx.oxml.ns import qn
from matplotlib.figure import Figure
from pages import problems, read
from plans import plan_of
from small_study import PLAN, PROVENANCE, STUDY, instrument, result_tables

from coproduction.notes import Note
from coproduction.report.blocks import Figure as Figured
from coproduction.report.blocks import Section, Table
from coproduction.report.document import compose
from coproduction.report.figures.canvas import styled
from coproduction.report.numbers import longest_word
from coproduction.report.renderers.html import html
from coproduction.report.renderers.pdf import _widths as pdf_widths
from coproduction.report.renderers.pdf import pdf
from coproduction.report.renderers.word import HALF_WIDTH, WIDTH, docx
from coproduction.report.renderers.word import _widths as word_widths

HOSTILE = (
    "<script>alert(1)</script> **bold** #import $x^2$ \\\\input{x} =HYPERLINK(1) { PAGE } "
    "&amp; ]]> --> <!--"
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


def parsed_text(page: str) -> str:
    return read(page).text


def words_of(data: bytes) -> str:
    document = library.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def extracted(data: bytes, folder: Path) -> str:
    """Text of a PDF."""
    file = folder / "report.pdf"
    file.write_bytes(data)
    try:
        run = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("poppler is not installed")
    return run.stdout.decode("utf-8")


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


@pytest.fixture(scope="module")
def hostile(schemas):
    """The small study with hostile text wherever somebody could have written it."""
    tables = result_tables()
    tables["inference/verdicts.csv"]["reason"] = str(
        Note("model_unknown_variable", {"model": HOSTILE, "name": HOSTILE})
    )
    tables["inference/verdicts.csv"]["verdict"] = "not_estimable"
    tables["inference/models.csv"].loc[0, "outcome"] = HOSTILE
    tables["cleaning/frequencies.csv"].loc[1, "value"] = HOSTILE
    tables["measurement/reliability.csv"]["construct"] = HOSTILE
    tables["measurement/reliability.csv"]["warning"] = str(
        Note("weak_scale", {"name": HOSTILE, "value": 0.7})
    )
    plan = deepcopy(PLAN)
    plan["models"][0]["label"] = {"en": HOSTILE}
    plan["hypotheses"][0]["statement"] = {"en": HOSTILE}
    study = {**STUDY, "title": HOSTILE, "question": HOSTILE, "limitations": [HOSTILE]}
    people = instrument(schemas, HOSTILE)
    return compose("en", tables, people, study, plan_of(plan), PROVENANCE)


def test_hostile_text_in_a_page_is_inert(hostile, documents):
    page, harmless = parsed(html(hostile)), parsed(html(documents["en"]))
    kinds = ("script", "iframe", "img", "object", "embed", "link", "form")
    assert [page.tags.count(kind) for kind in kinds] == [harmless.tags.count(k) for k in kinds]
    assert "".join(page.data).count(HOSTILE) > 8
    assert all(link.startswith("#") for link in page.links)


def test_hostile_text_in_a_figure_is_drawn_as_it_stands(hostile):
    for figure in hostile.figures:
        assert "alert(1)" not in re.sub("<title>.*?</title>|&lt;script&gt;", "", figure.drawing.svg)
        assert figure.drawing.png.startswith(b"\x89PNG")


def test_hostile_text_in_a_word_document_is_text(hostile):
    data = docx(hostile)
    assert words_of(data).count(HOSTILE) > 6
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                assert not re.search(b"fldChar|instrText|fldSimple|altChunk", archive.read(name))
        relations = archive.read("word/_rels/document.xml.rels")
    assert b'TargetMode="External"' not in relations


def test_control_characters_do_not_break_a_word_document(composed):
    document = composed(study={"question": "before \x00\x0b\ufffe after"})
    assert "before  after" in words_of(docx(document))


def test_hostile_text_in_a_pdf_is_text(hostile, tmp_path):
    """Read by the PDF's own text, which poppler extracts where it is installed."""
    found = extracted(pdf(hostile), tmp_path)
    for part in ("<script>alert(1)</script>", "**bold**", "#import", "$x^2$", "=HYPERLINK(1)"):
        assert found.count(part) > 4


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
    pages = extracted(pdf(documents["en"]), tmp_path).split("\f")[:-1]
    assert len(pages) > 1
    assert all("SYNTHETIC DATA" in page for page in pages)


def test_figures_draw_every_glyph(documents):
    for figure in documents["zh-CN"].figures:
        assert figure.drawing.boxes == ""
        assert figure.drawing.svg.startswith("<svg")
        assert figure.drawing.png.startswith(b"\x89PNG")
        assert "<text" not in figure.drawing.svg


@pytest.fixture(scope="module")
def scripts(documents):
    """A report with a table and a figure in scripts that its fonts have, lack, or turn round."""

    @styled
    def drawn():
        figure = Figure(figsize=(3, 2))
        figure.text(0.1, 0.5, "한국 مرحبا")
        return figure

    rows = [[name, "1"] for name in ("مرحبا (12%)", "שלום", "Zażółć", "ไทย", "𠮷", "हिन्दी")]
    table = Table("مرحبا", [("النص", False), ("n", True)], rows)
    figure = Figured("f", "Figure", drawn(), "한국 مرحبا")
    return replace(documents["en"], sections=[Section("s", "مرحبا", [table, figure])])


def test_text_from_right_to_left_keeps_its_order(scripts):
    page = html(scripts)
    assert '<th dir="auto" scope="row">مرحبا (12%)</th>' in page
    assert "<bdi>مرحبا</bdi>" in page
    table = library.Document(io.BytesIO(docx(scripts))).tables[0]
    turned = [row.cells[0]._tc.find(f".//{qn('w:bidi')}") is not None for row in table.rows]
    assert turned == [True, True, True, False, False, False, False]


def test_what_no_font_has_is_a_box_with_a_note(scripts, documents, tmp_path):
    (figure,) = scripts.figures
    assert "a box stands for each: 국 (U+AD6D) 한 (U+D55C)" in scripts.note(figure)
    assert scripts.note(figure) in html(scripts)
    read_text = " ".join(extracted(pdf(scripts), tmp_path).split())
    assert "No font at hand has 6 of the characters" in read_text
    for code in ("U+0E17", "U+0E22", "U+0E44", "U+20BB7", "U+AD6D", "U+D55C"):
        assert code in read_text
    assert "No font at hand" not in extracted(pdf(documents["en"]), tmp_path)


def without_hypotheses(tables):
    for name in tables:
        if name.startswith("inference/"):
            tables[name] = tables[name].iloc[:0]


def without_communities(tables):
    for name, table in tables.items():
        if "n_clusters" in table:
            tables[name] = table.assign(n_clusters=float("nan"))


def without_scales(tables):
    for name in tables:
        if name.startswith("measurement/"):
            tables[name] = tables[name].iloc[:0]


def with_nothing_but_a_flow(tables):
    for name in tables:
        if name != "cleaning/flow.csv":
            tables[name] = tables[name].iloc[:0]


def with_failed_models(tables):
    models = tables["inference/models.csv"]
    reason = str(Note("model_no_rows", {"model": "one & <two>"}))
    tables["inference/models.csv"] = models.assign(status="failed", reason=reason, n=0)
    for name in ("coefficients", "effects", "curves", "moderation", "verdicts"):
        tables[f"inference/{name}.csv"] = tables[f"inference/{name}.csv"].iloc[:0]


STUDIES = (
    without_hypotheses,
    without_communities,
    without_scales,
    with_nothing_but_a_flow,
    with_failed_models,
)


@pytest.mark.parametrize("study", STUDIES)
def test_a_poorer_study_renders_without_empty_parts(study, composed, tables, tmp_path):
    study(tables)
    document = composed(tables=tables)
    page = html(document)
    assert problems(page) == []
    assert not re.search(
        r"\bnan\b|\bNone\b|\{\w+\}|\b0 (hypotheses|models|scales)\b", parsed_text(page)
    )
    for section in document.sections:
        assert section.blocks
        assert all(block.rows for block in section.blocks if block.kind == "table")
        assert all(block.sentences for block in section.blocks if block.kind == "paragraphs")
    assert pdf(document).startswith(b"%PDF")
    assert words_of(docx(document))


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
    assert max(len(table._tbl.tr_lst) for table in words.tables) == 1 + len(pairs)


def test_a_column_of_short_texts_has_room_for_its_longest_word():
    columns = [("Exposure", False), ("Downstream", False), ("Path", False)]
    rows = [("Market", "–", "one long path through many nodes " * 3)] * 9
    table = Table("Paths", columns, [*rows, ("Market", "Membership of a team", "a path")])
    shares = [float(width.removesuffix("fr")) for width in pdf_widths(table)]
    assert shares[1] > len("Membership")
    twips = word_widths(table, 9)
    assert sum(twips) == pytest.approx(WIDTH, abs=3)
    assert twips[1] > len("Membership") * 9 * HALF_WIDTH * 20


def test_the_longest_word_is_that_of_no_space_and_no_chinese():
    assert longest_word(["one three", "市场激励"]) == 5
    assert longest_word(["市场incentives激励"]) == 10
    assert longest_word([]) == 0
