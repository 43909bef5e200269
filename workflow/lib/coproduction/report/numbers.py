"""How numbers are written; the only place where anything is rounded."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+")
"""What a line cannot be broken within: no spaces, no Chinese."""
MINUS = "−"
MANY = 1000
"""From so many degrees of freedom on a decimal says nothing."""
NONE = "–"
MOST_DECIMALS = 16
LEVELS = (0.01, 0.05, 0.10)  # of tests, as they are usual
RELIABILITIES = (0.6, 0.7, 0.8, 0.9)
SIMILARITIES = (0.85, 0.9, 1.0)  # of constructs (Henseler, Ringle and Sarstedt 2015)


MARKS = ("Mn", "Me", "Cf")
"""Categories of characters that stand over, under or between others."""


def number(value: float | str | None, digits: int = 3) -> str:
    """Write a number with fixed decimals and a real minus sign; an en dash if there is none."""
    if value is None or value == "" or math.isnan(known := float(value)):
        return NONE
    if math.isinf(known):
        return "∞" if known > 0 else f"{MINUS}∞"
    text = f"{known:.{digits}f}"
    text = text.lstrip("-") if float(text) == 0 else text
    return text.replace("-", MINUS)


def beside(value: float, *limits: float, digits: int = 3) -> str:
    """Write a number with as many more decimals as keep it on its own side of limits."""

    def kept(digits: int) -> bool:
        read = float(f"{value:.{digits}f}")
        return all((read > each, read < each) == (value > each, value < each) for each in limits)

    if number(value) == NONE or not limits:
        return number(value, digits)
    return number(value, next((n for n in range(digits, MOST_DECIMALS) if kept(n)), digits))


def given(limit: float, digits: int = 2) -> str:
    """Write a limit with all decimals that it was given, and at least so many."""
    exponent = Decimal(repr(float(limit))).as_tuple().exponent
    return number(limit, max(digits, -exponent) if isinstance(exponent, int) else digits)


def degrees(value: float | str | None) -> str:
    """Write degrees of freedom: one decimal unless they are whole or so many that none matters."""
    if value is not None and value != "" and MANY <= float(value) < math.inf:
        return str(count(round(float(value))))
    return number(value, 1).removesuffix(".0")


class Counted(str):
    """A whole number in words that may depend on it: `{n:# scale was|# scales were}`.

    The words before the bar are those of one, the words behind it those of any other number; `#`
    stands for the number.
    """

    def __format__(self, words: str) -> str:
        if "|" not in words:
            return super().__format__(words)
        one, other = words.split("|")
        return (one if self == "1" else other).replace("#", self)


def count(value: float | str | None) -> Counted:
    """Write a whole number with thousands separated."""
    if value is None or value == "" or math.isnan(float(value)):
        return Counted(NONE)
    return Counted(f"{int(value):,}")


def percent(value: float, digits: int = 1) -> str:
    """Write a share as a percentage."""
    text = number(float(value) * 100 if value not in ("", None) else math.nan, digits)
    return text if text == NONE else f"{text}%"


def p_value(value: float) -> str:
    """Write a p value to three decimals, the smallest as `< .001`.

    More of them are written where it would read as a usual level of a test that it is not.
    """
    if value is None or value == "" or math.isnan(float(value)):
        return NONE
    if float(value) < 0.001:
        return "< .001"
    return beside(float(value), *LEVELS).removeprefix("0")


def equated(value: float) -> str:
    """Write what follows a p in a sentence: `= .040` or `< .001`."""
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"


def interval(low: float, high: float, digits: int = 3, limits: Sequence[float] = ()) -> str:
    """Write an interval as `[low, high]`, its ends on their own sides of limits."""
    if number(low) == NONE:
        return NONE
    return f"[{beside(low, *limits, digits=digits)}, {beside(high, *limits, digits=digits)}]"


def display_width(text: str) -> int:
    """Width of a text in half-width characters; a Chinese one counts two, a mark over one none."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)


def longest_word(texts: Sequence[str]) -> int:
    """Width of the longest word in half-width characters; Chinese may be broken anywhere."""
    return max((display_width(word) for text in texts for word in WORD.findall(text)), default=0)
