"""The words of the report, one file per language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

FALLBACK = "en"


@cache
def words(language: str) -> dict[str, Any]:
    """Read the words of a language; English where the report has not been worded in it."""
    folder = resources.files("coproduction.report") / "words"
    file = folder / f"{language}.yaml"
    if not file.is_file():
        file = folder / f"{FALLBACK}.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)


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
