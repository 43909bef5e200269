"""The languages that there are words in: a folder each in `words/`, a file a room or product.

Adding a language is adding its folder, with the files and keys of the others. A module asks for a
file by its name, as a literal: by that name `coproduction.steps.sources` knows which steps read it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

FALLBACK = "en"
"""Language of the library itself, which lends its words where there are none."""
FOLDER = resources.files("coproduction") / "words"


def known() -> list[str]:
    """BCP 47 tags of the languages that there are words in."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def lender(language: str) -> str:
    """Language whose words a language takes: its own, else those of a relative, else English.

    Relatives share the first part of their tags: `zh-TW` takes the words of `zh-CN`.
    """
    tags = known()
    relatives = [each for each in tags if primary(each) == primary(language)]
    return language if language in tags else next(iter(relatives), FALLBACK)


def primary(language: str) -> str:
    """Give the first part of a tag, which says the language itself: `zh` of `zh-Hant-TW`."""
    return language.partition("-")[0]


def region(language: str) -> str | None:
    """Give the two letters of a tag that say the country: `TW` of `zh-Hant-TW`."""
    return next((part for part in language.split("-")[1:] if len(part) == 2), None)


def name(language: str) -> str:
    """Give the name of a language in itself; the first part of its tag where no words tell it."""
    lent = lender(language)
    kin = primary(lent) == primary(language)
    return words(lent, "typography.yaml")["name"] if kin else primary(language)


@cache
def words(language: str, file: str) -> dict[str, Any]:
    """Read a file of words in a language, or in the one that lends them; every value is text."""
    text = (FOLDER / lender(language) / file).read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def listed(file: str, key: str) -> frozenset[str]:
    """Collect what the languages list under a key of a file."""
    return frozenset().union(*(words(language, file)[key] for language in known()))
