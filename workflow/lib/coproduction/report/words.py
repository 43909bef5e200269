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


def languages() -> list[str]:
    """Languages that the report has words in."""
    folder = resources.files("coproduction.report") / "words"
    names = [file.name for file in folder.iterdir()]
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def borrowed(language: str) -> str:
    """Say that a report has its words in another language than its own; empty if it has not."""
    known = languages()
    if language in known:
        return ""
    return words(language)["borrowed"].format(language=language, known=", ".join(known))


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
