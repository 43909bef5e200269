"""Adding a language is adding its folder: with nothing else, every product speaks it."""

from __future__ import annotations

import io
import math
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import docx as library
import pandas as pd
import pytest
import yaml
from docx.oxml.ns import qn
from plans import plan_of
from small_study import PLAN, PROVENANCE, STUDY, instrument, result_tables
from test_document import texts

from coproduction import languages
from coproduction.instrument.codebook import codebook_html
from coproduction.instrument.forms.xlsform.sheets import xlsform
from coproduction.instrument.lint import lint
from coproduction.languages import listed
from coproduction.notes import Note, sentence
from coproduction.release.variables import missing_labels, variables
from coproduction.report.document import compose
from coproduction.report.renderers.html import html
from coproduction.report.renderers.pdf import pdf
from coproduction.report.renderers.word import docx
from coproduction.report.words import borrowed, catalogue

NEW, MARK = "fr", "¤"
DATA = {"ab" * 32, "coproduction", "data/raw/small/people.csv", "reference"}
"""Texts of the small study's results that are in no language."""
SURVEY = """
instrument: {id: small, version: "1", unit: respondent, languages: [fr], title: {fr: Ç}, licence: X}
missing_codes:
  dont_know: {code: -88, label: {fr: É}}
  refused: {code: -99, label: {fr: È}}
  not_asked: {code: -77, label: {fr: Ê}}
  not_reached: {code: -66, label: {fr: Ë}}
response_sets:
  tasks:
    level: nominal
    options: [{value: 1, label: {fr: À}}, {value: 9, label: {fr: Â}, exclusive: true}]
constructs:
  t1: {label: {fr: Ï}}
sections:
  - id: one
    label: {fr: Î}
    items:
      - {id: h1, type: integer, range: [0, 9], construct: t1, reverse: true, text: {fr: Ô}}
      - {id: p1, type: text, pattern: "[0-9]+", required: true, text: {fr: “Ü”}}
      - {id: m1, type: select_multiple, response_set: tasks, relevant: h1 > 1, text: {fr: Û}}
"""
ANSWERED = {
    **{"item": "h1", "value": "", "kind": "number", "n": 9.0, "share": math.nan},
    **{"share_asked": 0.9, "minimum": 1.0, "maximum": 5.0, "mean": 2.0, "sd": 1.0},
}


def marked(words: Any) -> Any:
    """English words, each behind a mark, as if they were of another language."""
    if isinstance(words, dict):
        return {key: marked(value) for key, value in words.items()}
    return [marked(each) for each in words] if isinstance(words, list) else MARK + words


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory) -> Iterator[Path]:
    """A folder of a throw-away language among the others, the only thing that is added."""
    folder = tmp_path_factory.mktemp("house") / "words"
    shutil.copytree(str(languages.FOLDER), folder)
    shutil.copytree(folder / "en", folder / NEW)
    for file in (folder / NEW).iterdir():
        words = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
        file.write_text(yaml.safe_dump(marked(words), allow_unicode=True), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "FOLDER", folder)
        languages.words.cache_clear()
        yield folder / NEW
    languages.words.cache_clear()


@pytest.fixture
def survey(parse):
    """A questionnaire in the new language, with what forms, codebook and release put into words."""
    return parse(SURVEY)


@pytest.fixture(scope="module")
def document(schemas):
    return compose(NEW, result_tables(), instrument(schemas), STUDY, plan_of(PLAN), PROVENANCE)


def borrowed_words(texts: Iterable[str]) -> set[str]:
    """Texts in Latin letters that come from no folder: all words of the small study are Chinese."""
    lines = {line.strip() for text in texts for line in text.splitlines() if MARK not in text}
    return {line for line in lines if re.search("[A-Za-z]{3,}", line)} - DATA


def of_page(page: str, leave_out: str = "style|script|svg") -> list[str]:
    """Texts of a page, and those that only a screen reader says."""
    page = re.sub(rf"<({leave_out})\b.*?</\1>", "\n", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', page)
    return [*said, *re.sub("<[^>]*>", "\n", page).splitlines()]


def test_the_report_says_nothing_in_words_of_another_language(document):
    assert len(list(texts(document))) > 100
    assert borrowed_words(texts(document)) == set()
    assert borrowed(NEW) == ""


def test_the_page_has_its_words_and_fonts(document):
    page = html(document)
    assert borrowed_words(of_page(page)) == set()
    assert f"font-family: {MARK}" in page and f'<html lang="{NEW}">' in page


def test_the_word_document_has_its_words_and_fonts(document):
    word = library.Document(io.BytesIO(docx(document)))
    paragraphs = word.element.body.iter(qn("w:p"))
    said = ["".join(each.text or "" for each in one.iter(qn("w:t"))) for one in paragraphs]
    assert len(said) > 100 and borrowed_words(said) == set()
    assert word.core_properties.language == NEW
    assert f'w:eastAsia="{MARK}' in word.styles.element.xml


def test_the_pdf_is_in_the_language(document):
    assert f"/Lang({NEW})".encode() in pdf(document)


def test_a_note_is_said_in_the_language():
    said = sentence(Note("model_no_rows", {"model": "m"}), NEW)
    assert said.startswith(f"{MARK}Model `m`")


def test_the_codebook_speaks_the_language(survey):
    counts = pd.DataFrame([ANSWERED, {**ANSWERED, "kind": "no_answer", "n": math.nan}])
    said = of_page(codebook_html(survey, NEW, counts, synthetic=True))
    lines = [line for line in said if re.search("[A-Za-z]{3,}", line)]
    assert len(lines) > 10
    assert {line for line in lines if MARK not in line} <= {"integer", "select_multiple"}


def test_forms_name_the_language_and_say_in_it_what_is_wrong(survey):
    form = xlsform(survey)["survey"]
    assert f"label::{MARK}English ({NEW})" in form
    told = form[f"constraint_message::{MARK}English ({NEW})"]
    assert (told != "").sum() == 3
    assert told[told != ""].str.startswith(MARK).all()


def test_release_files_label_in_it_what_no_questionnaire_words(survey):
    table = pd.DataFrame(columns=["id", "synthetic", "m1_1", "t1"])
    labels = {each.name: each for each in variables(table, survey)}
    for name in ("id", "synthetic"):
        assert labels[name].label[NEW].startswith(MARK)
    assert MARK in labels["t1"].label[NEW]
    assert {text[NEW][0] for text in labels["m1_1"].values.values()} == {MARK}
    assert any(text[NEW].startswith(MARK) for text in missing_labels(survey).values())


def test_the_lint_advises_in_it(survey):
    found = lint(survey, NEW)
    assert set(found["code"]) >= {"curly_quotes", "short_construct", "no_consent"}
    assert found["advice"].str.startswith(MARK).all()


def test_exports_are_read_that_tick_in_it():
    assert {f"{MARK}ticked", "ticked"} <= listed("exports.yaml", "ticked")


def test_the_report_of_a_run_names_it_beside_the_others():
    assert all(text.count(MARK) == 1 for text in catalogue().values())
