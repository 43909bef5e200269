"""The form of a text: one regular expression that forms and cleaning read alike.

Survey platforms read a pattern by Java (ODK Collect, the whole text) or JavaScript (Enketo, any
part of the text), cleaning by Python. So a pattern is limited to what the three read alike, always
stands for the whole text, and its classes of digits and letters hold ASCII characters only.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable

import pandas as pd

FLAGS = re.ASCII
CLASSES = r"\\[dDwWsS]"
CHARACTER = r"\\(?:[tnr]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^\w\s]|_)"
TOKEN = re.compile(
    rf"{CLASSES}|{CHARACTER}"
    rf"|\[\^?(?:{CLASSES}|{CHARACTER}|(?!&&)[^\\\[\]])+\]"
    r"|\((?:\?[:=!]|(?!\?))|[)|]|(?:[*+?]|\{\d+(?:,\d*)?\})(?:\?|(?![*+?{]))"
    r"|[\^$.]|[^\\\[\](){}*+?|^$.]",
    re.ASCII | re.DOTALL,
)
# Form converters rewrite curly quotes, join spaces, and take `${` for a question.
REWRITTEN = "'\"`“”‘’ \t\n\r"


def check_pattern(pattern: str) -> None:
    """Refuse a regular expression that platforms and cleaning would read differently.

    Raises
    ------
    ValueError
        Saying what is wrong, and where.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern, FLAGS)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"no regular expression ({error})") from error
    place = 0
    while place < len(pattern):
        token = TOKEN.match(pattern, place)
        if token is None:
            raise ValueError(
                f"not read alike by all platforms (`{pattern[place : place + 12]}` from character "
                f"{place + 1} on); use characters, classes such as [A-Z], \\d, \\w and \\s, groups "
                "( ) with |, and * + ? {m,n}"
            )
        place = token.end()


def fits(text: str, pattern: str) -> bool:
    """Whether a text as a whole has the form that a pattern asks for."""
    return re.fullmatch(pattern, text, FLAGS) is not None


def misses(column: pd.Series, pattern: str | None, missing: Iterable[int] = ()) -> pd.Series:
    """Tell which texts do not have the form that an item asks for; none, if it asks for none.

    Nothing is no text, and the code of a missing answer is one of any form.
    """
    codes = {str(code) for code in missing}
    wrong = {
        text: bool(pattern) and text not in codes and not fits(text, str(pattern))
        for text in column.dropna().unique()
    }
    return column.map(wrong, na_action="ignore").eq(True).fillna(False).astype(bool)


def for_forms(pattern: str) -> str:
    """Write a pattern so that every platform applies it to the whole text, and as it stands."""

    def kept(found: re.Match[str]) -> str:
        character = found[0][-1]
        before_brace = pattern[found.end() : found.end() + 1] == "{"
        if character in REWRITTEN or (character == "$" and before_brace):
            return f"\\u{ord(character):04x}"
        return found[0]

    inner = re.sub(r"\\?.", kept, pattern, flags=re.DOTALL)
    return f"^(?:{inner})$"
