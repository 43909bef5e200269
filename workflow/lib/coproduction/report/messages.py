"""Warnings and reasons of the result tables in the language of a report.

The rooms write them as English sentences; `words/messages.yaml` holds the other wordings, with the
same names in braces on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources

import yaml

from coproduction.report.words import FALLBACK

PLACE = re.compile(r"\{(\w+)\}")
QUOTED = re.compile(r"`([^`]+)`")


def message(text: str, language: str, name: Callable[[str], str]) -> str:
    """Put sentences of a result table into a language.

    Parameters
    ----------
    text
        One or more English sentences, identifiers in backquotes.
    language
        BCP 47 tag; a sentence without a wording in it stays English.
    name
        Gives the readable name of an identifier.
    """
    for pattern, wordings in catalogue():
        if wording := wordings.get(language):
            text = pattern.sub(lambda found, to=wording: to.format(**found.groupdict()), text)
    return QUOTED.sub(lambda found: f"“{name(found[1])}”", text)


@cache
def catalogue() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Read the known sentences: a pattern of the English one and its wordings."""
    file = resources.files("coproduction.report") / "words" / "messages.yaml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return [(_pattern(entry[FALLBACK]), entry) for entry in entries]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = PLACE.split(sentence)
    names = [
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    ]
    return re.compile("".join(names) + r"(?=\s|$)")
