"""The language of a file's wordings, by the writing of the languages that there are words in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from coproduction.languages import FALLBACK, known, name


def language_of(texts: Iterable[str]) -> str:
    """Tell the language whose own name is written as most letters of the texts are.

    Returns
    -------
    str
        A BCP 47 tag; that of the fallback where no language, or the fallback too, is written so.
    """
    told = writing("".join(texts))
    alike = [tag for tag in known() if writing(name(tag)) == told]
    return FALLBACK if FALLBACK in alike or not alike else alike[0]


def writing(text: str) -> str:
    """Give the writing of most letters of a text, by their names in Unicode; empty for none."""
    names = (unicodedata.name(letter, "") for letter in text if letter.isalpha())
    counted = Counter(each.partition(" ")[0] for each in names)
    return max(sorted(counted), key=lambda each: counted[each], default="")
