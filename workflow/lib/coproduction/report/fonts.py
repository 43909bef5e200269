"""Fonts of figures and pages, all shipped by packages.

Noto Sans SC (OFL 1.1) of zhplot holds Chinese and Latin; DejaVu Sans (Bitstream Vera licence) of
matplotlib the rest of Europe, Hebrew and Arabic; Last Resort (OFL 1.1) of matplotlib draws a box
with a sign of the script for every other character.
"""

from __future__ import annotations

import base64
import functools
import io
from importlib.util import find_spec
from pathlib import Path

from coproduction.errors import StudyError

FAMILY, WIDER, BOXES = "Noto Sans SC", "DejaVu Sans", "Last Resort High-Efficiency"
FILES = {
    FAMILY: ("zhplot", "fonts/NotoSansSC-Regular.ttf"),
    WIDER: ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    BOXES: ("matplotlib", "mpl-data/fonts/ttf/LastResortHE-Regular.ttf"),
}
MOST_SHOWN = 12


def font_file(family: str = FAMILY) -> Path:
    """Find a font without importing its package, which could change matplotlib's settings."""
    package, name = FILES[family]
    spec = find_spec(package)
    for folder in spec.submodule_search_locations or () if spec else ():
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise StudyError(f"The font {family} is missing from the environment: set it up again.")


@functools.cache
def drawable() -> frozenset[str]:
    """Characters that the fonts of figures have."""
    from fontTools.ttLib import TTFont

    fonts = (TTFont(font_file(family), lazy=True) for family in (FAMILY, WIDER))
    return frozenset(chr(code) for font in fonts for code in font.getBestCmap())


def listed(characters: str) -> str:
    """Name characters in a note, such as `ก (U+0E01)`; of many the first."""
    shown = [f"{each} (U+{ord(each):04X})" for each in characters[:MOST_SHOWN]]
    return " ".join([*shown, "…"] if len(characters) > MOST_SHOWN else shown)


def embedded(text: str) -> str:
    """Make a CSS rule that embeds just the glyphs of a text, as WOFF.

    Readers without a Chinese font then see every character, and nothing is fetched. The bytes
    depend on the set of characters only.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(), recalcTimestamp=False, lazy=True)
    options = Options(
        layout_features=[], name_IDs=[1, 2, 13, 14], hinting=False, notdef_outline=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(character) for character in text}))
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=None)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'@font-face {{font-family: "{FAMILY}"; font-weight: 400; '
        f'src: url("data:font/woff;base64,{data}") format("woff")}}'
    )
