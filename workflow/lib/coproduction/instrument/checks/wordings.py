"""Whether every wording stands in every language and inserts only answers that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from coproduction.instrument.wording import Text, wordings
from coproduction.yamlfiles.document import Document
from coproduction.yamlfiles.problems import Path, Problem

INSERTED = re.compile(r"\$\{[^}]*\}?")
"""Where survey platforms insert an answer into a wording."""


def problems(document: Document) -> Iterator[Problem]:
    """Find wordings that are missing, in a language not declared, or insert an unknown answer."""
    languages = document.data["instrument"]["languages"]
    items = (item for section in document.data["sections"] for item in section["items"])
    answers = {f"${{{item['id']}}}" for item in items}
    for path, text in wordings(document.data):
        yield from _translated(path, text, languages)
        if path[-1] != "scenario":
            yield from _inserted(path, text, answers)


def _translated(path: Path, text: Text, languages: Sequence[str]) -> Iterator[Problem]:
    for language in languages:
        if not text.get(language, "").strip():
            yield path, f"the wording in `{language}` is missing."
    for language in text:
        if language not in languages:
            known = ", ".join(languages)
            message = f"`{language}` is not among the questionnaire's languages ({known})."
            yield (*path, language), message


def _inserted(path: Path, text: Mapping[str, str], answers: set[str]) -> Iterator[Problem]:
    for language, words in text.items():
        for found in INSERTED.findall(words):
            if found not in answers:
                message = f"forms insert an answer for `{found}`; no item is called so."
                yield (*path, language), message
