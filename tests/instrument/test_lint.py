"""What is found in a questionnaire before it is fielded comes with advice in every language."""

from __future__ import annotations

import inspect
import re

import pytest

from coproduction.instrument import lint as module
from coproduction.instrument.lint import LONGEST, lint
from coproduction.languages import known, words

CODES = set(re.findall(r'\("(\w+)", "(?:note|warning)"', inspect.getsource(module)))
SURVEY = """
instrument: {id: one, version: "1", unit: respondent, languages: [en], title: {en: T}, licence: X}
missing_codes:
  dont_know: {code: -88, label: {en: A}}
  refused: {code: -99, label: {en: B}}
  not_asked: {code: -77, label: {en: C}}
  not_reached: {code: -66, label: {en: D}}
sections:
  - id: one
    label: {en: One}
    items:
      - {id: q1, type: integer, range: [0, 9], text: {en: "How many [months]?"}}
      - {id: q2, type: integer, range: [0, 9], text: {en: LONG}}
"""


@pytest.mark.parametrize("language", known())
def test_every_finding_has_its_advice_in_every_language_and_no_advice_is_without_a_finding(
    language,
):
    assert len(CODES) > 5
    assert set(words(language, "lint.yaml")) == CODES
    assert set(LONGEST) <= CODES


def test_what_is_found_is_the_same_in_every_language_and_the_advice_is_worded(parse):
    survey = parse(SURVEY, ("LONG", "x" * 300))
    english, chinese = lint(survey), lint(survey, "zh-CN")
    assert english["code"].tolist() == ["placeholder", "long_question", "no_consent"]
    assert english.drop(columns="advice").equals(chinese.drop(columns="advice"))
    assert english["advice"][1] == "SPSS files keep 256 bytes of a question; the rest is cut."
    assert chinese["advice"][1] == "SPSS文件的题目只保留256字节，其余截断。"
