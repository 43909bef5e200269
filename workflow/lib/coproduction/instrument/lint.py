"""What to mend in a questionnaire before it is fielded."""

from __future__ import annotations

import re

import pandas as pd

from coproduction.instrument.definition import Instrument
from coproduction.instrument.wording import sharing

COLUMNS = ("code", "severity", "item", "found", "advice")
PLACEHOLDER = re.compile(r"【[^】]*】|\[[^\]]*\]")
# SPSS keeps 256 bytes of a variable label and 120 of a value label, and cuts the rest in silence.
LONGEST_LABEL, LONGEST_OPTION = 256, 120


def lint(instrument: Instrument) -> pd.DataFrame:
    """Look for what platforms, translators and statisticians stumble over.

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
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _wording(instrument: Instrument) -> list[tuple]:
    rows = []
    for item in instrument.items:
        for text in item.text.values():
            for found in PLACEHOLDER.findall(text):
                rows.append(("placeholder", "warning", item.id, found, "Fill in before fielding."))
            if re.search("[“”]", text):
                advice = "Form converters rewrite curly quotes; use 「」 or plain quotes."
                rows.append(("curly_quotes", "warning", item.id, text, advice))
            if len(text.encode("utf-8")) > LONGEST_LABEL and item.type != "note":
                advice = f"SPSS files keep {LONGEST_LABEL} bytes of a question; the rest is cut."
                rows.append(("long_question", "note", item.id, text[:40] + "…", advice))
    return rows


def _equal_wordings(instrument: Instrument) -> list[tuple]:
    texts = {item.id: item.text for item in instrument.questions}
    advice = "Exports must name these columns by code; the wording tells neither."
    return [
        ("equal_wordings", "note", items[0], ", ".join(items), advice)
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
                if len(label.encode("utf-8")) > LONGEST_OPTION:
                    advice = f"SPSS files keep {LONGEST_OPTION} bytes of an option."
                    rows.append(("long_option", "note", response_set.id, label, advice))
    return rows


def _constructs(instrument: Instrument) -> list[tuple]:
    rows = []
    for name, construct in instrument.constructs.items():
        items = instrument.scale(name)
        if not items:
            rows.append(("empty_construct", "warning", name, "", "No item measures it."))
        elif len(items) < 3:
            advice = "Fewer than three items cannot be checked by a factor model."
            rows.append(("short_construct", "note", name, str(len(items)), advice))
        if items and all(item.reverse for item in items):
            rows.append(("all_reversed", "warning", name, "", "Every item is reversed; flip them."))
        for facet in construct.facets:
            if not any(item.facet == facet for item in items):
                rows.append(("unused_facet", "note", name, facet, "No item belongs to this facet."))
    return rows


def _design(instrument: Instrument) -> list[tuple]:
    rows = []
    for item in instrument.with_role("attention_check"):
        if item.expected is None:
            advice = "Give the right answer as `expected`."
            rows.append(("attention_without_answer", "warning", item.id, "", advice))
    if instrument.unit == "respondent" and not instrument.with_role("consent"):
        rows.append(("no_consent", "note", "", "", "No item has the role `consent`."))
    return rows
