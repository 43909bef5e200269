"""The questionnaire as a table and as a page to read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coproduction.instrument.definition import Instrument, Item

WORDS = {
    "zh": {
        "codebook": "编码手册",
        "version": "版本",
        "licence": "许可",
        "contents": "目录",
        "constructs": "构念",
        "missing": "缺失值编码",
        "items": "题目",
        "code": "编码",
        "label": "标签",
        "definition": "定义",
        "reversed": "反向题",
        "required": "必答",
        "asked_if": "何时询问",
        "always": "所有人",
        "range": "范围",
        "source": "来源",
        "exclusive": "单独选择",
        "arms": "随机文字",
    },
    "en": {
        "codebook": "Codebook",
        "version": "Version",
        "licence": "Licence",
        "contents": "Contents",
        "constructs": "Constructs",
        "missing": "Codes of missing answers",
        "items": "Items",
        "code": "Code",
        "label": "Label",
        "definition": "Definition",
        "reversed": "reversed",
        "required": "required",
        "asked_if": "Asked if",
        "always": "Everyone",
        "range": "Range",
        "source": "Source",
        "exclusive": "alone",
        "arms": "Random wording",
    },
}


def codebook(instrument: Instrument) -> pd.DataFrame:
    """Tabulate the questionnaire.

    Returns
    -------
    pandas.DataFrame
        One row per item: `section, item, type, role, construct, facet, reverse, required,
        asked_if, minimum, maximum`, in each language `text_` and `options_` (code = label; …),
        and `source`.
    """
    rows = []
    for item in instrument.items:
        row: dict[str, Any] = {
            "section": item.section,
            "item": item.id,
            "type": item.type,
            "role": item.role or "",
            "construct": item.construct or "",
            "facet": item.facet or "",
            "reverse": item.reverse,
            "required": item.required,
            "asked_if": item.asked_if,
            "minimum": item.minimum,
            "maximum": item.maximum,
        }
        for language in instrument.languages:
            row[f"text_{language}"] = item.text[language]
            row[f"options_{language}"] = "; ".join(
                f"{code} = {label}" for code, label in answers(item, instrument, language)
            )
        rows.append({**row, "source": item.source.get("note", item.source.get("kind", ""))})
    return pd.DataFrame(rows)


def answers(item: Item, instrument: Instrument, language: str) -> list[tuple[int, str]]:
    """List the codes and labels that an item may hold, offered missing answers last."""
    if item.response_set is None:
        return []
    listed = [(option.value, option.label[language]) for option in item.response_set.options]
    offered = [instrument.missing_codes[kind] for kind in item.response_set.offer_missing]
    return listed + [(missing.code, missing.label[language]) for missing in offered]


def codebook_html(instrument: Instrument, language: str) -> str:
    """Render the questionnaire with its codes as one self-contained HTML page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("coproduction.instrument"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("codebook.html").render(
        instrument=instrument,
        language=language,
        words=WORDS.get(language.split("-")[0], WORDS["en"]),
        answers=lambda item: answers(item, instrument, language),
    )
