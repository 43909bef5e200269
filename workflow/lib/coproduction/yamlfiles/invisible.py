"""Characters that nobody sees: two texts look the same and are not, or stand in another order."""

from __future__ import annotations

import re

NEVER = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"  # control characters, halves
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # soft hyphen, fillers
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction
    r"\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    r"\u2800\U00016fe4\ufdd0-\ufdef"  # blank of Braille, filler of Khitan, no characters
    r"\ue000-\uf8ff\U000f0000-\U0010ffff"  # for private use: each font shows something else
)
# Writing of India, of Arabic letters and of emoji needs joiners between two characters.
JOINED = (
    r"\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u1900-\u1cff\u2190-\u2bff\ua800-\uabff\ufb50-\ufdff"
    r"\ufe0f\ufe70-\ufefc\U00010a00-\U00010eff\U00011000-\U00011fff\U0001f000-\U0001faff"
)
JOINER = rf"[\u200c\u200d](?:(?<![{JOINED}].)|(?![{JOINED}]))"
# One of two shapes of a symbol, digit, Han or Mongolian letter is chosen by what follows it.
SHAPED = r"#*0-9\xa9\xae\u2000-\u2bff\u3000-\u33ff\U0001f000-\U0001faff"
HAN = r"\u2e80-\u2fff\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SELECTOR = (
    rf"[\ufe00-\ufe0f](?<![{SHAPED}{HAN}\u1000-\u109f\ua840-\ua87f].)"
    rf"|[\U000e0100-\U000e01ef](?<![{HAN}].)|[\u180b-\u180f](?<![\u1820-\u18af].)"
)
FLAG = r"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
TAG = r"[\U000e0000-\U000e007f]"
FOUND = re.compile(rf"{FLAG}|(?P<found>[{NEVER}]|{JOINER}|{SELECTOR}|{TAG})", re.DOTALL)


def invisible(text: str) -> str:
    """Name the first character of a text that nobody sees and no script needs, if there is one.

    Marks of direction, zero-width spaces, fillers, blanks, tags, control characters, halves of
    characters and those for private use are found anywhere; joiners and selectors of a shape only
    where they join or shape nothing (after the properties of Unicode 15.1:
    `Default_Ignorable_Code_Point`, `Bidi_Control`).

    Returns
    -------
    str
        Such as `U+200B`; empty if there is none.
    """
    found = next((each["found"] for each in FOUND.finditer(text) if each["found"]), "")
    return f"U+{ord(found):04X}" if found else ""
