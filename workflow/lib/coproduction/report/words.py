"""The words of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coproduction import languages


def words(language: str) -> dict[str, Any]:
    """Read the words of the report in a language, or in the one that lends them.

    The headings of columns stand under `columns`.
    """
    columns = languages.words(language, "columns.yaml")
    return {**languages.words(language, "report.yaml"), "columns": columns}


def borrowed(language: str) -> str:
    """Say that a report has its words in another language than its own; empty if it has not."""
    known = languages.known()
    if language in known:
        return ""
    return words(language)["borrowed"].format(
        language=language, known=words(language)["enumeration"].join(known)
    )


def catalogue() -> dict[str, str]:
    """Give the words of the report that Snakemake makes of a run, each in every language."""
    texts = [words(language) for language in languages.known()]
    entries = [{"stamp": text["stamp"], **text["catalogue"]} for text in texts]
    return {key: " · ".join(entry[key] for entry in entries) for key in entries[0]}


def at_confidence(text: Mapping[str, Any], level: float) -> dict[str, Any]:
    """Put the level of confidence into the headings and captions that name it."""
    shown = f"{100 * level:g}%"
    named = {"columns": ("interval",), "captions": ("reliability_figure", "loadings_figure")}
    return {
        **text,
        **{
            part: {
                **text[part],
                **{key: text[part][key].replace("{confidence}", shown) for key in keys},
            }
            for part, keys in named.items()
        },
    }


def wording(text: Any, language: str) -> str:
    """Choose the wording of a text in a language; else its first one."""
    if isinstance(text, str):
        return text
    return text.get(language) or next(iter(text.values()))
