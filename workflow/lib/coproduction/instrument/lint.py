"""What to mend in a questionnaire before it is fielded."""

from __future__ import annotations

import re

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.wording import sharing
from coproduction.languages import FALLBACK, words

COLUMNS = ("code", "severity", "item", "found", "advice")
PLACEHOLDER = re.compile(r"【[^】]*】|\[[^\]]*\]")
# SPSS keeps 256 bytes of a variable label and 120 of a value label, and cuts the rest in silence.
LONGEST = {"long_question": 256, "long_option": 120}


def lint(instrument: Instrument, language: str = FALLBACK) -> pd.DataFrame:
    """Look for what platforms, translators and statisticians stumble over.

    Parameters
    ----------
    instrument
        The questionnaire.
    language
        Language of the advice, which `words/<language>/lint.yaml` words.

    Returns
    -------
    pandas.DataFrame
        `code, severity, item, found, advice`; a `warning` is to be mended before fielding, a `note`
        to be known.
    """
    rows = [
        *_wording(instrument),
        *_equal_wordings(instrument),
        *_options(instrument),
        *_constructs(instrument),
        *_design(instrument),
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    advice = words(language, "lint.yaml")
    told = [advice[code].format(longest=LONGEST.get(code)) for code in table["code"]]
    return table.assign(advice=told)


def _wording(instrument: Instrument) -> list[tuple]:
    rows = []
    for item in instrument.items:
        for text in item.text.values():
            for found in PLACEHOLDER.findall(text):
                rows.append(("placeholder", "warning", item.id, found))
            if re.search("[“”]", text):
                rows.append(("curly_quotes", "warning", item.id, text))
            if len(text.encode("utf-8")) > LONGEST["long_question"] and item.type != "note":
                rows.append(("long_question", "note", item.id, text[:40] + "…"))
    return rows


def _equal_wordings(instrument: Instrument) -> list[tuple]:
    texts = {item.id: item.text for item in instrument.questions}
    return [
        ("equal_wordings", "note", items[0], ", ".join(items))
        for items in dict.fromkeys(sharing(texts).values())
    ]


def _options(instrument: Instrument) -> list[tuple]:
    rows = []
    seen = {
        item.response_set.id: item.response_set for item in instrument.items if item.response_set
    }
    for response_set in seen.values():
        for language in instrument.languages:
            for label in (option.label[language] for option in response_set.options):
                if len(label.encode("utf-8")) > LONGEST["long_option"]:
                    rows.append(("long_option", "note", response_set.id, label))
    return rows


def _constructs(instrument: Instrument) -> list[tuple]:
    rows = []
    for name, construct in instrument.constructs.items():
        items = instrument.scale(name)
        if not items:
            rows.append(("empty_construct", "warning", name, ""))
        elif len(items) < 3:
            rows.append(("short_construct", "note", name, str(len(items))))
        if items and all(item.reverse for item in items):
            rows.append(("all_reversed", "warning", name, ""))
        for facet in construct.facets:
            if not any(item.facet == facet for item in items):
                rows.append(("unused_facet", "note", name, facet))
    return rows


def _design(instrument: Instrument) -> list[tuple]:
    rows = []
    for item in instrument.with_role("attention_check"):
        if item.expected is None:
            rows.append(("attention_without_answer", "warning", item.id, ""))
    if instrument.unit == "respondent" and not instrument.with_role("consent"):
        rows.append(("no_consent", "note", "", ""))
    return rows
